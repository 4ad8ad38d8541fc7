// Which nodes a home keeps to, and what it needs to be let in there.

#include "tests/support/home_bench.hpp"

#include <range/v3/algorithm/find.hpp>

namespace hearth::home {
namespace {

using namespace hearth::home_testing;

TEST_F(HomeMachineTest, DialsItsNodesAndScansAtTheStart) {
  EXPECT_EQ(effects.link.size(), 2U);
  ASSERT_EQ(effects.commands.size(), 1U);
  EXPECT_EQ(std::get<StartScan>(effects.commands[0]).run, 1U);
}

TEST_F(HomeMachineTest, LooksForAnotherSuperPeerWhileItsOwnAreAway) {
  auto settings = config();
  for (const auto& other : {gateway, stranger}) {
    settings.nodes.nodes.push_back({other.keys, Role::super_peer, "us", {}, {}, false});
  }
  test::Disk other;
  test::MachineBench<HomeMachine> home{other, settings, clock};
  const auto dialled_first = dialled_in(home.start());
  ASSERT_EQ(dialled_first.size(), 3U);  // with the directory
  std::vector<NodeId> dialled;
  for (int tick = 0; tick < 10; ++tick) {
    home.now += Millis(500);
    const auto ticked = home.step(TimerFired{1});
    if (const auto* dial = find_order<Dial>(ticked)) {
      dialled.push_back(dial->node);
    }
  }
  const bool has_gateway = ranges::find(dialled_first, gateway.id) != dialled_first.end();
  EXPECT_EQ(dialled, std::vector<NodeId>{has_gateway ? stranger.id : gateway.id});
}

/// Once as the new list comes, without a restart.
TEST_F(HomeMachineTest, FollowsANewerNodeList) {
  auto newer = nodes();
  newer.nodes.pop_back();  // its super-peer is struck
  newer.nodes.push_back({gateway.keys, Role::super_peer, "us", {}, {}, false});
  newer.nodes.push_back({stranger.keys, Role::directory, "us", {}, {}, true});
  effects = bench.step(NodesListed{newer});
  EXPECT_EQ(dialled_in(effects), (std::vector<NodeId>{stranger.id, gateway.id}));
  const auto* let_go = find_order<LetGo>(effects);
  ASSERT_NE(let_go, nullptr);
  EXPECT_EQ(let_go->node, super_peer.id);
  effects = bench.step(NodesListed{newer});
  EXPECT_TRUE(effects.link.empty());
}

TEST_F(HomeMachineTest, AsksForACertificateAnewWhereItsOwnIsRefused) {
  come_up();
  peer_up(super_peer, Role::super_peer, 3, false);
  ASSERT_EQ(effects.asks.size(), 1U);
  effects = bench.step(Answered{effects.asks[0].token,
                                Error{ErrorCode::certificate_invalid, "its issuer is struck"}});
  for (int tick = 0; tick < 4; ++tick) {
    bench.now += Millis(500);
    effects = bench.step(TimerFired{1});
    if (tick < 3) {  // it tries again, and what is refused again changes nothing
      ASSERT_EQ(effects.asks.size(), 1U);
      (void)bench.step(
          Answered{effects.asks[0].token, Error{ErrorCode::certificate_invalid, "still"}});
    }
  }
  effects_of(MessageKind::register_home);
}

TEST_F(HomeMachineTest, AttachesOnlyWithACertificate) {
  peer_up(super_peer, Role::super_peer, 2, false);
  EXPECT_TRUE(effects.asks.empty());
  peer_up(directory_node, Role::directory, 1, false);
  answer(MessageKind::register_home, directory::HomeRegistered{account, {1, 2, 3}});
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(header_of(effects.asks[0].envelope).value().kind, MessageKind::attach_home);
}

TEST_F(HomeMachineTest, AttachesAgainWhenTheSuperPeerComesBack) {
  come_up();
  (void)bench.step(PeerDown{super_peer.id, 2});
  peer_up(super_peer, Role::super_peer, 3, false);
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(effects.asks[0].to, super_peer.id);
}

}  // namespace
}  // namespace hearth::home
