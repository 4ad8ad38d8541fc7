// The directory as its peers see it: commands in, answers out, and accounts that survive it.

#include "actors/directory/directory_machine.hpp"

#include "actors/directory/account_rows.hpp"
#include "actors/relay/presence_reporter.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/identities.hpp"

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
    return append_at(*bench, who, action);
  }
  static Result<EventAppended> append_at(DirectoryPlace& place, const seal::Identity& who,
                                         const ChainAction& action) {
    return append_as(
        [&place](const seal::Identity& asker, const auto& message) {
          return place.ask(asker.id, Role::client, envelope(asker, message));
        },
        who, action);
  }

  void SetUp() override { bench->step(leads); }

  void restart() {
    bench.emplace(disks, clock, fresh_since);
    bench->step(leads);
  }

  void attach_home(std::uint64_t epoch = 1) {
    ASSERT_TRUE(
        ask<Accepted>(super_peer, Role::super_peer, ReportPresence{epoch, true, {home.id}, {}})
            .ok());
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since = Instant::max();
  std::optional<DirectoryPlace> bench{std::in_place, disks, clock, fresh_since};
};

TEST_F(DirectoryMachineTest, AnAccountSurvivesARestart) {
  enrol_household();
  restart();

  const auto page = ask<ChainPage>(gateway, Role::client, FetchChain{});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().length, 3U);
  EXPECT_EQ(page.value().events.size(), 3U);
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
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
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
  const auto& account = created.value().account;
  bench->disk_of(account.view())
      .write({AccountGroup::stream, 0, {}, {{account_key(account), Bytes(3, 0xFF)}}, {}, 0});
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
  bench->step(TimerFired{1});
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
    bench->step(TimerFired{1});
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
  Forwarded forwarded;
  forwarded.origin = gateway.id;
  forwarded.role = Role::client;
  forwarded.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  EXPECT_TRUE(ask<HomesListed>(other_directory, Role::directory, forwarded).ok());
  EXPECT_FALSE(ask<HomesListed>(stranger, Role::client, forwarded).ok());

  auto forged = forwarded;
  forged.origin = owner.id;
  EXPECT_FALSE(ask<HomesListed>(other_directory, Role::directory, forged).ok());
}

// ---- with others ----

TEST_F(DirectoryMachineTest, HandsCommandsToTheLeaderAndTheAnswerBack) {
  enrol_household();
  bench->step(follows);
  const ReplyTo asker{gateway.id, 3, 9};
  bench->step(Delivered{asker, gateway.id, Role::client, 3, envelope(gateway, FetchChain{})});
  const auto effects = bench->effects;
  EXPECT_TRUE(effects.replies.empty());
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(effects.asks[0].to, other_directory.id);
  const auto forwarded = unpack<Forwarded>(effects.asks[0].envelope);
  ASSERT_TRUE(forwarded.ok());
  EXPECT_EQ(forwarded.value().origin, gateway.id);

  bench->step(Answered{effects.asks[0].token, Error{ErrorCode::unreachable, {}}});
  ASSERT_EQ(bench->effects.replies.size(), 1U);
  EXPECT_EQ(bench->effects.replies[0].to, asker);
}

TEST_F(DirectoryMachineTest, PassesOnNothingThatWasPassedOn) {
  bench->step(follows);
  const auto inner = envelope(owner, FetchChain{});
  Forwarded forwarded;
  forwarded.origin = owner.id;
  forwarded.role = Role::client;
  forwarded.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  const auto answer = ask<ChainPage>(other_directory, Role::directory, forwarded);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::not_leader);
}

TEST_F(DirectoryMachineTest, WithoutALeaderOnlyWhatItKnowsIsServed) {
  enrol_household();
  attach_home();
  bench->step(is_alone);
  const auto refused = append(owner, DeviceRevoked{gateway.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum);
  EXPECT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  EXPECT_TRUE(ask<HomesListed>(gateway, Role::client, ListHomes{}).ok());
}

TEST_F(DirectoryMachineTest, IssuesNoTicketFromACopyThatNobodyConfirmed) {
  enrol_household();
  attach_home();
  bench->step(is_alone);
  fresh_since = bench->now - DirectoryMachine::recent;
  EXPECT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  fresh_since -= 1ms;
  const auto refused = ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum);
}

