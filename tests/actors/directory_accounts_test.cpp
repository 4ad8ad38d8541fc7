// The directory as people use it: names, pairing by code, what happened on the account.

#include "actors/directory/directory_machine.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using namespace hearth::directory::testing;
using hearth::testing::identity_of;

const auto player = identity_of(4);
const auto newcomer = identity_of(5);
const auto neighbour = identity_of(6);

const auto new_phone = device(newcomer, DeviceKind::player, "new phone");

class DirectoryAccounts : public ::testing::Test {
 protected:
  template <class Message>
  static Envelope envelope(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "manager"};
    header.to = {directory_keys.id, "accounts"};
    return pack(header, message);
  }
  template <class Answer = Accepted, class Message>
  Result<Answer> ask(const seal::Identity& who, const Message& message, Role role = Role::client) {
    auto answer = bench.ask(who.id, role, envelope(who, message));
    return answer ? unpack<Answer>(answer.value()) : Result<Answer>(answer.error());
  }
  template <class Message>
  ErrorCode outcome(const seal::Identity& who, const Message& message, Role role = Role::client) {
    const auto answer = bench.ask(who.id, role, envelope(who, message));
    return answer ? ErrorCode::none : answer.error().code;
  }

  /// Appends what `who` signs.
  ErrorCode outcome(const seal::Identity& who, const ChainAction& action,
                    const std::string& code = {}) {
    const auto appended = append_as(
        [this](const seal::Identity& asker, const auto& message) {
          return bench.ask(asker.id, Role::client, envelope(asker, message));
        },
        who, action, code);
    return appended ? ErrorCode::none : appended.error().code;
  }
  ErrorCode outcome(const seal::Identity& who, const DeviceRenamed& action) {
    return outcome(who, ChainAction(action));
  }
  ErrorCode outcome(const seal::Identity& who, const DeviceRevoked& action) {
    return outcome(who, ChainAction(action));
  }
  ErrorCode approve(const seal::Identity& who, const std::string& code, const Device& what) {
    return outcome(who, ChainAction(DeviceEnrolled{what}), code);
  }
  /// The account of `who`, as the directory tells it.
  chain::ChainFollower account_of(const seal::Identity& who) {
    chain::ChainFollower known;
    const auto page = ask<ChainPage>(who, FetchChain{});
    EXPECT_TRUE(page && known.apply(known.fresh(page.value()).value()));
    return known;
  }

  void SetUp() override {
    bench.step(leads);
    ASSERT_EQ(outcome(owner, opening_by(owner, "demo")), ErrorCode::none);
    ASSERT_EQ(outcome(neighbour, opening_by(neighbour, "next door")), ErrorCode::none);
    for (const auto& each :
         {device(home, DeviceKind::home, "home"), device(player, DeviceKind::player, "phone")}) {
      ASSERT_EQ(outcome(owner, ChainAction(DeviceEnrolled{each})), ErrorCode::none);
    }
    come_from("192.0.2.7", newcomer);
  }

  void come_from(const char* address, const seal::Identity& who) {
    PeerUp up;
    up.peer.node = who.id;
    up.peer.role = Role::client;
    up.peer.session = 1;
    up.peer.source = address;
    bench.step(up);
  }

  std::string offered_code() {
    const auto offered = ask<PairingOffered>(newcomer, OfferPairing{new_phone});
    EXPECT_TRUE(offered);
    return offered ? offered.value().code : std::string();
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since = Instant::max();
  DirectoryPlace bench{disks, clock, fresh_since};
};

TEST_F(DirectoryAccounts, AManagerRenamesADeviceForEver) {
  ASSERT_EQ(outcome(owner, DeviceRenamed{player.id, "Ann's phone"}), ErrorCode::none);
  bench.step(leads);  // from its rows
  const auto account = account_of(player);
  EXPECT_EQ(account.chain()->state().name, "demo");
  EXPECT_EQ(account.length(), 4U);
  EXPECT_EQ(account.chain()->find(player.id)->name, "Ann's phone");
}

