#include "nodes/drill/live_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::drill {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ClusterStatus cluster() {
  ClusterStatus status;
  status.gateway = "http://127.0.0.1:1";
  status.processes = {{"directory-eu", "directory", "eu", true},
                      {"directory-us", "directory", "us", true},
                      {"super-peer-eu", "super-peer", "eu", true},
                      {"super-peer-us", "super-peer", "us", true},
                      {"home", "home", "", true},
                      {"gateway", "gateway", "", true}};
  return status;
}

NodeChoice named(const std::string& node) {
  NodeChoice choice;
  choice.names = {node};
  return choice;
}

Fault fault_of(FaultAction action) {
  Fault fault;
  fault.at = Millis(5000);
  fault.lasts = Millis(5000);
  fault.action = std::move(action);
  return fault;
}

Drill drill_of(std::vector<FaultAction> actions) {
  Drill drill;
  drill.name = "small";
  drill.topology.regions = {"eu", "us"};
  drill.topology.homes = 1;
  drill.topology.gateways = 1;
  drill.topology.clients = 4;
  drill.steady_state = {{"browse.success_ratio", Side::at_least, 0.9}};
  for (auto& action : actions) {
    drill.method.push_back(fault_of(std::move(action)));
  }
  return drill;
}

std::string refusal_of(const Drill& drill) {
  const auto plan = plan_live(drill, cluster());
  return plan ? "" : plan.error().detail;
}

TEST(LivePlan, FindsAProcessForEveryNodeButPeople) {
  const auto plan = plan_live(drill_of({KillProcess{named("us/super-peer/1")}}), cluster());
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(plan.value().process_by_node.at("us/super-peer/1"), "super-peer-us");
  EXPECT_EQ(plan.value().process_by_node.at("gateway/1"), "gateway");
  EXPECT_EQ(plan.value().process_by_node.count("client/1"), 0U);
}

TEST(LivePlan, RefusesADrillThatNeedsMoreThanThereIs) {
  auto drill = drill_of({KillProcess{named("home/1")}});
  drill.topology.homes = 2;
  EXPECT_EQ(refusal_of(drill), "the drill has a home/2, and the cluster no process for it");
  drill = drill_of({KillProcess{named("home/1")}});
  drill.topology.regions = {"us", "eu"};
  EXPECT_EQ(refusal_of(drill), "the accounts of the drill are in us, those of the cluster in eu");
}

TEST(LivePlan, RefusesToStrikePeopleWhoHaveNoProcess) {
  EXPECT_THAT(refusal_of(drill_of({KillProcess{named("client/2")}})),
              HasSubstr("process.kill of client/2: people who use the gateway"));
}

TEST(LivePlan, RefusesFaultsOfANetworkThatIsNotThere) {
  EXPECT_THAT(refusal_of(drill_of({PartitionLinks{}})),
              HasSubstr("link.partition needs a network"));
}

TEST(LivePlan, TakesLinksOfProcessesButNotOfPeople) {
  auto on_a_network = cluster();
  on_a_network.network = true;
  PartitionLinks cut;
  cut.links.from.region = "us";
  EXPECT_TRUE(plan_live(drill_of({cut}), on_a_network));
  cut.links.from = named("client/1");
  const auto plan = plan_live(drill_of({cut}), on_a_network);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().detail, HasSubstr("people who use the gateway have no link"));
}

TEST(LivePlan, LeavesOutWhatTheSimulatorAloneCanDoButNotAllOfIt) {
  FailDisk disk;
  disk.nodes = named("home/1");
  const auto plan = plan_live(drill_of({disk, KillProcess{named("home/1")}}), cluster());
  ASSERT_TRUE(plan) << plan.error().detail;
  ASSERT_EQ(plan.value().drill.method.size(), 1U);
  EXPECT_EQ(name_of(plan.value().drill.method[0].action), "process.kill");
  EXPECT_EQ(refusal_of(drill_of({disk})), "the simulator alone can make the faults of this drill");
}

TEST(LivePlan, SaysWhatNobodyCanMeasureFromOutside) {
  auto drill = drill_of({KillProcess{named("home/1")}});
  drill.steady_state.push_back({"directory.commit_p99", Side::at_most, 400});
  EXPECT_THAT(plan_live(drill, cluster()).value().not_measured,
              ElementsAre("rpo_events", "presence_staleness", "directory.commit_p99"));
  drill.steady_state.erase(drill.steady_state.begin());
  EXPECT_THAT(refusal_of(drill), HasSubstr("no probe of the drill's steady state"));
}

TEST(LivePlan, RefusesAnEmergencyBrakeThatNobodyCouldPull) {
  auto drill = drill_of({KillProcess{named("home/1")}});
  drill.live.abort_if = {{"directory.acked_lost", Side::at_most, 0}};
  EXPECT_THAT(refusal_of(drill), HasSubstr("directory.acked_lost cannot be measured"));
}

TEST(ClusterStatus, IsReadFromWhatTheClusterSays) {
  const auto status =
      parse_status(R"({"gateway":"http://127.0.0.1:9","token":"t","error_lines":3,"processes":[)"
                   R"({"name":"home","role":"home","region":null,"state":"serving"},)"
                   R"({"name":"gateway","role":"gateway","region":null,"state":"down"}]})");
  ASSERT_TRUE(status) << status.error().detail;
  EXPECT_EQ(status.value().error_lines, 3U);
  EXPECT_FALSE(status.value().all_serve());
  EXPECT_TRUE(status.value().processes[0].serves);
  EXPECT_FALSE(parse_status("{}"));
  EXPECT_FALSE(parse_status("nonsense"));
}

}  // namespace
}  // namespace hearth::drill
