// What the front of a directory keeps of the rows that it has read: no more than is still true.

#include "actors/directory/recent_accounts.hpp"

#include "actors/directory/account_rows.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using namespace hearth::directory::testing;
using hearth::testing::identity_of;

const auto neighbour = identity_of(5);

class RecentAccountsTest : public ::testing::Test {
 protected:
  void SetUp() override { place.step(leads); }

  template <class Message>
  Result<Envelope> ask(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "manager"};
    header.to = {directory_keys.id, "accounts"};
    return place.ask(who.id, Role::client, pack(header, message));
  }
  static AppendEvent opening(const seal::Identity& who) {
    return opening_by(who, "account of " + to_text(who.id));
  }
  static AccountId account_of(const seal::Identity& who) {
    return AccountId{hash_of(opening(who).event).bytes};
  }
  ErrorCode open(const seal::Identity& who) {
    const auto opened = ask(who, opening(who));
    return opened ? ErrorCode::none : opened.error().code;
  }
  void append(const seal::Identity& who, const ChainAction& action) {
    const auto asks = [this](const seal::Identity& asker, const auto& message) {
      return ask(asker, message);
    };
    ASSERT_TRUE(append_as(asks, who, action).ok());
  }

  RecentAccounts::Account read(const seal::Identity& who) {
    const auto account = account_of(who);
    return known.account(place.disk_of(account.view()).log, account).value();
  }
  std::optional<Claim> claim_on(const seal::Identity& who) {
    return known.claim(place.disk_of(who.id.view()).log, claim_on_device(who.id)).value();
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since = Instant::max();
  DirectoryPlace place{disks, clock, fresh_since};
  RecentAccounts known;
};

TEST_F(RecentAccountsTest, AnAccountIsWhatItsRowsSayNow) {
  EXPECT_EQ(read(owner), nullptr);
  ASSERT_EQ(open(owner), ErrorCode::none);
  EXPECT_EQ(read(owner)->state().length, 1U);

  append(owner, DeviceEnrolled{device(home, DeviceKind::home, "Home")});
  EXPECT_NE(read(owner)->find(home.id), nullptr);
  append(owner, DeviceRenamed{home.id, "Attic"});
  EXPECT_EQ(read(owner)->find(home.id)->name, "Attic");
  append(owner, DeviceRevoked{home.id});
  EXPECT_EQ(read(owner)->find(home.id), nullptr);
}

TEST_F(RecentAccountsTest, AnAccountThatIsNotHereAnyMoreIsNotKept) {
  ASSERT_EQ(open(owner), ErrorCode::none);
  ASSERT_NE(read(owner), nullptr);
  const test::Disk elsewhere;
  EXPECT_EQ(known.account(elsewhere.log, account_of(owner)).value(), nullptr);
}

TEST_F(RecentAccountsTest, AccountsMakeRoomForOthers) {
  known = RecentAccounts({1, 2});
  for (const auto& who : {owner, neighbour}) {
    ASSERT_EQ(open(who), ErrorCode::none);
  }
  append(owner, DeviceEnrolled{device(home, DeviceKind::home, "Home")});
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(read(owner)->members().size(), 2U);
    EXPECT_EQ(read(neighbour)->members().size(), 1U);
    EXPECT_EQ(claim_on(owner)->account, account_of(owner));
    EXPECT_EQ(claim_on(neighbour)->account, account_of(neighbour));
  }
}

TEST_F(RecentAccountsTest, AClaimThatHoldsIsNotReadAgain) {
  ASSERT_EQ(open(owner), ErrorCode::none);
  const auto claim = claim_on(owner);
  ASSERT_TRUE(claim && claim->holds);
  const test::Disk elsewhere;
  EXPECT_EQ(known.claim(elsewhere.log, claim_on_device(owner.id)).value(), claim);
}

TEST_F(RecentAccountsTest, AClaimThatMayComeToNothingIs) {
  place.loses = [](MessageKind inner, ForwardStep) { return inner == MessageKind::append_event; };
  ASSERT_EQ(open(owner), ErrorCode::timed_out);
  EXPECT_FALSE(claim_on(owner)->holds);
  for (const auto end = place.now + ClaimBook::overdue + 1s; place.now < end; place.now += 1s) {
    place.step(TimerFired{1});
  }
  EXPECT_FALSE(claim_on(owner));
}

}  // namespace
}  // namespace hearth::directory