TEST_F(DirectoryAccounts, OnlyManagersRenameAndOnlyDevicesOfTheirAccount) {
  EXPECT_EQ(outcome(player, DeviceRenamed{player.id, "mine"}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(neighbour, DeviceRenamed{player.id, "mine"}), ErrorCode::device_unknown);
  EXPECT_EQ(outcome(owner, DeviceRenamed{newcomer.id, "mine"}), ErrorCode::device_unknown);
  EXPECT_EQ(outcome(owner, DeviceRenamed{player.id, "a\nb"}), ErrorCode::value_invalid);
  EXPECT_EQ(outcome(owner, DeviceRenamed{player.id, ""}), ErrorCode::value_invalid);
}

TEST_F(DirectoryAccounts, AnEventIsAppendedOnceHoweverOftenItComes) {
  const auto known = account_of(owner);
  const auto first = sign_event(
      known.chain()->next(DeviceRenamed{player.id, "one"}, owner.keys.signing), owner.signing_seed);
  EXPECT_EQ(outcome(owner, AppendEvent{first, {}}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, AppendEvent{first, {}}), ErrorCode::none);
  ASSERT_EQ(outcome(owner, DeviceRenamed{player.id, "two"}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, AppendEvent{first, {}}), ErrorCode::none) << "of long ago";
  EXPECT_EQ(outcome(newcomer, AppendEvent{first, {}}), ErrorCode::none) << "whoever hands it in";
  EXPECT_EQ(account_of(owner).length(), 5U);
}

TEST_F(DirectoryAccounts, AnEventThatFollowsAnotherThanTheLastIsRefused) {
  const auto known = account_of(owner);
  const auto late = sign_event(known.chain()->next(DeviceRevoked{player.id}, owner.keys.signing),
                               owner.signing_seed);
  ASSERT_EQ(outcome(owner, DeviceRenamed{player.id, "one"}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, AppendEvent{late, {}}), ErrorCode::chain_moved);
  ASSERT_EQ(outcome(owner, DeviceRenamed{player.id, "two"}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, AppendEvent{late, {}}), ErrorCode::chain_moved);
  auto ahead = known.chain()->next(DeviceRevoked{player.id}, owner.keys.signing);
  ahead.number = 9;
  EXPECT_EQ(outcome(owner, AppendEvent{sign_event(ahead, owner.signing_seed), {}}),
            ErrorCode::chain_moved);
}

TEST_F(DirectoryAccounts, WhatNobodySignedIsRefused) {
  const auto event = account_of(owner).chain()->next(DeviceRevoked{player.id}, owner.keys.signing);
  EXPECT_EQ(outcome(owner, AppendEvent{sign_event(event, player.signing_seed), {}}),
            ErrorCode::not_allowed);
  auto of_stranger = event;
  of_stranger.signer = newcomer.keys.signing;
  EXPECT_EQ(outcome(newcomer, AppendEvent{sign_event(of_stranger, newcomer.signing_seed), {}}),
            ErrorCode::device_unknown);
  EXPECT_EQ(outcome(owner, AppendEvent{{Bytes(3), {}}, {}}), ErrorCode::message_malformed);
}

TEST_F(DirectoryAccounts, TheChainIsToldToItsDevicesPageByPage) {
  for (int i = 0; i < 150; ++i) {
    ASSERT_EQ(outcome(owner, DeviceRenamed{player.id, "name " + std::to_string(i)}),
              ErrorCode::none);
  }
  const auto first = ask<ChainPage>(player, FetchChain{});
  ASSERT_TRUE(first);
  ASSERT_EQ(first.value().events.size(), limits::chain_page);
  EXPECT_EQ(first.value().length, 153U);
  EXPECT_EQ(first.value().events[0].at_ms, test::noon.time_since_epoch().count());
  const auto second = ask<ChainPage>(player, FetchChain{limits::chain_page, {}, {}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second.value().events.size(), 53U);
  EXPECT_EQ(second.value().head, hash_of(second.value().events.back().event));
  for (const auto behind : {std::uint64_t{153}, ~std::uint64_t{0}}) {
    EXPECT_TRUE(ask<ChainPage>(owner, FetchChain{behind, {}, {}}).value().events.empty());
  }
  EXPECT_EQ(outcome(newcomer, FetchChain{}), ErrorCode::device_unknown);
}

TEST_F(DirectoryAccounts, WhoHoldsTheRecoveryKeyFetchesTheChainAndMakesAManager) {
  const auto key = hearth::testing::recovery_key;
  const auto& seed = hearth::testing::recovery_seed;
  const auto lost = identity_of(8);
  ASSERT_EQ(outcome(lost, AppendEvent{hearth::testing::opening_of(lost, "lost"), {}}),
            ErrorCode::none);
  FetchChain request{0, key, sign_recovery_request(newcomer.id, seed)};
  EXPECT_EQ(outcome(neighbour, request), ErrorCode::not_allowed) << "another's proof";
  const auto page = ask<ChainPage>(newcomer, request);
  ASSERT_TRUE(page);
  chain::ChainFollower known;
  ASSERT_TRUE(known.apply(known.fresh(page.value()).value()));
  const Device saved = device(newcomer, DeviceKind::manager, "new desk");
  const auto event = sign_event(known.chain()->next(DeviceEnrolled{saved}, key), seed);
  ASSERT_EQ(outcome(newcomer, AppendEvent{event, {}}), ErrorCode::none);
  EXPECT_EQ(outcome(lost, DeviceRevoked{newcomer.id}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, DeviceRevoked{lost.id}), ErrorCode::none);
  request.recovery = neighbour.keys.signing;
  request.proof = sign_recovery_request(newcomer.id, neighbour.signing_seed);
  EXPECT_EQ(outcome(newcomer, request), ErrorCode::account_unknown);
}

TEST_F(DirectoryAccounts, ACodeIsApprovedByAManagerOfTheVeryAccount) {
  const auto code = offered_code();
  const auto event =
      sign_event(account_of(owner).chain()->next(DeviceEnrolled{new_phone}, owner.keys.signing),
                 owner.signing_seed);
  EXPECT_EQ(outcome(neighbour, AppendEvent{event, code}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, AppendEvent{event, code}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(owner, DeviceRenamed{player.id, "one"}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, AppendEvent{event, code}), ErrorCode::chain_moved);
  EXPECT_EQ(approve(owner, code, new_phone), ErrorCode::none);
}

TEST_F(DirectoryAccounts, ARecoveryKeyIsOfOneAccount) {
  const auto one = identity_of(8);
  const auto other = identity_of(9);
  ASSERT_EQ(outcome(one, AppendEvent{hearth::testing::opening_of(one, "one"), {}}),
            ErrorCode::none);
  EXPECT_EQ(outcome(other, AppendEvent{hearth::testing::opening_of(other, "other"), {}}),
            ErrorCode::value_invalid);
}

TEST_F(DirectoryAccounts, AManagerAdmitsADeviceByItsCode) {
  const auto code = offered_code();
  const auto shown = ask<PairingShown>(owner, ShowPairing{code});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown.value().device, new_phone);
  EXPECT_EQ(shown.value().source, "192.0.2.7");
  EXPECT_EQ(Millis(shown.value().life_ms), limits::pairing_life);
  EXPECT_EQ(approve(owner, code, new_phone), ErrorCode::none);
  EXPECT_EQ(outcome(newcomer, FetchChain{}), ErrorCode::none);
}

TEST_F(DirectoryAccounts, ACodeOpensOnce) {
  const auto code = offered_code();
  ASSERT_EQ(approve(owner, code, new_phone), ErrorCode::none);
  const auto retry = account_of(owner).events().back().event;
  EXPECT_EQ(outcome(owner, AppendEvent{retry, code}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::pairing_unknown);
  EXPECT_EQ(approve(neighbour, code, new_phone), ErrorCode::pairing_unknown);
  EXPECT_EQ(outcome(neighbour, ChainAction(DeviceEnrolled{new_phone})), ErrorCode::device_exists);
}

TEST_F(DirectoryAccounts, AnotherDeviceThanWasShownStaysOutside) {
  const auto code = offered_code();
  auto other = new_phone;
  other.keys.exchange.bytes[0] ^= 1U;
  EXPECT_EQ(approve(owner, code, other), ErrorCode::not_allowed);
  other = new_phone;
  other.kind = DeviceKind::manager;
  EXPECT_EQ(approve(owner, code, other), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, FetchChain{}), ErrorCode::device_unknown);
}

TEST_F(DirectoryAccounts, OnlyManagersLookCodesUp) {
  const auto code = offered_code();
  EXPECT_EQ(outcome(player, ShowPairing{code}), ErrorCode::not_allowed);
  EXPECT_EQ(approve(player, code, new_phone), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, ShowPairing{code}), ErrorCode::device_unknown);
}

/// The answer tells them apart, the way to it does not: no clock tells one wrong code from another.
TEST_F(DirectoryAccounts, EveryCodeIsLookedUpByTheSameWork) {
  const auto used = offered_code();
  ASSERT_EQ(approve(owner, used, new_phone), ErrorCode::none);
  const auto late = device(identity_of(8), DeviceKind::player, "late");
  const auto over = ask<PairingOffered>(identity_of(8), OfferPairing{late}).value().code;
  clock.time += limits::pairing_life;
  const auto next = device(identity_of(9), DeviceKind::player, "next");
  const auto shown = ask<PairingOffered>(identity_of(9), OfferPairing{next}).value().code;
  const auto written = [this] {
    storage::BatchNumber sum = 0;
    for (const auto& [group, disk] : disks) {
      sum += disk.log.last_batch();
    }
    return sum;
  };
  const auto work = [&](const std::string& code, ErrorCode expected) {
    const auto before = std::pair(bench.carried, written());
    EXPECT_EQ(outcome(owner, ShowPairing{code}), expected);
    EXPECT_TRUE(bench.effects.asks.empty() && bench.effects.tells.empty());
    EXPECT_EQ(written(), before.second);
    return bench.carried - before.first;
  };
  const auto usual = work(shown, ErrorCode::none);
  EXPECT_EQ(work("222222", ErrorCode::pairing_unknown), usual) << "of nobody";
  EXPECT_EQ(work(used, ErrorCode::pairing_unknown), usual) << "used";
  EXPECT_EQ(work(over, ErrorCode::pairing_unknown), usual) << "over";
}

TEST_F(DirectoryAccounts, ADeviceOffersOnlyItselfAndAsWhatItIs) {
  auto other = new_phone;
  other.keys = player.keys;
  EXPECT_EQ(outcome(newcomer, OfferPairing{other}), ErrorCode::not_allowed);
  auto as_home = new_phone;
  as_home.kind = DeviceKind::home;
  EXPECT_EQ(outcome(newcomer, OfferPairing{as_home}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, OfferPairing{new_phone}, Role::home), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, OfferPairing{as_home}, Role::home), ErrorCode::none);
  auto nameless = new_phone;
  nameless.name.clear();
  EXPECT_EQ(outcome(newcomer, OfferPairing{nameless}), ErrorCode::value_invalid);
}

