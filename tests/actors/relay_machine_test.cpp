// The super-peer's judgement of homes, tickets and tunnels.

#include "actors/relay/relay_machine.hpp"

#include "tests/support/relay_fixture.hpp"

namespace hearth::relay {
namespace {

using namespace std::chrono_literals;

class RelayMachineTest : public test::RelayTest {
 protected:
  OpenTunnel open_tunnel(std::uint64_t tunnel = 1) const { return {home.id, tunnel, ticket()}; }

  /// Sends it and returns what the home is asked, if it is.
  std::optional<Ask> offer(const OpenTunnel& message) {
    const auto effects = bench->step(Delivered{ReplyTo{client.id, 1, 77}, client.id, Role::client,
                                               1, envelope(client, message)});
    refused = effects.replies.empty() ? std::nullopt
                                      : std::optional(effects.replies[0].answer.error().code);
    return effects.asks.empty() ? std::nullopt : std::optional(effects.asks[0]);
  }

  Effects accept(const Ask& ask) {
    return bench->step(Answered{ask.token, envelope(home, Accepted{})});
  }

  std::optional<ErrorCode> refused;
};

TEST_F(RelayMachineTest, BeginsAnEpochBeforeAnythingElse) {
  boot();
  EXPECT_EQ(bench->machine().epoch(), 1U);
  boot();
  EXPECT_EQ(bench->machine().epoch(), 2U);
}

TEST_F(RelayMachineTest, DialsTheDirectoriesOfItsRegionFirst) {
  const auto dials = only<Dial>(boot().link);
  ASSERT_EQ(dials.size(), 2U);
  EXPECT_EQ(dials[0].node, directory.id);
  EXPECT_EQ(dials[1].node, far_directory.id);
}

TEST_F(RelayMachineTest, InstallsTheDataKeyOfASessionAndRemovesItWithIt) {
  boot();
  const auto installed = only<InstallKey>(up(client, Role::client, 3).commands);
  ASSERT_EQ(installed.size(), 1U);
  EXPECT_EQ(installed[0].peer, client.id);
  EXPECT_EQ(installed[0].key.name, seal::data_key(hearth::testing::secret_of(3)).name);
  const auto removed = only<RemoveKey>(bench->step(PeerDown{client.id, 3}).commands);
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0].name, installed[0].key.name);
}

TEST_F(RelayMachineTest, KeepsANewSessionWhenTheOldOneGoesLate) {
  boot();
  up(client, Role::client, 3);
  up(client, Role::client, 4);
  EXPECT_TRUE(bench->step(PeerDown{client.id, 3}).commands.empty());
  EXPECT_EQ(bench->machine().counts().clients, 1U);
}

TEST_F(RelayMachineTest, AttachesAHomeThatADirectoryHasCertified) {
  boot();
  up(home, Role::home);
  EXPECT_EQ(attach(), ErrorCode::none);
  EXPECT_EQ(bench->machine().counts().homes, 1U);
}

TEST_F(RelayMachineTest, RefusesACertificateOfOtherKeys) {
  boot();
  up(home, Role::home);
  EXPECT_EQ(ask(home, Role::home, AttachHome{certificate(directory, stranger.keys)}),
            ErrorCode::certificate_invalid);
  auto mixed = home.keys;
  mixed.exchange = stranger.keys.exchange;
  EXPECT_EQ(ask(home, Role::home, AttachHome{certificate(directory, mixed)}),
            ErrorCode::certificate_invalid);
}

TEST_F(RelayMachineTest, RefusesACertificateThatNoDirectoryHasSigned) {
  boot();
  up(home, Role::home);
  EXPECT_EQ(ask(home, Role::home, AttachHome{certificate(stranger, home.keys)}),
            ErrorCode::certificate_invalid);
  EXPECT_EQ(ask(home, Role::home, AttachHome{certificate(self, home.keys)}),
            ErrorCode::certificate_invalid);
}

TEST_F(RelayMachineTest, RefusesToAttachAClient) {
  boot();
  up(client, Role::client);
  EXPECT_EQ(ask(client, Role::client, AttachHome{certificate(directory, client.keys)}),
            ErrorCode::not_allowed);
}

TEST_F(RelayMachineTest, RefusesHomesPastItsLimitButNotTheSameOneAgain) {
  boot({.homes = 1});
  up(home, Role::home);
  EXPECT_EQ(attach(), ErrorCode::none);
  EXPECT_EQ(attach(), ErrorCode::none);
  up(stranger, Role::home);
  EXPECT_EQ(ask(stranger, Role::home, AttachHome{certificate(directory, stranger.keys)}),
            ErrorCode::limit_reached);
}

TEST_F(RelayMachineTest, DropsAHomeWhoseCertificateHasEnded) {
  gather();
  pass(25h);
  const auto effects = bench->step(TimerFired{1});
  EXPECT_EQ(only<DropPeer>(effects.link).size(), 1U);
  EXPECT_EQ(bench->machine().counts().homes, 0U);
}

