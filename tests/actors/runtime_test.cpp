// The small pure parts that every actor stands on.

#include "actors/directory/presence_table.hpp"
#include "actors/runtime/effect_queue.hpp"
#include "actors/runtime/log_door.hpp"
#include "actors/runtime/placement.hpp"
#include "actors/runtime/server_time.hpp"
#include "messages/base/limits.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearth {
namespace {

using hearth::testing::identity_of;
using namespace std::chrono_literals;

Effects<int> effects_with(int command) {
  Effects<int> effects;
  effects.commands.push_back(command);
  return effects;
}

TEST(EffectQueue, LetsEffectsOutOnceAllAppendsBeforeThemAreDurable) {
  EffectQueue<int> queue;
  queue.hold(effects_with(1), 2);
  queue.hold(effects_with(2), 0);
  EXPECT_FALSE(queue.release());
  queue.durable();
  EXPECT_FALSE(queue.release());
  queue.durable();
  EXPECT_EQ(queue.release()->commands.at(0), 1);
  EXPECT_EQ(queue.release()->commands.at(0), 2);
  EXPECT_FALSE(queue.release());
}

TEST(EffectQueue, AReadBehindAnUnwrittenEventWaitsForIt) {
  EffectQueue<int> queue;
  queue.hold(effects_with(1), 0);
  EXPECT_TRUE(queue.release());
  queue.hold(effects_with(2), 1);
  queue.hold(effects_with(3), 0);
  EXPECT_FALSE(queue.release());
}

TEST(LogDoor, ClosesForBytesAndForAge) {
  LogDoor door;
  const Instant now{1h};
  EXPECT_TRUE(door.open(now));
  door.set(100, now);
  EXPECT_TRUE(door.open(now + 199ms));
  EXPECT_FALSE(door.open(now + 200ms));
  door.set(LogDoor::uncommitted_bytes_max, now);
  EXPECT_FALSE(door.open(now));
  door.set(0, now);
  EXPECT_TRUE(door.open(now + 1h));
}

TEST(ServerTime, NeverGoesBack) {
  ServerTime time;
  const Instant start{1h};
  EXPECT_FALSE(time.at(start));
  time.observe(WallTime{10s}, start);
  EXPECT_EQ(time.at(start + 5s), WallTime{15s});
  time.observe(WallTime{12s}, start + 5s);
  EXPECT_EQ(time.at(start + 5s), WallTime{15s});
  time.observe(WallTime{30s}, start + 6s);
  EXPECT_EQ(time.at(start + 7s), WallTime{31s});
}

seal::NodeList three_regions() {
  seal::NodeList list;
  std::uint8_t seed = 1;
  for (const auto* region : {"eu", "us", "ap"}) {
    for (int i = 0; i < 3; ++i) {
      list.nodes.push_back({identity_of(seed++).keys, Role::super_peer, region, {}, {}, false});
    }
  }
  return list;
}

TEST(Placement, TakesTheOwnRegionFirstAndTheStandbyElsewhere) {
  const auto list = three_regions();
  const auto chosen = choose_nodes(list, Role::super_peer, "us", identity_of(50).id, 2);
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(list.find(chosen[0])->region, "us");
  EXPECT_NE(list.find(chosen[1])->region, "us");
}

TEST(Placement, SpreadsHomesOverTheNodesOfARegion) {
  const auto list = three_regions();
  std::set<NodeId> first;
  for (std::uint8_t home = 60; home < 100; ++home) {
    first.insert(choose_nodes(list, Role::super_peer, "eu", identity_of(home).id, 1).at(0));
  }
  EXPECT_EQ(first.size(), 3U);
}

TEST(Placement, GivesWhatThereIs) {
  EXPECT_EQ(choose_nodes(three_regions(), Role::super_peer, "mars", NodeId{}, 20).size(), 9U);
  EXPECT_TRUE(choose_nodes(three_regions(), Role::directory, "eu", NodeId{}, 2).empty());
}

TEST(PresenceTable, ListsTheSuperPeerWhereTheHomeArrivedLastFirst) {
  directory::PresenceTable table;
  const NodeId home{{1}};
  EXPECT_TRUE(table.report(NodeId{{9}}, {1, true, {home}, {}}, Instant{}));
  EXPECT_TRUE(table.report(NodeId{{8}}, {1, false, {home}, {}}, Instant{}));
  EXPECT_EQ(table.super_peers_of(home), (std::vector<NodeId>{NodeId{{8}}, NodeId{{9}}}));
}

TEST(PresenceTable, ACompleteReportForgetsWhomItDoesNotName) {
  directory::PresenceTable table;
  const NodeId home{{1}};
  EXPECT_TRUE(table.report(NodeId{{9}}, {1, true, {home}, {}}, Instant{}));
  EXPECT_TRUE(table.report(NodeId{{9}}, {1, true, {}, {}}, Instant{}));
  EXPECT_TRUE(table.super_peers_of(home).empty());
}

TEST(PresenceTable, ToldInPartsAHomeThatStaysIsNeverAway) {
  directory::PresenceTable table;
  const NodeId super_peer{{9}};
  const NodeId stays{{1}};
  const NodeId leaves{{2}};
  std::vector<NodeId> full(limits::presence_homes_max);
  for (std::size_t i = 0; i < full.size(); ++i) {
    full[i].bytes = {3, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U)};
  }
  EXPECT_TRUE(table.report(super_peer, {1, true, {stays, leaves}, {}}, Instant{}));
  EXPECT_TRUE(table.report(super_peer, {1, true, full, {}}, Instant{}));
  EXPECT_FALSE(table.super_peers_of(stays).empty());
  EXPECT_TRUE(table.report(super_peer, {1, false, {stays}, {full.front()}}, Instant{}));
  EXPECT_FALSE(table.super_peers_of(stays).empty());
  EXPECT_FALSE(table.super_peers_of(full.back()).empty());
  EXPECT_TRUE(table.super_peers_of(full.front()).empty());
  EXPECT_TRUE(table.super_peers_of(leaves).empty());
  EXPECT_TRUE(table.report(super_peer, {1, false, full, {}}, Instant{}));
  EXPECT_FALSE(table.super_peers_of(stays).empty()) << "a full list of changes tells no more";
}

TEST(PresenceTable, ANewEpochBeginsEmpty) {
  directory::PresenceTable table;
  const NodeId home{{1}};
  EXPECT_TRUE(table.report(NodeId{{9}}, {1, true, {home}, {}}, Instant{}));
  EXPECT_TRUE(table.report(NodeId{{9}}, {2, false, {}, {}}, Instant{}));
  EXPECT_TRUE(table.super_peers_of(home).empty());
}

}  // namespace
}  // namespace hearth
