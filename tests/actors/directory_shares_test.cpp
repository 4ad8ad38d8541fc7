// Shares as directories see them: who hears of them, who is let to a home of others, who may look.

#include "actors/directory/share_book.hpp"
#include "messages/base/limits.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using namespace hearth::directory::testing;
using hearth::testing::identity_of;

const auto friend_pc = identity_of(4);
const auto friend_phone = identity_of(5);
const auto carrier = identity_of(6);
const auto outsider = identity_of(8);

class DirectoryShares : public ::testing::Test {
 protected:
  template <class Message>
  static Envelope envelope(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {directory_keys.id, "accounts"};
    return pack(header, message);
  }
  template <class Answer, class Message>
  Result<Answer> ask(const seal::Identity& who, const Message& message, Role role = Role::client) {
    auto answer = bench->ask(who.id, role, envelope(who, message));
    return answer ? unpack<Answer>(answer.value()) : Result<Answer>(answer.error());
  }
  template <class Answer, class Message>
  ErrorCode outcome(const seal::Identity& who, const Message& message, Role role = Role::client) {
    const auto answer = ask<Answer>(who, message, role);
    return answer ? ErrorCode::none : answer.error().code;
  }
  std::uint64_t append(const seal::Identity& who, const ChainAction& action) {
    const auto appended = append_as(
        [this](const seal::Identity& asker, const auto& message) {
          return bench->ask(asker.id, Role::client, envelope(asker, message));
        },
        who, action);
    EXPECT_TRUE(appended) << appended.error().detail;
    return appended ? appended.value().number : 0;
  }
  AccountId open(const seal::Identity& who, const std::string& name) {
    const auto opened = ask<EventAppended>(who, opening_by(who, name));
    EXPECT_TRUE(opened);
    return opened ? opened.value().account : AccountId{};
  }

  void SetUp() override {
    bench->step(leads);
    demo = open(owner, "demo");
    friends = open(friend_pc, "friends");
    open(outsider, "strangers");
    append(owner, DeviceEnrolled{device(home, DeviceKind::home, "attic")});
    append(friend_pc, DeviceEnrolled{device(friend_phone, DeviceKind::player, "phone")});
    ASSERT_TRUE(ask<Accepted>(carrier, ReportPresence{1, true, {home.id}, {}}, Role::super_peer));
  }

