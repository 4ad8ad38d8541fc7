// The directory as its peers see it: commands in, answers out, and accounts that survive it.

#include "actors/directory/directory_machine.hpp"

#include "actors/relay/presence_reporter.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/directory_cast.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using namespace hearth::directory::testing;
using hearth::testing::identity_of;

const auto gateway = identity_of(4);
const auto stranger = identity_of(5);
const auto super_peer = identity_of(6);

/// Of a directory whose copy is as new as `fresh_since` says.
DirectoryMachine::Config config(Instant& fresh_since,
                                std::size_t held = DirectoryMachine::accounts_max) {
  return {directory_keys, [] { return std::vector{other_directory.id}; },
          [&fresh_since] { return fresh_since; }, held};
}

const LeadershipChanged is_alone{3, false, {}};

class DirectoryMachineTest : public ::testing::Test {
 protected:
  template <class Answer, class Message>
  Result<Answer> ask(const seal::Identity& who, Role role, const Message& message) {
    auto answer = bench->ask(who.id, role, envelope(who, message));
    return answer ? unpack<Answer>(answer.value()) : Result<Answer>(answer.error());
  }

  template <class Message>
  static Envelope envelope(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {directory_keys.id, "accounts"};
    return pack(header, message);
  }

  void enrol_household() {
    ASSERT_TRUE(ask<EventAppended>(owner, Role::client, opening_by(owner, "demo")).ok());
    for (const auto& each : {device(home, DeviceKind::home, "home"),
                             device(gateway, DeviceKind::gateway, "gateway")}) {
      ASSERT_TRUE(append(owner, DeviceEnrolled{each}).ok());
    }
  }

  Result<EventAppended> append(const seal::Identity& who, const ChainAction& action) {
    return append_as(
        [this](const seal::Identity& asker, const auto& message) {
          return bench->ask(asker.id, Role::client, envelope(asker, message));
        },
        who, action);
  }

  void SetUp() override { (void)bench->step(leads); }

  void restart() {
    bench.emplace(disk, config(fresh_since), clock);
    (void)bench->step(leads);
  }

  void attach_home(std::uint64_t epoch = 1) {
    ASSERT_TRUE(
        ask<Accepted>(super_peer, Role::super_peer, ReportPresence{epoch, true, {home.id}, {}})
            .ok());
  }

  test::FixedClock clock;
  test::Disk disk;
  Instant fresh_since = Instant::max();
  std::optional<test::MachineBench<DirectoryMachine>> bench{std::in_place, disk,
                                                            config(fresh_since), clock};
};

TEST_F(DirectoryMachineTest, AnAccountSurvivesARestart) {
  enrol_household();
  restart();

  const auto page = ask<ChainPage>(gateway, Role::client, FetchChain{});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().length, 3U);
  EXPECT_EQ(page.value().events.size(), 3U);
}

class DirectoryMemory : public DirectoryMachineTest {
 protected:
  static AppendEvent opening_of_its_own(std::uint8_t i) {
    auto recovery = hearth::testing::recovery_key;
    recovery.bytes[0] = i;
    return {hearth::testing::opening_of(identity_of(i), "account " + std::to_string(i), recovery),
            {}};
  }

  /// Creates an account for the device `i`, and writes it down if `durable`.
  void create(std::uint8_t i, bool durable = true) {
    const auto who = identity_of(i);
    auto effects = machine.step(Delivered{ReplyTo{who.id, 1, i}, who.id, Role::client, 1,
                                          envelope(who, opening_of_its_own(i))},
                                now);
    ASSERT_TRUE(effects.replies.at(0).answer.ok());
    for (auto& append : effects.appends) {
      durable ? disk.write(std::move(append)) : in_flight.push_back(std::move(append));
    }
  }

  ErrorCode list(std::uint8_t i) {
    const auto who = identity_of(i);
    const auto effects = machine.step(
        Delivered{ReplyTo{who.id, 1, i}, who.id, Role::client, 1, envelope(who, ListHomes{})}, now);
    const auto& answer = effects.replies.at(0).answer;
    return answer ? ErrorCode::none : answer.error().code;
  }

  void SetUp() override {
    ASSERT_TRUE(machine.recover(disk.log).ok());
    (void)machine.step(leads, now);
  }

  Instant now{1h};
  std::vector<storage::Append> in_flight;
  DirectoryMachine machine{config(fresh_since, 8), clock};
};