TEST_F(DirectoryAccounts, WhoIsInAnAccountOrWasRevokedOffersNothing) {
  const auto phone = device(player, DeviceKind::player, "phone");
  EXPECT_EQ(outcome(player, OfferPairing{phone}), ErrorCode::device_exists);
  ASSERT_EQ(outcome(owner, DeviceRevoked{player.id}), ErrorCode::none);
  EXPECT_EQ(outcome(player, OfferPairing{phone}), ErrorCode::not_allowed);
}

TEST_F(DirectoryAccounts, AnOfferOutlivesTheReignOfItsDirectory) {
  const auto code = offered_code();
  bench.step(LeadershipChanged{2, true, directory_keys.id});
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::none);
}

TEST_F(DirectoryAccounts, WhoDoesNotLeadPassesAnOfferOnWithItsPlace) {
  bench.step(follows);
  (void)bench.ask(newcomer.id, Role::client, envelope(newcomer, OfferPairing{new_phone}));
  ASSERT_EQ(bench.effects.asks.size(), 1U);  // whose is the device?
  const auto& question = bench.effects.asks[0];
  Header header;
  header.from = {other_directory.id, "accounts"};
  header.to = {directory_keys.id, "accounts"};
  bench.step(Answered{question.token, pack(header, ClaimShown{})});
  ASSERT_EQ(bench.effects.asks.size(), 1U);
  const auto forwarded = unpack<Forwarded>(bench.effects.asks[0].envelope);
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(forwarded.value().source, "192.0.2.7");
  EXPECT_EQ(forwarded.value().group, map_group);
}

TEST_F(DirectoryAccounts, TheLeaderShowsThePlaceThatAnotherDirectorySaw) {
  const auto inner = envelope(newcomer, OfferPairing{new_phone});
  Forwarded forwarded;
  forwarded.origin = newcomer.id;
  forwarded.role = Role::client;
  forwarded.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  forwarded.source = "198.51.100.1";
  const auto offered = ask<PairingOffered>(other_directory, forwarded, Role::directory);
  ASSERT_TRUE(offered) << offered.error().detail;
  const auto shown = ask<PairingShown>(owner, ShowPairing{offered.value().code});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown.value().source, "198.51.100.1");
}

TEST_F(DirectoryAccounts, AnOfferThatIsOverIsForgotten) {
  const auto code = offered_code();
  clock.time += limits::pairing_life;
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::pairing_unknown);
  bench.step(TimerFired{1});
  EXPECT_FALSE(disks.at(map_group).log.row(PairingBook::stream, code).value());
}

}  // namespace
}  // namespace hearth::directory
