// The directory as people use it: names, pairing by code, what happened on the account.

#include "actors/directory/directory_machine.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"
#include "tests/support/directory_cast.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

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

  void SetUp() override {
    (void)bench.step(leads);
    ASSERT_EQ(outcome(owner, CreateAccount{"demo", device(owner, DeviceKind::manager, "pc")}),
              ErrorCode::none);
    ASSERT_EQ(outcome(neighbour,
                      CreateAccount{"next door", device(neighbour, DeviceKind::manager, "pc")}),
              ErrorCode::none);
    for (const auto& each :
         {device(home, DeviceKind::home, "home"), device(player, DeviceKind::player, "phone")}) {
      ASSERT_EQ(outcome(owner, EnrolDevice{each}), ErrorCode::none);
    }
    come_from("192.0.2.7", newcomer);
  }

  void come_from(const char* address, const seal::Identity& who) {
    PeerUp up;
    up.peer.node = who.id;
    up.peer.role = Role::client;
    up.peer.session = 1;
    up.peer.source = address;
    (void)bench.step(up);
  }

  std::string offered_code() {
    const auto offered = ask<PairingOffered>(newcomer, OfferPairing{new_phone});
    EXPECT_TRUE(offered);
    return offered ? offered.value().code : std::string();
  }

  test::FixedClock clock;
  test::Disk disk;
  Instant fresh_since = Instant::max();
  test::MachineBench<DirectoryMachine> bench{
      disk,
      DirectoryMachine::Config{directory_keys, [] { return std::vector{other_directory.id}; },
                               [this] { return fresh_since; }, DirectoryMachine::accounts_max},
      clock};
};

TEST_F(DirectoryAccounts, AManagerRenamesADeviceForEver) {
  ASSERT_EQ(outcome(owner, RenameDevice{player.id, "Ann's phone"}), ErrorCode::none);
  (void)bench.step(leads);  // from its rows
  const auto listed = ask<DevicesListed>(player, ListDevices{});
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed.value().name, "demo");
  EXPECT_EQ(listed.value().sequence, 4U);
  EXPECT_EQ(listed.value().devices.at(2).name, "Ann's phone");
}

TEST_F(DirectoryAccounts, RenamingAgainChangesNothing) {
  ASSERT_EQ(outcome(owner, RenameDevice{player.id, "Ann's phone"}), ErrorCode::none);
  ASSERT_EQ(outcome(owner, RenameDevice{player.id, "Ann's phone"}), ErrorCode::none);
  EXPECT_EQ(ask<DevicesListed>(owner, ListDevices{}).value().sequence, 4U);
}

TEST_F(DirectoryAccounts, OnlyManagersRenameAndOnlyDevicesOfTheirAccount) {
  EXPECT_EQ(outcome(player, RenameDevice{player.id, "mine"}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(neighbour, RenameDevice{player.id, "mine"}), ErrorCode::device_unknown);
  EXPECT_EQ(outcome(owner, RenameDevice{newcomer.id, "mine"}), ErrorCode::device_unknown);
  EXPECT_EQ(outcome(owner, RenameDevice{player.id, "a\nb"}), ErrorCode::value_invalid);
  EXPECT_EQ(outcome(owner, RenameDevice{player.id, ""}), ErrorCode::value_invalid);
}

TEST_F(DirectoryAccounts, AManagerSeesWhatHappened) {
  ASSERT_EQ(outcome(owner, RenameDevice{player.id, "Ann's phone"}), ErrorCode::none);
  ASSERT_EQ(outcome(owner, RevokeDevice{player.id}), ErrorCode::none);
  const auto listed = ask<AccountEventsListed>(owner, ListAccountEvents{});
  ASSERT_TRUE(listed) << listed.error().detail;
  const auto& events = listed.value().events;
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(listed.value().last, 5U);
  EXPECT_EQ(std::get<AccountCreated>(events[0].event).name, "demo");
  EXPECT_EQ(std::get<DeviceEnrolled>(events[1].event).by, owner.id);
  EXPECT_EQ(std::get<DeviceRenamed>(events[3].event).name, "Ann's phone");
  EXPECT_EQ(std::get<DeviceRevoked>(events[4].event).device, player.id);
  EXPECT_EQ(events[4].sequence, 5U);
}

TEST_F(DirectoryAccounts, WhatHappenedIsToldPageByPage) {
  for (int i = 0; i < 150; ++i) {
    ASSERT_EQ(outcome(owner, RenameDevice{player.id, "name " + std::to_string(i)}),
              ErrorCode::none);
  }
  const auto first = ask<AccountEventsListed>(owner, ListAccountEvents{});
  ASSERT_TRUE(first);
  ASSERT_EQ(first.value().events.size(), limits::account_events_page);
  const auto second =
      ask<AccountEventsListed>(owner, ListAccountEvents{limits::account_events_page});
  ASSERT_TRUE(second);
  EXPECT_EQ(second.value().events.size(), 53U);
  EXPECT_EQ(second.value().events.front().sequence, limits::account_events_page + 1);
  for (const auto behind : {std::uint64_t{153}, ~std::uint64_t{0}}) {
    EXPECT_TRUE(ask<AccountEventsListed>(owner, ListAccountEvents{behind}).value().events.empty());
  }
}

TEST_F(DirectoryAccounts, WhatHappenedIsForManagersAlone) {
  EXPECT_EQ(outcome(player, ListAccountEvents{}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, ListAccountEvents{}), ErrorCode::device_unknown);
}

TEST_F(DirectoryAccounts, AManagerAdmitsADeviceByItsCode) {
  const auto code = offered_code();
  const auto shown = ask<PairingShown>(owner, ShowPairing{code});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown.value().device, new_phone);
  EXPECT_EQ(shown.value().source, "192.0.2.7");
  EXPECT_EQ(Millis(shown.value().life_ms), limits::pairing_life);
  EXPECT_EQ(outcome(owner, ApprovePairing{code, new_phone}), ErrorCode::none);
  EXPECT_EQ(outcome(newcomer, ListDevices{}), ErrorCode::none);
}

