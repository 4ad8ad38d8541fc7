#include "sim/drill/atlas.hpp"

#include "sim/drill/driver.hpp"
#include "sim/drill/fault_fields.hpp"
#include "sim/drill/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::StartsWith;

const Topology three_regions = {{"us", "eu", "ap"}, 1, 2, 0, 12, 24, 2};

Fault fault_of(FaultAction action, Millis at = 10s, Millis lasts = 20s) {
  Fault fault;
  fault.at = at;
  fault.lasts = lasts;
  fault.action = std::move(action);
  return fault;
}

NodeChoice all_of(Role role, std::string region = {}) {
  NodeChoice choice;
  choice.role = role;
  choice.region = std::move(region);
  return choice;
}

NodeChoice some_of(Role role, std::uint32_t count) {
  auto choice = all_of(role);
  choice.count = count;
  return choice;
}

/// Why the first fault that exceeds does; empty if none.
std::string why(const FaultPlan& method) {
  const auto found = excesses(three_regions, method, {});
  return found.empty() ? std::string{} : found.front().why;
}

TEST(Atlas, LetsNodesCrashAndLosePower) {
  EXPECT_EQ(why({fault_of(KillProcess{all_of(Role::directory)})}), "");
  EXPECT_EQ(why({fault_of(PowerLoss{all_of(Role::home), LostTail::torn})}), "");
  EXPECT_EQ(why({fault_of(KillRegion{"us", Disks::keep})}), "");
}

TEST(Atlas, KeepsTheOnlyCopy) {
  EXPECT_THAT(why({fault_of(WipeDisk{all_of(Role::home)})}), StartsWith("what it acknowledged"));
}

TEST(Atlas, WantsAnotherDirectoryInThePlaceOfOneWhoseDiskIsLost) {
  const auto eu = all_of(Role::directory, "eu");
  const auto relays = all_of(Role::super_peer, "eu");
  const auto replaced = fault_of(ReplaceNode{eu}, 30s, 0ms);
  const auto rot = fault_of(RotBits{eu, RotPlace::wal, 1}, 10s, 0ms);
  const auto kill = fault_of(KillRegion{"eu", Disks::wipe}, 10s, 0ms);
  EXPECT_THAT(why({rot}), StartsWith("eu/directory/1 cannot come back without its disk"));
  EXPECT_EQ(why({rot, replaced}), "");
  EXPECT_THAT(why({replaced, rot}), StartsWith("eu/directory/1 cannot come back"));
  EXPECT_THAT(why({kill, replaced}), StartsWith("eu/super-peer/1 cannot come back"));
  EXPECT_EQ(why({kill, replaced, fault_of(ReplaceNode{relays}, 30s, 0ms)}), "");
}

TEST(Atlas, LosesNoMajorityOfTheDirectories) {
  const auto all = all_of(Role::directory);
  EXPECT_THAT(why({fault_of(WipeDisk{all}), fault_of(ReplaceNode{all}, 30s, 0ms)}),
              StartsWith("only the loss of a minority"));
}

TEST(Atlas, CountsAStruckSuperPeerAsGone) {
  EXPECT_EQ(why({fault_of(StrikeNode{some_of(Role::super_peer, 6)}, 10s, 0ms)}),
            "no super-peer is left at 10s");
}

TEST(Atlas, WantsAHomeWithADamagedLogToBeReset) {
  const auto homes = all_of(Role::home);
  const auto rot = fault_of(RotBits{homes, RotPlace::sst, 1}, 10s, 0ms);
  const auto poison = fault_of(PoisonEvent{homes, 1}, 10s, 0ms);
  const auto reset = fault_of(ResetProcess{homes}, 20s, 0ms);
  EXPECT_THAT(why({rot}), StartsWith("its log stays unreadable"));
  EXPECT_THAT(why({poison, fault_of(ResetProcess{some_of(Role::home, 1)}, 20s, 0ms)}),
              StartsWith("its log stays unreadable"));
  EXPECT_EQ(why({rot, poison, reset}), "");
  EXPECT_THAT(excesses(three_regions, {rot}, {reset}), IsEmpty());
  EXPECT_THAT(why({reset, rot}), StartsWith("its log stays unreadable"));
}

TEST(Atlas, LeavesASuperPeer) {
  EXPECT_EQ(why({fault_of(KillProcess{some_of(Role::super_peer, 5)})}), "");
  EXPECT_EQ(why({fault_of(KillProcess{some_of(Role::super_peer, 6)})}),
            "no super-peer is left at 10s");
  EXPECT_EQ(why({fault_of(RestartProcess{all_of(Role::super_peer)}, 10s, 0ms)}), "");
}

TEST(Atlas, AddsUpFaultsThatLastTogether) {
  const auto eu = KillRegion{"eu", Disks::keep};
  const auto us = KillRegion{"us", Disks::keep};
  const auto ap = KillRegion{"ap", Disks::keep};
  EXPECT_EQ(why({fault_of(eu, 10s), fault_of(us, 15s), fault_of(ap, 20s)}),
            "no super-peer is left at 20s");
  EXPECT_EQ(why({fault_of(eu, 10s), fault_of(us, 15s), fault_of(ap, 40s)}), "");
  EXPECT_EQ(why({fault_of(eu, 10s, 0ms), fault_of(RestoreRegion{"eu"}, 12s, 0ms), fault_of(us, 15s),
                 fault_of(ap, 20s)}),
            "");
}

