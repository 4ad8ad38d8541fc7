// Names and devices that belong to one account alone, whatever ends between the steps.

#include "actors/directory/account_rows.hpp"
#include "actors/directory/group_order.hpp"
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

const auto rival = identity_of(5);
const auto lodger = identity_of(6);

class Claims : public ::testing::Test {
 protected:
  template <class Message>
  ErrorCode outcome(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "manager"};
    header.to = {directory_keys.id, "accounts"};
    last = pack(header, message);
    const auto answer = place->ask(who.id, Role::client, last);
    return answer ? ErrorCode::none : answer.error().code;
  }
  ErrorCode create(const seal::Identity& who, const char* name = "demo") {
    return outcome(who, opening_by(who, name));
  }
  ErrorCode enrol(const seal::Identity& by, const seal::Identity& who) {
    const auto appended = append_as(
        [this](const seal::Identity& asker, const auto& message) {
          Header header;
          header.from = {asker.id, "manager"};
          header.to = {directory_keys.id, "accounts"};
          last = pack(header, message);
          return place->ask(asker.id, Role::client, last);
        },
        by, DeviceEnrolled{device(who, DeviceKind::player, "phone")});
    return appended ? ErrorCode::none : appended.error().code;
  }

  void SetUp() override { place->step(leads); }
  /// Another process, which knows what is on the disks alone, leads.
  void restart() {
    place.emplace(disks, clock, fresh_since);
    place->step(leads);
  }
  /// All orders of this kind are lost from now on.
  void lose(MessageKind kind) {
    place->loses = [kind](MessageKind inner, ForwardStep) { return inner == kind; };
  }
  void lose_nothing() {
    place->loses = [](MessageKind, ForwardStep) { return false; };
  }
  void wait(Instant::duration time) {
    for (const auto end = place->now + time; place->now < end; place->now += 1s) {
      place->step(TimerFired{1});
    }
  }
  std::optional<Claim> claim_on(const ClaimKey& key) {
    return read_claim(place->disk_of(key.id.view()).log, key).value();
  }

  /// Nobody waits for a name, a device or a recovery key.
  bool is_quiet() {
    bool is_open = false;
    for (const auto& [group, disk] : disks) {
      const auto seen = [&](std::string_view, BytesView) -> Result<void> {
        is_open = true;
        return {};
      };
      EXPECT_TRUE(disk.log.rows(ClaimBook::stream, {&open_claim_prefix, 1}, seen).ok());
    }
    return !is_open;
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since = Instant::max();
  std::optional<DirectoryPlace> place{std::in_place, disks, clock, fresh_since};
  Envelope last;  ///< That was sent.
};

TEST_F(Claims, HoldWhenTheAccountIsMade) {
  ASSERT_EQ(create(owner), ErrorCode::none);
  const auto opened = read_event(opening_by(owner, "demo").event);
  const auto& recovery = std::get<AccountOpened>(opened.value().event.action).recovery;
  EXPECT_TRUE(claim_on(claim_on_name("DEMO"))->holds);
  EXPECT_TRUE(claim_on(claim_on_recovery(recovery))->holds);
  EXPECT_TRUE(claim_on(claim_on_device(owner.id))->holds);
}

TEST_F(Claims, ANameThatWasClaimedAndNotUsedIsFreeAgain) {
  lose(MessageKind::append_event);
  EXPECT_EQ(create(owner), ErrorCode::timed_out) << "its directory has died on the way";
  lose_nothing();
  EXPECT_EQ(create(rival), ErrorCode::claim_under_way) << "nobody knows yet";
  restart();
  EXPECT_EQ(create(rival), ErrorCode::claim_under_way);
  wait(ClaimBook::overdue + 1s);
  EXPECT_FALSE(claim_on(claim_on_name("demo")));
  EXPECT_FALSE(claim_on(claim_on_device(owner.id)));
  EXPECT_EQ(create(rival), ErrorCode::none);
  EXPECT_EQ(create(owner), ErrorCode::name_taken);
  EXPECT_EQ(create(owner, "another"), ErrorCode::none);
}

TEST_F(Claims, WhoAsksAgainGoesOnWithItsClaim) {
  lose(MessageKind::append_event);
  EXPECT_EQ(create(owner), ErrorCode::timed_out);
  restart();
  clock.time += 1s;
  EXPECT_EQ(create(owner), ErrorCode::none);
  EXPECT_EQ(create(owner), ErrorCode::none) << "the same again";
}

TEST_F(Claims, WhoBeginsAnewWithAnotherRecoveryKeyGivesItsFirstTryUp) {
  lose(MessageKind::append_event);
  EXPECT_EQ(create(owner), ErrorCode::timed_out);
  lose_nothing();
  restart();
  const auto first = claim_on(claim_on_name("demo"))->account;
  const AppendEvent again{hearth::testing::opening_of(owner), {}};
  ASSERT_NE(hash_of(again.event).bytes, first.bytes);
  auto code = outcome(owner, again);
  for (auto waited = 0s; code == ErrorCode::claim_under_way && waited < 3s; ++waited) {
    wait(1s);
    code = outcome(owner, again);
  }
  EXPECT_EQ(code, ErrorCode::none) << "long before anything is overdue";
  EXPECT_EQ(claim_on(claim_on_name("demo"))->account.bytes, hash_of(again.event).bytes);
  EXPECT_EQ(create(owner), ErrorCode::device_exists) << "the first try, which comes late";
  wait(ClaimBook::overdue + 1s);
  EXPECT_TRUE(is_quiet()) << "its own recovery key is free again, too";
}