TEST_F(RelayMachineTest, BridgesATunnelOnceTheHomeHasTakenIt) {
  gather();
  const auto asked = offer(open_tunnel(9));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->to, home.id);
  const auto offered = unpack<OfferTunnel>(asked->envelope);
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered.value().client, client.id);

  const auto effects = accept(*asked);
  const auto bridges = only<BridgeTunnel>(effects.link);
  ASSERT_EQ(bridges.size(), 1U);
  EXPECT_EQ(bridges[0].a, client.id);
  EXPECT_EQ(bridges[0].a_tunnel, 9U);
  EXPECT_EQ(bridges[0].b, home.id);
  EXPECT_EQ(bridges[0].b_tunnel, offered.value().tunnel);
  ASSERT_EQ(effects.replies.size(), 1U);
  EXPECT_TRUE(effects.replies[0].answer.ok());
  EXPECT_EQ(effects.replies[0].to.correlation, 77U);
}

TEST_F(RelayMachineTest, HandsOnTheHomesRefusalOfATunnel) {
  gather();
  const auto asked = offer(open_tunnel());
  ASSERT_TRUE(asked);
  const auto effects = bench->step(Answered{asked->token, Error{ErrorCode::overloaded, ""}});
  ASSERT_EQ(effects.replies.size(), 1U);
  EXPECT_EQ(effects.replies[0].answer.error().code, ErrorCode::overloaded);
  EXPECT_TRUE(effects.link.empty());
}

TEST_F(RelayMachineTest, BridgesNothingWhenTheHomeHasGoneMeanwhile) {
  gather();
  const auto asked = offer(open_tunnel());
  ASSERT_TRUE(asked);
  bench->step(PeerDown{home.id, 1});
  const auto effects = accept(*asked);
  EXPECT_TRUE(only<BridgeTunnel>(effects.link).empty());
  EXPECT_EQ(effects.replies.at(0).answer.error().code, ErrorCode::home_offline);
}

TEST_F(RelayMachineTest, RefusesATunnelToAHomeThatIsNotAttached) {
  boot();
  up(client, Role::client);
  up(home, Role::home);  // Here, but without a certificate.
  EXPECT_FALSE(offer(open_tunnel()));
  EXPECT_EQ(refused, ErrorCode::home_offline);
}

TEST_F(RelayMachineTest, RefusesTicketsThatAreForOthersOrByOthers) {
  gather();
  const auto try_one = [this](const seal::Ticket& leave, const seal::Identity& signer) {
    EXPECT_FALSE(offer({home.id, 1, seal::sign_ticket(leave, signer.signing_seed)}));
    return refused;
  };
  auto other_client = leave(directory);
  other_client.client = stranger.id;
  EXPECT_EQ(try_one(other_client, directory), ErrorCode::ticket_invalid);
  auto other_key = leave(directory);
  other_key.client_exchange = stranger.keys.exchange;
  EXPECT_EQ(try_one(other_key, directory), ErrorCode::ticket_invalid);
  auto other_home = leave(directory);
  other_home.home = stranger.id;
  EXPECT_EQ(try_one(other_home, directory), ErrorCode::ticket_invalid);
  auto other_relay = leave(directory);
  other_relay.super_peers = {stranger.id};
  EXPECT_EQ(try_one(other_relay, directory), ErrorCode::ticket_invalid);
  EXPECT_EQ(try_one(leave(directory), stranger), ErrorCode::ticket_invalid);
  EXPECT_EQ(try_one(leave(stranger), stranger), ErrorCode::ticket_invalid);
  EXPECT_EQ(try_one(leave(self), self), ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, TakesATicketOfTheHomeItself) {
  gather();
  EXPECT_TRUE(offer({home.id, 1, seal::sign_ticket(leave(home), home.signing_seed)}));
}

TEST_F(RelayMachineTest, RefusesATicketOfADirectoryThatMayIssueNone) {
  gather();
  auto newer = nodes();
  newer.nodes.back().issues_tickets = false;
  (void)bench->step(NodesListed{newer});
  EXPECT_FALSE(offer(open_tunnel()));
  EXPECT_EQ(refused, ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, RefusesTicketsThatAHomeIssuesForAnother) {
  gather();
  up(stranger, Role::home);
  ASSERT_EQ(ask(stranger, Role::home, AttachHome{certificate(directory, stranger.keys)}),
            ErrorCode::none);
  auto others = leave(home);
  others.home = stranger.id;
  EXPECT_FALSE(offer({stranger.id, 1, seal::sign_ticket(others, home.signing_seed)}));
  EXPECT_EQ(refused, ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, RefusesTicketsOfAHomeThatNobodyHasCertified) {
  boot();
  up(client, Role::client);
  up(home, Role::home);
  EXPECT_FALSE(offer({home.id, 1, seal::sign_ticket(leave(home), home.signing_seed)}));
  EXPECT_EQ(refused, ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, RefusesATicketWithAnyByteChanged) {
  gather();
  const auto good = ticket();
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto changed = good;
    changed[at] ^= 1U;
    EXPECT_FALSE(offer({home.id, 1, changed})) << at;
    EXPECT_EQ(refused, ErrorCode::ticket_invalid) << at;
  }
}

TEST_F(RelayMachineTest, RefusesATicketThatHasNotBegun) {
  gather();
  auto early = leave(directory);
  early.not_before += 10s;
  early.not_after += 10s;
  EXPECT_FALSE(offer({home.id, 1, seal::sign_ticket(early, directory.signing_seed)}));
  EXPECT_EQ(refused, ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, RefusesATicketThatIsOver) {
  gather();
  auto message = open_tunnel();
  pass(46s);  // Within the tolerance for clocks, but over.
  EXPECT_FALSE(offer(message));
  EXPECT_EQ(refused, ErrorCode::ticket_invalid);
}

TEST_F(RelayMachineTest, RefusesATunnelNumberThatIsNotNewInTheSession) {
  gather();
  accept(*offer(open_tunnel(9)));
  for (const std::uint64_t tunnel : {9U, 3U, 0U}) {
    EXPECT_EQ(ask(client, Role::client, open_tunnel(tunnel)), ErrorCode::value_invalid);
  }
  EXPECT_TRUE(offer(open_tunnel(10)));
  up(client, Role::client);
  EXPECT_TRUE(offer(open_tunnel(1))) << "another session counts anew";
}

TEST_F(RelayMachineTest, EndsTunnelsWithinASecondOfTheTicketsEnd) {
  gather();
  accept(*offer(open_tunnel(9)));
  pass(44s);
  EXPECT_TRUE(bench->step(TimerFired{1}).link.empty());
  pass(1s);
  const auto ended = only<EndBridge>(bench->step(TimerFired{1}).link);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].a, client.id);
  EXPECT_EQ(ended[0].a_tunnel, 9U);
}

TEST_F(RelayMachineTest, KeepsTunnelsWhoseTicketIsRenewed) {
  gather();
  accept(*offer(open_tunnel()));
  pass(25s);
  EXPECT_EQ(ask(client, Role::client, PresentTicket{home.id, ticket()}), ErrorCode::none);
  pass(30s);
  EXPECT_TRUE(bench->step(TimerFired{1}).link.empty());
}

TEST_F(RelayMachineTest, LetsTheOldestTunnelToOneHomeGiveWay) {
  gather();
  for (std::uint64_t tunnel = 1; tunnel <= 4; ++tunnel) {
    EXPECT_TRUE(only<EndBridge>(accept(*offer(open_tunnel(tunnel))).link).empty());
  }
  const auto ended = only<EndBridge>(accept(*offer(open_tunnel(5))).link);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].a_tunnel, 1U);
}