  std::uint64_t grant(std::int64_t expires_ms = 0) {
    return append(owner, ShareGranted{friends, home.id, {}, expires_ms});
  }
  void carry_news() { bench->step(TimerFired{1}); }
  void restart() {
    bench.emplace(disks, clock, fresh_since);
    bench->step(leads);
  }
  HomesListed homes_of(const seal::Identity& who) {
    const auto listed = ask<HomesListed>(who, ListHomes{});
    EXPECT_TRUE(listed);
    return listed ? listed.value() : HomesListed{};
  }
  ErrorCode ticket(const seal::Identity& who) {
    return outcome<TicketIssued>(who, RequestTicket{home.id});
  }
  ErrorCode fetch(const seal::Identity& who, const AccountId& account, Role role = Role::client) {
    return outcome<ChainPage>(who, FetchChain{0, {}, {}, account}, role);
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since = Instant::max();
  std::optional<DirectoryPlace> bench{std::in_place, disks, clock, fresh_since};
  AccountId demo;
  AccountId friends;
};

TEST_F(DirectoryShares, AGranteeSeesTheHomeAndWhoShares) {
  EXPECT_TRUE(homes_of(friend_phone).homes.empty());
  grant();
  carry_news();
  const auto listed = homes_of(friend_phone);
  ASSERT_EQ(listed.homes.size(), 1U);
  EXPECT_EQ(listed.homes[0], (HomeRecord{home.keys, {carrier.id}, demo}));
  ASSERT_EQ(listed.granters.size(), 1U);
  EXPECT_EQ(listed.granters[0], (Granter{demo, "demo", 3}));
  EXPECT_TRUE(homes_of(outsider).homes.empty());
  EXPECT_EQ(homes_of(owner).homes.at(0).owner, AccountId{}) << "its own";
}

TEST_F(DirectoryShares, NewsOutliveALeader) {
  grant();
  restart();
  carry_news();
  EXPECT_EQ(homes_of(friend_phone).homes.size(), 1U);
  restart();
  EXPECT_EQ(homes_of(friend_phone).homes.size(), 1U);
}

TEST_F(DirectoryShares, NewsAreToldUntilTheyAreTaken) {
  bench->loses = [](MessageKind kind, ForwardStep) { return kind == MessageKind::share_news; };
  grant();
  carry_news();
  EXPECT_TRUE(homes_of(friend_phone).homes.empty());
  restart();  // else the lost one would be waited for
  carry_news();
  EXPECT_EQ(homes_of(friend_phone).homes.size(), 1U);
}

TEST_F(DirectoryShares, WhatIsRevokedIsListedNoMore) {
  const auto number = grant();
  carry_news();
  append(owner, ShareRevoked{number});
  carry_news();
  EXPECT_TRUE(homes_of(friend_phone).homes.empty());
  EXPECT_TRUE(homes_of(friend_phone).granters.empty());
}

TEST_F(DirectoryShares, WithTheHomeItsSharesAreListedNoMore) {
  grant();
  carry_news();
  append(owner, DeviceRevoked{home.id});
  carry_news();
  EXPECT_TRUE(homes_of(friend_phone).homes.empty());
  EXPECT_EQ(ticket(friend_phone), ErrorCode::home_unknown);
}

TEST_F(DirectoryShares, ATicketIsForWhoHasAShareThatIsLive) {
  EXPECT_EQ(ticket(friend_phone), ErrorCode::home_unknown);
  const auto number = grant();
  EXPECT_EQ(ticket(friend_phone), ErrorCode::none) << "the granter's rows say so, before any news";
  EXPECT_EQ(ticket(outsider), ErrorCode::home_unknown);
  append(owner, ShareRevoked{number});
  EXPECT_EQ(ticket(friend_phone), ErrorCode::home_unknown);
}

TEST_F(DirectoryShares, ATicketNamesTheKeyOfTheGranteesDevice) {
  grant();
  const auto issued = ask<TicketIssued>(friend_phone, RequestTicket{home.id});
  ASSERT_TRUE(issued);
  const auto ticket = seal::peek_ticket(issued.value().ticket);
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket.value().client, friend_phone.id);
  EXPECT_EQ(ticket.value().home, home.id);
}

TEST_F(DirectoryShares, AShareThatIsOverOpensAndShowsNothing) {
  grant((clock.time + 1h).time_since_epoch().count());
  carry_news();
  EXPECT_EQ(ticket(friend_phone), ErrorCode::none);
  clock.time += 1h;
  EXPECT_EQ(ticket(friend_phone), ErrorCode::home_unknown);
  EXPECT_TRUE(homes_of(friend_phone).homes.empty());
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::account_unknown);
}

TEST_F(DirectoryShares, AGranteeNoLongerInItsAccountGetsNothing) {
  grant();
  carry_news();
  append(friend_pc, DeviceRevoked{friend_phone.id});
  EXPECT_EQ(ticket(friend_phone), ErrorCode::device_unknown);
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::device_unknown);
}

TEST_F(DirectoryShares, AnotherChainIsForThoseWhoShare) {
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::account_unknown);
  EXPECT_EQ(fetch(home, friends, Role::home), ErrorCode::account_unknown);
  const auto number = grant();
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::none);
  EXPECT_EQ(fetch(home, friends, Role::home), ErrorCode::none);
  EXPECT_EQ(fetch(owner, friends), ErrorCode::account_unknown) << "its homes do, not its devices";
  EXPECT_EQ(fetch(outsider, demo), ErrorCode::account_unknown);
  EXPECT_EQ(fetch(owner, demo), ErrorCode::none) << "its own";
  append(owner, ShareRevoked{number});
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::account_unknown);
  EXPECT_EQ(fetch(home, friends, Role::home), ErrorCode::account_unknown);
}

TEST_F(DirectoryShares, WhatIsTooOldIsToldToNobody) {
  grant();
  fresh_since = bench->now - 11s;
  EXPECT_EQ(fetch(friend_phone, demo), ErrorCode::no_quorum);
  EXPECT_EQ(ticket(friend_phone), ErrorCode::no_quorum);
  EXPECT_EQ(outcome<AccountFound>(owner, FindAccount{"friends", {}}), ErrorCode::no_quorum);
}