TEST_F(DirectoryMemory, HoldsNoMoreAccountsThanItMay) {
  for (std::uint8_t i = 100; i < 140; ++i) {
    create(i);
    EXPECT_LE(machine.accounts_in_memory(), 11U);
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  EXPECT_EQ(machine.index_rows_in_memory(), 0U);
  for (std::uint8_t i = 100; i < 140; ++i) {
    EXPECT_EQ(list(i), ErrorCode::none);
  }
  EXPECT_LE(machine.accounts_in_memory(), 11U);
}

TEST_F(DirectoryMemory, KeepsWhatIsNotDurableYet) {
  for (std::uint8_t i = 100; i < 140; ++i) {
    create(i, false);
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 40U);
  EXPECT_EQ(machine.index_rows_in_memory(), 120U);
  for (std::uint8_t i = 100; i < 140; ++i) {
    EXPECT_EQ(list(i), ErrorCode::none);
  }
  for (auto& append : in_flight) {
    disk.write(std::move(append));
  }
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  EXPECT_EQ(machine.index_rows_in_memory(), 0U);
  EXPECT_EQ(list(100), ErrorCode::none);
}

TEST_F(DirectoryMemory, TheAccountThatRestedLongestGoesFirst) {
  for (std::uint8_t i = 100; i < 108; ++i) {
    create(i);
  }
  EXPECT_EQ(list(100), ErrorCode::none);
  create(108);
  (void)machine.step(TimerFired{1}, now);
  EXPECT_EQ(machine.accounts_in_memory(), 8U);
  const auto held = machine.accounts_in_memory();
  EXPECT_EQ(list(100), ErrorCode::none);
  EXPECT_EQ(machine.accounts_in_memory(), held) << "it was still there";
  EXPECT_EQ(list(101), ErrorCode::none);
  EXPECT_EQ(machine.accounts_in_memory(), held + 1) << "it was not";
}

TEST_F(DirectoryMachineTest, OpeningAnAccountAgainGivesTheSameAccount) {
  const auto command = opening_by(owner, "demo");
  const auto first = ask<EventAppended>(owner, Role::client, command);
  restart();
  const auto second = ask<EventAppended>(owner, Role::client, command);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first.value().account, second.value().account);
  EXPECT_EQ(first.value().account.bytes, hash_of(command.event).bytes);
  const auto other = ask<EventAppended>(owner, Role::client, opening_by(owner, "another"));
  EXPECT_EQ(other.error().code, ErrorCode::device_exists);
}

TEST_F(DirectoryMachineTest, NamesThatLookAlikeAreOneName) {
  enrol_household();
  const auto other = ask<EventAppended>(stranger, Role::client, opening_by(stranger, "DEMO"));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::name_taken);
}

