// Who dials whom, when, and which connection stays.

#include "actors/link/dial_plan.hpp"
#include "tests/support/link_world.hpp"

#include <gtest/gtest.h>

namespace hearth::link {
namespace {

using namespace hearth::testing;

class LinkDial : public ::testing::Test {
 protected:
  LinkNode& first() { return world.add(directory_a, "directory-a"); }
  LinkNode& second() { return world.add(directory_b, "directory-b"); }

  LinkWorld world;
};

TEST_F(LinkDial, KeepsOneConnectionWhenBothDialAtOnce) {
  auto& a = first();
  auto& b = second();
  world.order(a, Dial{b.id()});
  world.order(b, Dial{a.id()});
  world.run();
  world.pass(Millis(500));
  ASSERT_TRUE(a.is_up(b) && b.is_up(a));
  EXPECT_EQ(a.up[b.id()].handshake_hash, b.up[a.id()].handshake_hash) << "the same connection";
  EXPECT_EQ(a.machine.sessions(), 1U);
  EXPECT_EQ(b.machine.sessions(), 1U);

  const auto downs = a.downs.size() + b.downs.size();
  world.pass(Millis(20'000));
  EXPECT_EQ(a.downs.size() + b.downs.size(), downs) << "no flapping";
}

TEST_F(LinkDial, LetsANewerConnectionOfTheSamePeerWin) {
  auto& a = first();
  RawPeer older(world, a, super_peer);
  RawPeer newer(world, a, super_peer);
  EXPECT_TRUE(older.is_closed());
  EXPECT_FALSE(newer.is_closed());
  EXPECT_EQ(a.up[super_peer.identity.id].session, newer.connection());
  EXPECT_EQ(a.counted[LinkCount::displaced], 1);
}

TEST_F(LinkDial, LetsAReplayedHelloDisplaceNobody) {
  auto& a = first();
  ChannelMachine channel(super_peer, Purpose::control, contact_of(directory_a));
  Bytes hello;
  channel.open(hello);
  RawPeer real(world, a, super_peer);
  const auto replay = a.machine.accepted("10.0.0.66", world.at());
  a.machine.received(replay, hello, world.at());
  world.settle(a);
  EXPECT_FALSE(real.is_closed());
  EXPECT_EQ(a.up[super_peer.identity.id].session, real.connection());
}

TEST_F(LinkDial, LetsAPeerThatCameBackWinAfterAWhile) {
  auto& a = first();
  auto& b = second();
  world.order(a, Dial{b.id()});
  world.run();
  world.pass(Millis(4000));
  ASSERT_TRUE(a.is_up(b));
  RawPeer again(world, a, directory_b);  // b died without a word, and dials us now
  EXPECT_FALSE(again.is_closed());
  EXPECT_EQ(a.up[b.id()].session, again.connection());
}

TEST_F(LinkDial, DialsAgainAfterALoss) {
  auto& a = first();
  auto& b = second();
  world.order(a, Dial{b.id()});
  world.run();
  for (int i = 0; i < 5; ++i) {
    world.cut(a, b);
    EXPECT_FALSE(a.is_up(b));
    world.pass(Millis(6000));
    EXPECT_TRUE(a.is_up(b));
  }
}

TEST_F(LinkDial, LetsAPeerGo) {
  auto& a = first();
  auto& b = second();
  world.order(a, Dial{b.id()});
  world.run();
  ASSERT_TRUE(a.is_up(b));
  world.order(a, LetGo{b.id()});
  world.pass(Millis(20'000));
  EXPECT_FALSE(a.is_up(b));
  EXPECT_FALSE(b.is_up(a));
  EXPECT_EQ(a.machine.sessions() + b.machine.sessions(), 0U);
}

TEST_F(LinkDial, LetsAPeerGoThatIsOnlyBeingDialled) {
  auto& a = first();
  auto& b = second();
  world.order(a, Dial{b.id()});
  world.order(a, LetGo{b.id()});
  world.run();
  world.pass(Millis(20'000));
  EXPECT_FALSE(a.is_up(b));
  EXPECT_EQ(a.machine.sessions() + b.machine.sessions(), 0U);
}

TEST_F(LinkDial, TriesEveryEndpointInTurn) {
  auto& a = first();
  auto& b = second();
  auto list = cluster_list();
  list.serial = 2;
  list.nodes[1].control = {{"black-hole", 1}, {"directory-b", 1}};
  ASSERT_TRUE(a.machine.replace_nodes(sign_node_list(list, root_seed), world.at()).ok());
  world.order(a, Dial{b.id()});
  world.pass(Millis(10'000));
  EXPECT_TRUE(a.is_up(b));
}

TEST_F(LinkDial, DialsOnlyNodesOfTheList) {
  auto& a = first();
  world.order(a, Dial{home_pc.identity.id});
  world.order(a, Dial{a.id()});
  world.run();
  EXPECT_EQ(a.machine.sessions(), 0U);
  EXPECT_FALSE(a.machine.wake_at(world.now).has_value());
}

const NodeId node = directory_b.identity.id;

TEST(DialPlan, WaitsLongerAfterEveryFailure) {
  DialPlan plan(1);
  plan.want(node);
  Instant now{};
  Millis total{0};
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(plan.due(now).size(), 1U);
    EXPECT_TRUE(plan.due(now).empty()) << "one try at a time";
    plan.failed(node);
    const auto pause = std::chrono::duration_cast<Millis>(*plan.next() - now);
    EXPECT_GE(pause, Millis(25));
    EXPECT_LE(pause, Millis(5000));
    total += pause;
    now = *plan.next();
  }
  EXPECT_GE(total, Millis(15'000));
}

TEST(DialPlan, ForgetsFailuresOnceAConnectionHolds) {
  DialPlan plan(1);
  plan.want(node);
  Instant now{};
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(plan.due(now));
    plan.failed(node);
    now = *plan.next();
  }
  static_cast<void>(plan.due(now));
  plan.came(node, now);
  EXPECT_FALSE(plan.next().has_value());
  now += Millis(10'000);
  plan.went(node, now);
  EXPECT_LE(*plan.next() - now, Millis(50));
}

TEST(DialPlan, IsWaryOfAPeerThatAcceptsAndDrops) {
  DialPlan plan(1);
  plan.want(node);
  Instant now{};
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(plan.due(now).size(), 1U);
    plan.came(node, now);
    plan.went(node, now);
    now = *plan.next();
  }
  EXPECT_GE(now - Instant{}, Millis(5000));
}

TEST(DialPlan, JittersBySeed) {
  const auto first_pause = [](std::uint64_t seed) {
    DialPlan plan(seed);
    plan.want(node);
    for (int i = 0; i < 6; ++i) {
      static_cast<void>(plan.due(Instant{} + Millis(10'000 * i)));
      plan.failed(node);
    }
    return *plan.next();
  };
  EXPECT_EQ(first_pause(1), first_pause(1));
  EXPECT_NE(first_pause(1), first_pause(2));
}

}  // namespace
}  // namespace hearth::link
