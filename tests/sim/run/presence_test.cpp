// How old what directories say of homes is: measured, judged, and without touching the run.

#include "sim/drill/parser.hpp"
#include "sim/run/drill_run.hpp"
#include "sim/run/town.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fmt/format.h>
#include <string>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// What directories may be wrong about when nothing fails: a super-peer tells changes every second.
constexpr Millis fresh{2000};
/// From the renewal of a lease to its end. One is renewed every 5 s.
constexpr Millis lease = directory::PresenceTable::lease;
constexpr Millis renewal = relay::PresenceReporter::renewal_interval;
constexpr Millis leeway{1500};  ///< Leases are looked through every second.

/// Two regions with a super-peer each, and two homes, of which each is attached to both.
drill::Drill drill_of(const std::string& fault, const std::string& bound = "15s") {
  const auto parsed = drill::parse_drill(fmt::format(R"(
drill     = "presence"
says      = "Something goes wrong with presence."
tolerance = "within"

[topology]
regions = ["us", "eu"]
super_peers_per_region = 1
homes   = 2
clients = 2

[workload]
browse_per_s = 2

[[method]]
at = "20s"
{}

[[rollback]]
fault = "all.heal"

[objectives]
presence_staleness = "{}"
)",
                                                     fault, bound),
                                         "presence.toml");
  for (const auto& problem : parsed.problems) {
    ADD_FAILURE() << problem;
  }
  return parsed.drill;
}

drill::RunOutcome outcome_of(const drill::Drill& drill) {
  return run_drill(drill, 1).outcome;
}

TEST(Presence, IsFreshWhereNothingFails) {
  auto drill = drill_of("fault = \"all.heal\"");
  drill.method.clear();
  const auto run = outcome_of(drill);
  ASSERT_TRUE(run.staleness);
  EXPECT_LT(*run.staleness, fresh);
}

TEST(Presence, ADeadSuperPeerIsShownForTheRestOfItsLease) {
  const auto run = outcome_of(drill_of(R"(fault = "process.kill"
nodes = ["eu/super-peer/1"]
for   = "40s")"));
  ASSERT_TRUE(run.staleness);
  EXPECT_GE(*run.staleness, lease - renewal - leeway);
  EXPECT_LE(*run.staleness, lease + leeway);
}

TEST(Presence, AHomeThatIsOffVanishesAsSoonAsItsSuperPeerNotices) {
  const auto run = outcome_of(drill_of(R"(fault = "disk.power_loss"
nodes = ["home/1"]
for   = "40s")"));
  ASSERT_TRUE(run.staleness);
  EXPECT_GE(*run.staleness, 1s) << "nobody tells it to the super-peer: silence has to";
  EXPECT_LE(*run.staleness, link::LinkLimits{}.silence_max + 3s);
}

TEST(Presence, HomesThatNobodyTellsOfAreMissedUntilSomebodyDoes) {
  const auto drill = drill_of(R"(fault = "link.filter"
from  = "super-peer"
to    = "directory"
kinds = ["report_presence"]
for   = "50s")");
  const auto run = outcome_of(drill);
  ASSERT_TRUE(run.staleness);
  EXPECT_GE(*run.staleness, 50s - lease - leeway);
  EXPECT_LE(*run.staleness, 50s - lease + renewal + 10s);
  EXPECT_THAT(drill::failures_of(drill, run), ElementsAre("presence older than its objective"));
}

TEST(Presence, WhatAPartitionKeepsFromADirectoryCountsFromItsEndOn) {
  const auto drill = drill_of(R"(fault = "link.partition"
from  = "us"
to    = "eu"
for   = "40s")");
  const auto run = outcome_of(drill);
  ASSERT_TRUE(run.staleness);
  EXPECT_LT(*run.staleness, 15s);
  EXPECT_THAT(drill::failures_of(drill, run), IsEmpty());
}

TEST(Presence, ADirectoryThatIsDownSaysNothingThatCouldBeOld) {
  const auto run = outcome_of(drill_of(R"(fault = "process.kill"
nodes = ["us/directory/1"]
for   = "40s")"));
  ASSERT_TRUE(run.staleness);
  EXPECT_LT(*run.staleness, 15s) << "after its start it has to learn all anew";
}

TEST(Presence, IsJudgedByItsCourseToo) {
  auto drill = drill_of(R"(fault = "process.kill"
nodes = ["eu/super-peer/1"]
for   = "40s")");
  double worst = 0;
  for (const auto& series : outcome_of(drill).probes) {
    for (const auto& sample : series.samples) {
      worst = series.probe == "presence.age_p99" ? std::max(worst, sample.value) : worst;
    }
  }
  EXPECT_GE(Millis(static_cast<std::int64_t>(worst)), lease - renewal - leeway);
}

TEST(Presence, LookingChangesNothing) {
  const auto hash_of = [](int looks_per_second) {
    WorldOptions options;
    options.topology.regions = {"eu"};
    options.topology.super_peers_per_region = 2;
    options.topology.homes = 2;
    options.topology.clients = 2;
    Town town(options);
    EXPECT_TRUE(town.found(60s));
    town.record().begin(town.world().engine().now(), {});
    drill::Workload workload;
    workload.browse_per_s = 5;
    town.begin(workload);
    for (int i = 0; i < 20 * looks_per_second; ++i) {
      town.world().run_for(1000ms / looks_per_second);
      if (looks_per_second > 1) {
        town.record().look_at_presence();
      }
    }
    return town.world().trace().hash();
  };
  EXPECT_EQ(hash_of(1), hash_of(10));
}

}  // namespace
}  // namespace hearth::sim