TEST_F(DirectoryMachineTest, RefusesAnAccountInAnotherDevicesName) {
  const auto refused = ask<EventAppended>(stranger, Role::client, opening_by(owner, "demo"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(DirectoryMachineTest, OnlyAManagerEnrols) {
  enrol_household();
  const auto refused =
      append(gateway, DeviceEnrolled{device(stranger, DeviceKind::player, "phone")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(DirectoryMachineTest, ADeviceBelongsToOneAccount) {
  enrol_household();
  ASSERT_TRUE(ask<EventAppended>(stranger, Role::client, opening_by(stranger, "other")).ok());
  const auto refused = append(stranger, DeviceEnrolled{device(home, DeviceKind::home, "home")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::device_exists);
}

TEST_F(DirectoryMachineTest, ARevokedDeviceComesBackWithOtherKeysAlone) {
  enrol_household();
  ASSERT_TRUE(append(owner, DeviceRevoked{gateway.id}).ok());
  restart();
  const auto refused =
      append(owner, DeviceEnrolled{device(gateway, DeviceKind::gateway, "gateway")});
  ASSERT_FALSE(refused.ok());
}

TEST_F(DirectoryMachineTest, ARevokedDeviceIsUnknownAlsoAfterARestart) {
  enrol_household();
  ASSERT_TRUE(append(owner, DeviceRevoked{gateway.id}).ok());
  restart();
  const auto refused = ask<HomesListed>(gateway, Role::client, ListHomes{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::device_unknown);
}

// Whoever asked would take "log_corrupt" for a refusal, and never ask another directory.
TEST_F(DirectoryMachineTest, OneThatCannotReadItsLogAnswersThatItStops) {
  const auto created = ask<EventAppended>(owner, Role::client, opening_by(owner, "demo"));
  ASSERT_TRUE(created.ok());
  const auto account = created.value().account.view();
  disk.write({DirectoryMachine::stream,
              0,
              {},
              {{"a" + std::string(account.begin(), account.end()), Bytes(3, 0xFF)}},
              {},
              0});
  restart();
  const auto refused = ask<HomesListed>(owner, Role::client, ListHomes{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::stopping);
  ASSERT_TRUE(bench->effects.stop);
  EXPECT_EQ(bench->effects.stop->code, ErrorCode::log_corrupt);
}

TEST_F(DirectoryMachineTest, TheLastManagerStays) {
  enrol_household();
  const auto refused = append(owner, DeviceRevoked{owner.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(DirectoryMachineTest, ATicketNamesTheClientsKeyAndTheHomesSuperPeers) {
  enrol_household();
  attach_home();
  const auto issued = ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id});
  ASSERT_TRUE(issued.ok());
  const auto ticket =
      seal::verify_ticket(issued.value().ticket, directory_keys.keys.signing, clock.time);
  ASSERT_TRUE(ticket.ok());
  EXPECT_EQ(ticket.value().client, gateway.id);
  EXPECT_EQ(ticket.value().client_exchange, gateway.keys.exchange);
  EXPECT_EQ(ticket.value().home, home.id);
  EXPECT_EQ(ticket.value().super_peers, std::vector<NodeId>{super_peer.id});
}

TEST_F(DirectoryMachineTest, NoTicketForAHomeOfAnotherAccount) {
  enrol_household();
  attach_home();
  ASSERT_TRUE(ask<EventAppended>(stranger, Role::client, opening_by(stranger, "other")).ok());
  const auto refused = ask<TicketIssued>(stranger, Role::client, RequestTicket{home.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::home_unknown);
}

TEST_F(DirectoryMachineTest, AHomeWhoseSuperPeerFellSilentIsOffline) {
  enrol_household();
  attach_home();
  bench->now += PresenceTable::lease;
  (void)bench->step(TimerFired{1});
  const auto refused = ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::home_offline);
}

TEST_F(DirectoryMachineTest, ASilentSuperPeerIsKnownForTwoRenewalsAndGoneBefore15Seconds) {
  enrol_household();
  attach_home();
  const auto told = bench->now;
  const auto is_listed = [this] {
    const auto listed = ask<HomesListed>(gateway, Role::client, ListHomes{});
    return listed.ok() && !listed.value().homes.at(0).super_peers.empty();
  };
  // A report may have come right after a look for leases that are over: the next is a second later.
  for (; bench->now < told + 14s; bench->now += 1s) {
    EXPECT_TRUE(is_listed() || bench->now - told > 2 * relay::PresenceReporter::renewal_interval);
    (void)bench->step(TimerFired{1});
  }
  EXPECT_FALSE(is_listed());
}

TEST_F(DirectoryMachineTest, AReportOfAnEarlierEpochIsRefused) {
  enrol_household();
  attach_home(2);
  const auto refused =
      ask<Accepted>(super_peer, Role::super_peer, ReportPresence{1, true, {}, {home.id}});
  ASSERT_FALSE(refused.ok());
  const auto listed = ask<HomesListed>(gateway, Role::client, ListHomes{});
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(listed.value().homes.at(0).super_peers.size(), 1U);
}

TEST_F(DirectoryMachineTest, OnlyAnEnrolledHomeIsCertified) {
  enrol_household();
  const auto registered = ask<HomeRegistered>(home, Role::home, RegisterHome{});
  ASSERT_TRUE(registered.ok());
  const auto certificate = seal::verify_certificate(registered.value().certificate,
                                                    directory_keys.keys.signing, clock.time);
  ASSERT_TRUE(certificate.ok());
  EXPECT_EQ(certificate.value().home, home.keys);
  EXPECT_FALSE(ask<HomeRegistered>(gateway, Role::home, RegisterHome{}).ok());
}

TEST_F(DirectoryMachineTest, OnlyADirectorySpeaksForOthers) {
  enrol_household();
  const auto inner = envelope(gateway, ListHomes{});
  const Forwarded forwarded{
      gateway.id, Role::client, Bytes(inner.bytes().begin(), inner.bytes().end()), {}};
  EXPECT_TRUE(ask<HomesListed>(other_directory, Role::directory, forwarded).ok());
  EXPECT_FALSE(ask<HomesListed>(stranger, Role::client, forwarded).ok());

  auto forged = forwarded;
  forged.origin = owner.id;
  EXPECT_FALSE(ask<HomesListed>(other_directory, Role::directory, forged).ok());
}

// ---- with others ----

TEST_F(DirectoryMachineTest, HandsCommandsToTheLeaderAndTheAnswerBack) {
  (void)bench->step(follows);
  const ReplyTo asker{gateway.id, 3, 9};
  const auto effects =
      bench->step(Delivered{asker, gateway.id, Role::client, 3, envelope(gateway, FetchChain{})});
  EXPECT_TRUE(effects.replies.empty());
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(effects.asks[0].to, other_directory.id);
  const auto forwarded = unpack<Forwarded>(effects.asks[0].envelope);
  ASSERT_TRUE(forwarded.ok());
  EXPECT_EQ(forwarded.value().origin, gateway.id);

  const auto answered =
      bench->step(Answered{effects.asks[0].token, Error{ErrorCode::unreachable, {}}});
  ASSERT_EQ(answered.replies.size(), 1U);
  EXPECT_EQ(answered.replies[0].to, asker);
}

TEST_F(DirectoryMachineTest, PassesOnNothingThatWasPassedOn) {
  (void)bench->step(follows);
  const auto inner = envelope(owner, FetchChain{});
  const auto answer = ask<ChainPage>(
      other_directory, Role::directory,
      Forwarded{owner.id, Role::client, Bytes(inner.bytes().begin(), inner.bytes().end()), {}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::not_leader);
}

TEST_F(DirectoryMachineTest, WithoutALeaderOnlyWhatItKnowsIsServed) {
  enrol_household();
  attach_home();
  (void)bench->step(is_alone);
  const auto refused = append(owner, DeviceRevoked{gateway.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum);
  EXPECT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  EXPECT_TRUE(ask<HomesListed>(gateway, Role::client, ListHomes{}).ok());
}

TEST_F(DirectoryMachineTest, IssuesNoTicketFromACopyThatNobodyConfirmed) {
  enrol_household();
  attach_home();
  (void)bench->step(is_alone);
  fresh_since = bench->now - DirectoryMachine::recent;
  EXPECT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  fresh_since -= 1ms;
  const auto refused = ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum);
}

TEST_F(DirectoryMachineTest, AFollowerShowsWhatIsAppliedWithoutBeingTold) {
  enrol_household();
  attach_home();
  (void)bench->step(follows);
  EXPECT_TRUE(ask<HomesListed>(gateway, Role::client, ListHomes{}).ok());
  // The leader's revocation comes with the log.
  fresh_since = Instant::max();
  std::optional<test::MachineBench<DirectoryMachine>> leader{std::in_place, disk,
                                                             config(fresh_since), clock};
  (void)leader->step(leads);
  ASSERT_TRUE(append_as(
                  [&](const seal::Identity& asker, const auto& message) {
                    return leader->ask(asker.id, Role::client, envelope(asker, message));
                  },
                  owner, DeviceRevoked{gateway.id})
                  .ok());
  const auto refused = ask<HomesListed>(gateway, Role::client, ListHomes{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::device_unknown);
}

TEST_F(DirectoryMachineTest, AnswersOfALeaderAreExactButForWhatMayBeOld) {
  enrol_household();
  attach_home();
  ASSERT_TRUE(ask<ChainPage>(owner, Role::client, FetchChain{}).ok());
  EXPECT_TRUE(bench->effects.exact);
  ASSERT_FALSE(append(gateway, DeviceRevoked{owner.id}).ok());
  EXPECT_TRUE(bench->effects.exact) << "a refusal must not come of a state that is overtaken";
  ASSERT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  EXPECT_FALSE(bench->effects.exact);
  fresh_since = Instant{};
  ASSERT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  EXPECT_TRUE(bench->effects.exact) << "perhaps it leads no more";
}

TEST_F(DirectoryMemory, ForgetsWhatItDecidedWhenItsReignEnds) {
  create(100, false);
  EXPECT_EQ(list(100), ErrorCode::none);
  (void)machine.step(LeadershipChanged{2, true, directory_keys.id}, now);
  EXPECT_EQ(list(100), ErrorCode::device_unknown);
}

TEST_F(DirectoryMachineTest, TellsOthersWhatASuperPeerReports) {
  attach_home();
  ASSERT_EQ(bench->effects.tells.size(), 1U);
  EXPECT_EQ(bench->effects.tells[0].to, other_directory.id);
  const auto relayed = unpack<PresenceRelayed>(bench->effects.tells[0].envelope);
  ASSERT_TRUE(relayed.ok());
  EXPECT_EQ(relayed.value().super_peer, super_peer.id);
  EXPECT_EQ(relayed.value().report.arrivals, std::vector<NodeId>{home.id});
}

TEST_F(DirectoryMachineTest, KnowsWhatAnotherDirectoryWasTold) {
  const PresenceRelayed relayed{super_peer.id, {1, true, {home.id}, {}}};
  const auto tell = [&](const seal::Identity& who, Role role) {
    return bench->step(Delivered{{}, who.id, role, 1, envelope(who, relayed)});
  };
  (void)tell(super_peer, Role::super_peer);
  EXPECT_TRUE(bench->machine().presence().super_peers_of(home.id).empty());
  const auto effects = tell(other_directory, Role::directory);
  EXPECT_EQ(bench->machine().presence().super_peers_of(home.id),
            std::vector<NodeId>{super_peer.id});
  EXPECT_TRUE(effects.tells.empty()) << "it goes no further";
}

}  // namespace
}  // namespace hearth::directory
