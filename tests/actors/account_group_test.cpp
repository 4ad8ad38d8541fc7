// One group of accounts: what it keeps in memory, and whose requests it answers.

#include "actors/directory/account_group.hpp"

#include "actors/directory/account_rows.hpp"
#include "actors/directory/group_order.hpp"
#include "tests/support/directory_cast.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using namespace hearth::directory::testing;
using hearth::testing::identity_of;

class AccountGroupTest : public ::testing::Test {
 protected:
  template <class Message>
  Effects<std::monostate> order(const seal::Identity& who, const Message& message,
                                const Forwarded& given = {}) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {directory_keys.id, "accounts"};
    const auto inner = pack(header, message);
    auto forwarded = given;
    forwarded.origin = who.id;
    forwarded.role = Role::client;
    forwarded.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
    return machine.step(
        Delivered{ReplyTo{directory_keys.id, 1, 1}, directory_keys.id, Role::directory, 1,
                  pack_order(directory_keys.id, directory_keys.id, forwarded)},
        now);
  }

  static AppendEvent opening_for(std::uint8_t i) {
    auto recovery = hearth::testing::recovery_key;
    recovery.bytes[0] = i;
    return {hearth::testing::opening_of(identity_of(i), "account " + std::to_string(i), recovery),
            {}};
  }

  /// What opens an account for the device `i`, with claims of this number.
  Effects<std::monostate> open(std::uint8_t i, std::uint64_t claims) {
    const auto command = opening_for(i);
    Forwarded given;
    given.step = ForwardStep::commit;
    given.name_claim = given.device_claim = given.recovery_claim = claims;
    given.account = AccountId{hash_of(command.event).bytes};
    given.bucket = buckets_[i] = bucket_of(given.account.view());
    return order(identity_of(i), command, given);
  }

  /// What becomes of the claim with this number that the device `i` has on itself.
  bool settle(std::uint8_t i, std::uint64_t number) {
    const AccountId account{hash_of(opening_for(i).event).bytes};
    auto question = own_order(directory_keys.id,
                              SettleClaim{claim_on_device(identity_of(i).id), account, number});
    question.bucket = bucket_of(account.view());
    auto effects =
        machine.step(Delivered{ReplyTo{directory_keys.id, 1, 1}, directory_keys.id, Role::directory,
                               1, pack_order(directory_keys.id, directory_keys.id, question)},
                     now);
    for (auto& append : effects.appends) {
      disk.write(std::move(append));
    }
    return unpack<ClaimSettled>(effects.replies.at(0).answer.value()).value().holds;
  }

  /// Creates an account for the device `i`, and writes it down if `durable`.
  void create(std::uint8_t i, bool durable = true) {
    auto effects = open(i, 1);
    ASSERT_TRUE(effects.replies.at(0).answer.ok()) << effects.replies[0].answer.error().detail;
    for (auto& append : effects.appends) {
      durable ? disk.write(std::move(append)) : in_flight.push_back(std::move(append));
    }
  }

  /// Whether the device `i` is a manager of its account.
  ErrorCode look(std::uint8_t i) {
    Forwarded given;
    given.bucket = buckets_[i];
    given.step = ForwardStep::check;
    const auto effects = order(identity_of(i), ShowPairing{"code"}, given);
    const auto& answer = effects.replies.at(0).answer;
    return answer ? ErrorCode::none : answer.error().code;
  }

  void SetUp() override {
    ASSERT_TRUE(machine.recover(disk.log).ok());
    for (auto& append : machine.step(leads, now).appends) {
      disk.write(std::move(append));
    }
  }

  Instant now{1h};
  std::vector<storage::Append> in_flight;
  test::FixedClock clock;
  test::Disk disk;
  std::map<std::uint8_t, Bucket> buckets_;
  AccountGroup machine{{directory_keys, map_group, std::make_shared<MapView>(founding_map(1)),
                        [](GroupId) { return directory_keys.id; }, 8},
                       clock};
};