TEST_F(Claims, WhoBeginsAnewThoughItsAccountWasMadeHearsSo) {
  lose(MessageKind::end_claim);
  ASSERT_EQ(create(owner), ErrorCode::none);
  lose_nothing();
  restart();
  const AppendEvent again{hearth::testing::opening_of(owner), {}};
  EXPECT_EQ(outcome(owner, again), ErrorCode::claim_under_way);
  wait(1s);
  EXPECT_EQ(outcome(owner, again), ErrorCode::device_exists);
}

TEST_F(Claims, AnAccountThatWasMadeKeepsItsNameThoughNobodyConfirmedIt) {
  lose(MessageKind::end_claim);
  ASSERT_EQ(create(owner), ErrorCode::none);
  EXPECT_FALSE(claim_on(claim_on_name("demo"))->holds);
  EXPECT_EQ(outcome(owner, FetchChain{}), ErrorCode::none) << "its claim shows the way";
  restart();
  wait(ClaimBook::overdue + 1s);
  EXPECT_TRUE(claim_on(claim_on_name("demo"))->holds);
  EXPECT_TRUE(claim_on(claim_on_device(owner.id))->holds);
  EXPECT_EQ(create(rival), ErrorCode::name_taken);
}

TEST_F(Claims, ADeviceThatWasClaimedInVainMayJoinAnotherAccount) {
  ASSERT_EQ(create(owner), ErrorCode::none);
  ASSERT_EQ(create(rival, "other"), ErrorCode::none);
  place->loses = [](MessageKind, ForwardStep step) { return step == ForwardStep::commit; };
  EXPECT_EQ(enrol(owner, lodger), ErrorCode::timed_out);
  restart();
  EXPECT_EQ(enrol(rival, lodger), ErrorCode::claim_under_way);
  wait(ClaimBook::overdue + 1s);
  EXPECT_EQ(enrol(rival, lodger), ErrorCode::none);
  EXPECT_EQ(enrol(owner, lodger), ErrorCode::device_exists);
}

TEST_F(Claims, ACommandThatComesAfterItsClaimWasGivenUpIsRefused) {
  ASSERT_EQ(create(owner), ErrorCode::none);
  place->loses = [](MessageKind, ForwardStep step) { return step == ForwardStep::commit; };
  EXPECT_EQ(enrol(owner, lodger), ErrorCode::timed_out);
  const auto inner = last;
  const auto claim = claim_on(claim_on_device(lodger.id));
  ASSERT_TRUE(claim);
  restart();
  wait(ClaimBook::overdue + 1s);

  Forwarded order;
  order.origin = owner.id;
  order.role = Role::client;
  order.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  order.bucket = bucket_of(claim->account.view());
  order.group = place->map().get()->group_of(order.bucket);
  order.map = 1;
  order.step = ForwardStep::commit;
  order.account = claim->account;
  order.device_claim = claim->number;
  const auto answer = place->ask(other_directory.id, Role::directory,
                                 pack_order(other_directory.id, directory_keys.id, order));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::claim_under_way);
  EXPECT_EQ(outcome(lodger, FetchChain{}), ErrorCode::device_unknown);
  EXPECT_EQ(enrol(owner, lodger), ErrorCode::none) << "with a new claim";
}

TEST_F(Claims, SettlingAsksTheAccountsGroupAndNobodyElse) {
  lose(MessageKind::append_event);
  EXPECT_EQ(create(owner), ErrorCode::timed_out);
  lose(MessageKind::settle_claim);
  wait(10 * ClaimBook::overdue);
  ASSERT_TRUE(claim_on(claim_on_name("demo"))) << "without an answer nothing is known";
  EXPECT_FALSE(claim_on(claim_on_name("demo"))->holds);
  EXPECT_EQ(create(rival), ErrorCode::claim_under_way);
}

TEST_F(Claims, ANewerMapIsFollowed) {
  ASSERT_EQ(create(owner), ErrorCode::none);
  auto newer = founding_map(DirectoryPlace::groups);
  newer.version = 9;
  place->step(follows);
  Header header;
  header.from = {owner.id, "manager"};
  header.to = {directory_keys.id, "accounts"};
  const ReplyTo asker{owner.id, 1, 99};
  place->step(Delivered{asker, owner.id, Role::client, 1, pack(header, FetchChain{})});
  ASSERT_EQ(place->effects.asks.size(), 1U);
  const auto first = place->effects.asks[0].token;
  header.from = {other_directory.id, "accounts"};
  place->step(Answered{first, pack(header, WrongGroup{newer})});
  EXPECT_EQ(place->map().get()->version, 9U);
  ASSERT_EQ(place->effects.asks.size(), 1U) << "asked again";
  EXPECT_EQ(unpack<Forwarded>(place->effects.asks[0].envelope).value().map, 9U);
  for (int i = 0; i < 10 && !place->effects.asks.empty(); ++i) {
    place->step(Answered{place->effects.asks[0].token, pack(header, WrongGroup{newer})});
  }
  ASSERT_EQ(place->effects.replies.size(), 1U) << "not for ever";
  EXPECT_EQ(place->effects.replies[0].answer.error().code, ErrorCode::not_leader);
}

}  // namespace
}  // namespace hearth::directory