TEST(Atlas, LeavesMostPeopleAPath) {
  LinkChoice to_all;
  to_all.from = all_of(Role::home);
  to_all.to = all_of(Role::super_peer);
  EXPECT_EQ(why({fault_of(PartitionLinks{to_all})}),
            "more than half of the homes are left without a super-peer at 10s");
  to_all.from.count = 3;
  EXPECT_EQ(why({fault_of(PartitionLinks{to_all})}), "");
  LinkChoice between;
  between.from.region = "us";
  between.to.region = "eu";
  EXPECT_EQ(why({fault_of(PartitionLinks{between})}), "");
}

TEST(Atlas, WantsEverythingToEnd) {
  const auto forever = fault_of(KillProcess{all_of(Role::home)}, 10s, 0ms);
  EXPECT_THAT(why({forever}), StartsWith("it never ends"));
  EXPECT_THAT(excesses(three_regions, {forever}, {fault_of(HealAll{}, 0ms, 0ms)}), IsEmpty());
  EXPECT_EQ(why({forever, fault_of(HealAll{}, 60s, 0ms)}), "");
}

TEST(Atlas, KeepsClocksOfTheServiceClose) {
  EXPECT_EQ(why({fault_of(OffsetClock{all_of(Role::home), 24h * 730})}), "");
  EXPECT_THAT(why({fault_of(OffsetClock{all_of(Role::directory), -3s})}),
              StartsWith("directories and super-peers admit nobody"));
  EXPECT_EQ(why({fault_of(OffsetClock{all_of(Role::directory), 2s})}), "");
}

/// Numbers of a fixed sequence (splitmix64).
Chance chance_from(std::uint64_t& state) {
  return [&state](std::uint64_t bound) {
    state += 0x9e3779b97f4a7c15U;
    auto mixed = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return (mixed ^ (mixed >> 31U)) % bound;
  };
}

TEST(DrawnFaults, StayWithinTheAtlas) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto state = seed;
    const auto plan = draw_faults(chance_from(state), three_regions, {2, 60s});
    EXPECT_THAT(excesses(three_regions, plan, {}), IsEmpty()) << "seed " << seed;
    EXPECT_TRUE(std::holds_alternative<HealAll>(plan.back().action));
    EXPECT_LE(last_moment(plan), 60s) << "seed " << seed;
  }
}

/// Of every sort that a cluster of today survives, and of no other: see `Artist` in draw.cpp.
TEST(DrawnFaults, AreTheSameForTheSameSeedAndOfEverySort) {
  const std::set<std::string_view> never{DrainRegion::name, RestoreRegion::name};
  std::set<std::string_view> wanted;
  for (const auto& action : all_faults()) {
    if (!never.contains(name_of(action))) {
      wanted.insert(name_of(action));
    }
  }
  std::set<std::string_view> seen;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto first = seed;
    auto second = seed;
    const auto plan = draw_faults(chance_from(first), three_regions, {2, 60s});
    EXPECT_EQ(plan, draw_faults(chance_from(second), three_regions, {2, 60s}));
    for (const auto& fault : plan) {
      seen.insert(name_of(fault.action));
    }
  }
  EXPECT_EQ(seen, wanted);
}

TEST(DrawnFaults, NeedNoHomesOrClients) {
  const Topology bare = {{"us"}, 1, 1, 0, 0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    auto state = seed;
    EXPECT_THAT(excesses(bare, draw_faults(chance_from(state), bare, {1, 10s}), {}), IsEmpty());
  }
}

TEST(NodeChoices, DrawAsManyAsTheySay) {
  std::uint64_t state = 1;
  const auto chance = chance_from(state);
  auto half = all_of(Role::super_peer);
  half.percent = 50;
  EXPECT_EQ(choose(half, three_regions, chance).size(), 3U);
  EXPECT_EQ(choose(some_of(Role::home, 5), three_regions, chance).size(), 5U);
  EXPECT_EQ(choose(some_of(Role::gateway, 5), three_regions, chance).size(), 0U);
  const auto eu_homes = candidates(all_of(Role::home, "eu"), three_regions);
  ASSERT_EQ(eu_homes.size(), 4U);
  EXPECT_EQ(eu_homes[0].name, "home/2");
}

TEST(Moments, EndFaultsBeforeOthersBegin) {
  auto flapping = fault_of(PauseProcess{all_of(Role::home)}, 10s, 5s);
  flapping.every = 10s;
  flapping.times = 2;
  const FaultPlan plan = {flapping, fault_of(HealAll{}, 15s, 0ms)};
  const auto moments = moments_of(plan);
  const std::vector<Moment> wanted = {{10s, true, 0, 0},
                                      {15s, false, 0, 0},
                                      {15s, true, 1, 0},
                                      {20s, true, 0, 1},
                                      {25s, false, 0, 1}};
  EXPECT_EQ(moments, wanted);
}

TEST(LiveForms, AreThoseThatSignalsFilesAndAnEmulatedNetworkCanDo) {
  EXPECT_TRUE(has_live_form(KillProcess{}));
  EXPECT_TRUE(has_live_form(WipeDisk{}));
  EXPECT_TRUE(has_live_form(PartitionLinks{}));
  EXPECT_FALSE(has_live_form(DrainRegion{}));
  EXPECT_FALSE(has_live_form(SlowProcess{}));
  EXPECT_FALSE(has_live_form(RotBits{}));
  EXPECT_FALSE(has_live_form(FilterMessages{}));
}

}  // namespace
}  // namespace hearth::drill