TEST_F(RelayMachineTest, BoundsTheHomesThatOneClientHoldsTicketsFor) {
  boot({.standing_per_client = 1});
  up(client, Role::client);
  EXPECT_EQ(ask(client, Role::client, PresentTicket{home.id, ticket()}), ErrorCode::none);
  auto another = leave(directory);
  another.home = stranger.id;
  EXPECT_EQ(ask(client, Role::client,
                PresentTicket{stranger.id, seal::sign_ticket(another, directory.signing_seed)}),
            ErrorCode::limit_reached);
}

TEST_F(RelayMachineTest, BelievesTheDirectoriesOfTheNewestNodeList) {
  gather();
  auto newer = nodes();
  newer.nodes.back() = listed(stranger, Role::directory, "north");  // in place of `directory`
  const auto effects = bench->step(NodesListed{newer});
  EXPECT_EQ(only<Dial>(effects.link).at(0).node, stranger.id);
  EXPECT_EQ(only<LetGo>(effects.link).at(0).node, directory.id);
  EXPECT_EQ(attach(), ErrorCode::certificate_invalid);
  EXPECT_EQ(ask(home, Role::home, relay::AttachHome{certificate(stranger, home.keys)}),
            ErrorCode::none);
  EXPECT_EQ(ask(client, Role::client, PresentTicket{home.id, ticket()}), ErrorCode::ticket_invalid);
  const auto by_new = seal::sign_ticket(leave(stranger), stranger.signing_seed);
  EXPECT_EQ(ask(client, Role::client, PresentTicket{home.id, by_new}), ErrorCode::none);
}

TEST_F(RelayMachineTest, TakesNothingNewWhileItDrains) {
  gather();
  const auto effects = bench->step(RelayExternal(DrainWanted{}));
  EXPECT_EQ(only<StopAdmitting>(effects.commands).size(), 1U);
  EXPECT_FALSE(offer(open_tunnel()));
  EXPECT_EQ(refused, ErrorCode::stopping);
  EXPECT_EQ(attach(), ErrorCode::stopping);
}

TEST_F(RelayMachineTest, AnswersARequestOfASessionThatIsOver) {
  gather();
  bench->step(PeerDown{home.id, 1});
  EXPECT_EQ(attach(), ErrorCode::unreachable);
}

}  // namespace
}  // namespace hearth::relay