TEST_F(DirectoryShares, AnAccountIsFoundByItsNameAndById) {
  const auto found = ask<AccountFound>(owner, FindAccount{"FRIENDS", {}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found.value(), (AccountFound{friends, "friends"}));
  const auto named = ask<AccountFound>(owner, FindAccount{{}, friends});
  ASSERT_TRUE(named);
  EXPECT_EQ(named.value(), found.value());
  EXPECT_EQ(outcome<AccountFound>(owner, FindAccount{"nobody", {}}), ErrorCode::account_unknown);
  EXPECT_EQ(outcome<AccountFound>(identity_of(77), FindAccount{"friends", {}}),
            ErrorCode::device_unknown);
}

TEST_F(DirectoryShares, NamesAreNotGuessedForEver) {
  for (std::size_t i = 0; i < DirectoryMachine::wrong_names_per_device_max; ++i) {
    ASSERT_EQ(outcome<AccountFound>(friend_pc, FindAccount{"guess " + std::to_string(i), {}}),
              ErrorCode::account_unknown);
  }
  EXPECT_EQ(outcome<AccountFound>(friend_pc, FindAccount{"demo", {}}),
            ErrorCode::too_many_attempts);
  EXPECT_EQ(outcome<AccountFound>(friend_phone, FindAccount{"demo", {}}), ErrorCode::none);
  bench->now += 10min;
  EXPECT_EQ(outcome<AccountFound>(friend_pc, FindAccount{"demo", {}}), ErrorCode::none);
}

class ShareBookTest : public ::testing::Test {
 protected:
  ShareNews news(std::uint64_t length, std::size_t homes, std::uint8_t granter = 1) {
    ShareNews made{AccountId{{granter}}, "demo", AccountId{{200}}, length, {}};
    made.homes.resize(homes);
    return made;
  }
  bool hear(const ShareNews& told) {
    std::vector<storage::Append> appends;
    EXPECT_TRUE(book.hear(told, appends));
    for (auto& append : appends) {
      disk.write(std::move(append));
    }
    return !appends.empty();
  }
  std::size_t heard() { return read_heard(disk.log, AccountId{{200}}).value().size(); }

  test::Disk disk;
  ShareBook book;
  void SetUp() override { ASSERT_TRUE(book.reset(disk.log)); }
};

TEST_F(ShareBookTest, OnlyTheNewestNewsCount) {
  EXPECT_TRUE(hear(news(5, 1)));
  EXPECT_FALSE(hear(news(5, 1))) << "again";
  EXPECT_TRUE(hear(news(7, 0)));
  EXPECT_FALSE(hear(news(6, 1))) << "late";
  EXPECT_EQ(heard(), 0U);
  book.forget_durable();
  EXPECT_FALSE(hear(news(6, 1))) << "what is in the log counts too";
  EXPECT_TRUE(book.is_idle());
}

TEST_F(ShareBookTest, SoManyMayShareWithOneAccount) {
  for (std::size_t i = 0; i < limits::granters_per_account_max; ++i) {
    ASSERT_TRUE(hear(news(2, 1, static_cast<std::uint8_t>(i))));
  }
  EXPECT_FALSE(hear(news(2, 1, 199)));
  EXPECT_TRUE(hear(news(3, 0, 7))) << "one that is known goes on being heard";
  EXPECT_TRUE(hear(news(2, 1, 199)));
}

TEST_F(ShareBookTest, NewsThatWereOvertakenAreStillToBeTold) {
  std::vector<storage::Append> appends;
  book.write(news(3, 1), appends);
  book.write(news(4, 0), appends);
  book.taken(news(3, 1), appends);
  EXPECT_EQ(book.untold(), std::vector{news(4, 0)});
  book.taken(news(4, 0), appends);
  EXPECT_TRUE(book.untold().empty());
  for (auto& append : appends) {
    disk.write(std::move(append));
  }
  ShareBook later;
  ASSERT_TRUE(later.reset(disk.log));
  EXPECT_TRUE(later.is_idle());
}

}  // namespace
}  // namespace hearth::directory