TEST_F(DirectoryMachineTest, AHomeIsToldItsChainFromACopyThatIsRecent) {
  enrol_household();
  bench->step(is_alone);
  const auto page = ask<ChainPage>(home, Role::home, FetchChain{1, {}, {}});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().events.size(), 2U);
  EXPECT_EQ(ask<HomesListed>(gateway, Role::client, ListHomes{}).value().length, 3U);
  EXPECT_EQ(ask<ChainPage>(gateway, Role::client, FetchChain{}).error().code, ErrorCode::no_quorum);
}

TEST_F(DirectoryMachineTest, AFollowerShowsWhatIsAppliedWithoutBeingTold) {
  enrol_household();
  attach_home();
  bench->step(follows);
  EXPECT_TRUE(ask<HomesListed>(gateway, Role::client, ListHomes{}).ok());
  // The leader's revocation comes with the log.
  DirectoryPlace leader(disks, clock, fresh_since);
  leader.step(leads);
  ASSERT_TRUE(append_at(leader, owner, DeviceRevoked{gateway.id}).ok());
  const auto refused = ask<HomesListed>(gateway, Role::client, ListHomes{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::device_unknown);
}

TEST_F(DirectoryMachineTest, AnswersOfALeaderAreExactButForWhatMayBeOld) {
  enrol_household();
  attach_home();
  ASSERT_TRUE(ask<ChainPage>(owner, Role::client, FetchChain{}).ok());
  EXPECT_TRUE(std::exchange(bench->was_exact, false));
  ASSERT_FALSE(append(gateway, DeviceRevoked{owner.id}).ok());
  EXPECT_TRUE(std::exchange(bench->was_exact, false))
      << "a refusal must not come of a state that is overtaken";
  ASSERT_TRUE(ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id}).ok());
  EXPECT_FALSE(bench->was_exact);
  fresh_since = Instant{};
  const auto refused = ask<TicketIssued>(gateway, Role::client, RequestTicket{home.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum) << "perhaps it leads no more";
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
    bench->step(Delivered{{}, who.id, role, 1, envelope(who, relayed)});
  };
  tell(super_peer, Role::super_peer);
  EXPECT_TRUE(bench->front().presence().super_peers_of(home.id).empty());
  tell(other_directory, Role::directory);
  EXPECT_EQ(bench->front().presence().super_peers_of(home.id), std::vector<NodeId>{super_peer.id});
  EXPECT_TRUE(bench->effects.tells.empty()) << "it goes no further";
}

TEST_F(DirectoryMachineTest, ForgetsWhatAStruckSuperPeerTold) {
  attach_home();
  auto struck = node_list();
  struck.nodes.pop_back();
  bench->step(NodesListed{struck});
  EXPECT_TRUE(bench->front().presence().super_peers_of(home.id).empty());
  const PresenceRelayed relayed{super_peer.id, {2, true, {home.id}, {}}};
  bench->step(
      Delivered{{}, other_directory.id, Role::directory, 1, envelope(other_directory, relayed)});
  EXPECT_TRUE(bench->front().presence().super_peers_of(home.id).empty());
}

TEST_F(DirectoryMachineTest, TellsANewDirectoryOfTheListWhereHomesAre) {
  auto longer = node_list();
  longer.nodes.push_back({stranger.keys, Role::directory, "us", {}, {}, true});
  bench->step(NodesListed{longer});
  attach_home();
  ASSERT_EQ(bench->effects.tells.size(), 2U);
  EXPECT_TRUE(bench->effects.tells[0].to == stranger.id ||
              bench->effects.tells[1].to == stranger.id);
}

}  // namespace
}  // namespace hearth::directory