TEST_F(AccountGroupTest, HoldsNoMoreAccountsThanItMay) {
  for (std::uint8_t i = 100; i < 140; ++i) {
    create(i);
    EXPECT_LE(machine.accounts_in_memory(), 11U);
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  EXPECT_EQ(machine.index_rows_in_memory(), 0U);
  for (std::uint8_t i = 100; i < 140; ++i) {
    EXPECT_EQ(look(i), ErrorCode::none);
  }
  EXPECT_LE(machine.accounts_in_memory(), 11U);
}

TEST_F(AccountGroupTest, KeepsWhatIsNotDurableYet) {
  for (std::uint8_t i = 100; i < 140; ++i) {
    create(i, false);
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 40U);
  EXPECT_EQ(machine.index_rows_in_memory(), 40U);
  for (std::uint8_t i = 100; i < 140; ++i) {
    EXPECT_EQ(look(i), ErrorCode::none);
  }
  for (auto& append : in_flight) {
    disk.write(std::move(append));
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  EXPECT_EQ(machine.index_rows_in_memory(), 0U);
  EXPECT_EQ(look(100), ErrorCode::none);
}

TEST_F(AccountGroupTest, TheAccountThatRestedLongestGoesFirst) {
  for (std::uint8_t i = 100; i < 108; ++i) {
    create(i);
  }
  EXPECT_EQ(look(100), ErrorCode::none);
  create(108);
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  const auto held = machine.accounts_in_memory();
  EXPECT_EQ(look(100), ErrorCode::none);
  EXPECT_EQ(machine.accounts_in_memory(), held) << "it was still there";
  EXPECT_EQ(look(101), ErrorCode::none);
  EXPECT_EQ(machine.accounts_in_memory(), held + 1) << "it was not";
}

TEST_F(AccountGroupTest, ForgetsWhatItDecidedWhenItsReignEnds) {
  create(100, false);
  EXPECT_EQ(look(100), ErrorCode::none);
  (void)machine.step(LeadershipChanged{2, true, directory_keys.id}, now);
  EXPECT_EQ(look(100), ErrorCode::device_unknown);
}

TEST_F(AccountGroupTest, LooksAtWhoSignedBeforeWhatComesFirstIsThere) {
  create(100);
  const auto opened = verify_event(opening_for(100).event);
  auto chain = chain::AccountChain::open(opened.value()).value();
  const auto next = [&chain](const seal::Identity& signer, std::uint8_t number) {
    const DeviceEnrolled enrolled{device(identity_of(number), DeviceKind::player, "phone")};
    return sign_event(chain.next(enrolled, signer.keys.signing), signer.signing_seed);
  };
  chain.apply(read_event(next(identity_of(100), 110)).value());
  Forwarded given;
  given.account = chain.state().account;
  given.bucket = buckets_[100];
  const auto outcome = [&](std::uint8_t signer, ForwardStep step) {
    given.step = step;
    given.device_claim = 1;
    const AppendEvent third{next(identity_of(signer), 111), {}};
    const auto effects = order(identity_of(signer), third, given);
    const auto& answer = effects.replies.at(0).answer;
    return answer ? ErrorCode::none : answer.error().code;
  };
  EXPECT_EQ(outcome(100, ForwardStep::check), ErrorCode::none) << "its device may be claimed";
  EXPECT_EQ(outcome(101, ForwardStep::check), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(100, ForwardStep::commit), ErrorCode::chain_moved) << "it comes next, or not";
}

TEST_F(AccountGroupTest, WhatWasRefusedStaysSo) {
  EXPECT_FALSE(settle(100, 5));
  EXPECT_FALSE(settle(100, 3)) << "which was long on its way";
  const auto late = open(100, 5);
  ASSERT_FALSE(late.replies.at(0).answer.ok());
  EXPECT_EQ(late.replies[0].answer.error().code, ErrorCode::claim_under_way);
  EXPECT_TRUE(open(100, 6).replies.at(0).answer.ok()) << "with a new claim";
}

TEST_F(AccountGroupTest, WhatWasMadeIsNotRefused) {
  create(100);
  EXPECT_TRUE(settle(100, 1));
  EXPECT_EQ(look(100), ErrorCode::none);
}

TEST_F(AccountGroupTest, WritesTheFirstMapDown) {
  const auto row = disk.log.row(AccountGroup::map_stream, AccountGroup::map_key);
  ASSERT_TRUE(row.ok() && row.value());
  EXPECT_EQ(decode<GroupMap>(*row.value()).value(), founding_map(1));
  EXPECT_TRUE(machine.step(leads, now).appends.empty()) << "once";
}

TEST_F(AccountGroupTest, AnswersForNoBucketOfAnotherGroup) {
  create(100);
  AccountGroup other{{directory_keys, GroupId{1}, std::make_shared<MapView>(founding_map(2)),
                      [](GroupId) { return directory_keys.id; }, 8},
                     clock};
  ASSERT_TRUE(other.recover(disk.log).ok());
  (void)other.step(leads, now);
  Header header;
  header.from = {identity_of(100).id, "client"};
  header.to = {directory_keys.id, "accounts"};
  const auto inner = pack(header, FetchChain{});
  Forwarded forwarded;
  forwarded.origin = identity_of(100).id;
  forwarded.role = Role::client;
  forwarded.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  const auto answer_to = [&](std::uint64_t map, Bucket bucket) {
    forwarded.map = map;
    forwarded.bucket = bucket;
    return other
        .step(Delivered{ReplyTo{other_directory.id, 1, 1}, other_directory.id, Role::directory, 1,
                        pack_order(other_directory.id, directory_keys.id, forwarded)},
              now)
        .replies.at(0)
        .answer;
  };
  const auto moved = answer_to(0, 5);
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(unpack<WrongGroup>(moved.value()).value().map, founding_map(2));
  const auto newer = answer_to(7, 5);
  ASSERT_FALSE(newer.ok()) << "the asker's map is newer";
  EXPECT_EQ(newer.error().code, ErrorCode::not_leader);
  const auto own = answer_to(1, 4000);
  ASSERT_FALSE(own.ok());
  EXPECT_EQ(own.error().code, ErrorCode::device_unknown);
}

}  // namespace
}  // namespace hearth::directory