TEST_F(DirectoryAccounts, ACodeOpensOnce) {
  const auto code = offered_code();
  ASSERT_EQ(outcome(owner, ApprovePairing{code, new_phone}), ErrorCode::none);
  EXPECT_EQ(outcome(owner, ApprovePairing{code, new_phone}), ErrorCode::none) << "a retry";
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::pairing_unknown);
  EXPECT_EQ(outcome(neighbour, ApprovePairing{code, new_phone}), ErrorCode::pairing_unknown);
}

TEST_F(DirectoryAccounts, AnotherDeviceThanWasShownStaysOutside) {
  const auto code = offered_code();
  auto other = new_phone;
  other.keys.exchange.bytes[0] ^= 1U;
  EXPECT_EQ(outcome(owner, ApprovePairing{code, other}), ErrorCode::not_allowed);
  other = new_phone;
  other.kind = DeviceKind::manager;
  EXPECT_EQ(outcome(owner, ApprovePairing{code, other}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, ListDevices{}), ErrorCode::device_unknown);
}

TEST_F(DirectoryAccounts, OnlyManagersLookCodesUp) {
  const auto code = offered_code();
  EXPECT_EQ(outcome(player, ShowPairing{code}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(player, ApprovePairing{code, new_phone}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(newcomer, ShowPairing{code}), ErrorCode::device_unknown);
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
  ASSERT_EQ(outcome(owner, RevokeDevice{player.id}), ErrorCode::none);
  EXPECT_EQ(outcome(player, OfferPairing{phone}), ErrorCode::not_allowed);
}

TEST_F(DirectoryAccounts, AnOfferOutlivesTheReignOfItsDirectory) {
  const auto code = offered_code();
  (void)bench.step(LeadershipChanged{2, true, directory_keys.id});
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::none);
}

TEST_F(DirectoryAccounts, WhoDoesNotLeadPassesAnOfferOnWithItsPlace) {
  (void)bench.step(follows);
  (void)bench.ask(newcomer.id, Role::client, envelope(newcomer, OfferPairing{new_phone}));
  ASSERT_EQ(bench.effects.asks.size(), 1U);
  const auto forwarded = unpack<Forwarded>(bench.effects.asks[0].envelope);
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(forwarded.value().source, "192.0.2.7");
}

TEST_F(DirectoryAccounts, TheLeaderShowsThePlaceThatAnotherDirectorySaw) {
  const auto inner = envelope(newcomer, OfferPairing{new_phone});
  const auto offered = ask<PairingOffered>(
      other_directory,
      Forwarded{newcomer.id, Role::client, Bytes(inner.bytes().begin(), inner.bytes().end()),
                "198.51.100.1"},
      Role::directory);
  ASSERT_TRUE(offered) << offered.error().detail;
  const auto shown = ask<PairingShown>(owner, ShowPairing{offered.value().code});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown.value().source, "198.51.100.1");
}

TEST_F(DirectoryAccounts, AnOfferThatIsOverIsForgotten) {
  const auto code = offered_code();
  clock.time += limits::pairing_life;
  EXPECT_EQ(outcome(owner, ShowPairing{code}), ErrorCode::pairing_unknown);
  (void)bench.step(TimerFired{1});
  EXPECT_FALSE(disk.log.row(PairingBook::stream, code).value());
}

}  // namespace
}  // namespace hearth::directory
