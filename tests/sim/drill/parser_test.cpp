#include "sim/drill/parser.hpp"

#include "tests/sim/drill/drill_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// What is wrong with a small drill that goes on with `rest` in line 12.
std::vector<std::string> problems_with(const std::string& rest) {
  return parse_drill(small_drill(rest), "f.toml").problems;
}

std::string method(const std::string& keys) {
  return "[[method]]\n" + keys;
}

TEST(DrillParser, ReadsTheDrillThatTheDesignShows) {
  const auto parsed = parse_drill(R"(drill     = "region-loss-hard"
says      = "All nodes of one region die at once; their disks are kept."
tolerance = "within"
[topology]
regions = ["eu", "us", "ap"]
directories_per_region = 1
super_peers_per_region = 2
homes   = 1000
clients = 3000
[workload]
streams             = { count = 600, rate_mbit = 4 }
browse_per_s        = 50
share_changes_per_s = 20
[[steady_state]]
probe    = "browse.success_ratio"
at_least = 0.999
window   = "10s"
[[steady_state]]
probe    = "directory.commit_p99"
at_most  = "400ms"
window   = "10s"
[[method]]
at     = "30s"
fault  = "region.kill"
region = "eu"
disks  = "keep"
[[method]]
at     = "120s"
fault  = "region.restore"
region = "eu"
[[rollback]]
fault = "all.heal"
[objectives]
rto                    = "10s"
hold                   = "30s"
rpo_events             = 0
presence_staleness     = "15s"
sessions_resumed_ratio = 0.999
[verify]
promises        = "all"
converge_within = "60s"
[sim]
seeds   = 1000
profile = "calibrated"
[live]
repeats   = 5
approval  = "required"
fault_ttl = "300s"
abort_if  = [{ probe = "directory.acked_lost", above = 0 }]
)",
                                  "f.toml");
  ASSERT_THAT(parsed.problems, IsEmpty());
  const auto& drill = parsed.drill;
  EXPECT_EQ(drill.topology.regions.size(), 3U);
  EXPECT_EQ(drill.workload.streams, 600U);
  EXPECT_EQ(drill.steady_state[1].side, Side::at_most);
  EXPECT_EQ(drill.steady_state[1].bound, 400);
  ASSERT_EQ(drill.method.size(), 2U);
  EXPECT_EQ(drill.method[0].at, 30s);
  EXPECT_EQ(std::get<KillRegion>(drill.method[0].action).region, "eu");
  EXPECT_EQ(drill.objectives.rto, Millis(10s));
  EXPECT_EQ(drill.objectives.rpo_events, 0U);
  EXPECT_EQ(drill.sim.seeds, 1000U);
  EXPECT_EQ(drill.live.abort_if[0].side, Side::at_most);
  EXPECT_EQ(duration_of(drill), 120s + 30s + 60s);
  EXPECT_EQ(rollback_at(drill), 150s);
}

TEST(DrillParser, TellsWhereTheSyntaxBreaks) {
  EXPECT_THAT(parse_drill("drill = \"a\"\nsays = \n", "f.toml").problems.size(), 1U);
  EXPECT_THAT(parse_drill("drill = \"a\"\nsays = \n", "f.toml").problems[0],
              testing::StartsWith("f.toml:2:"));
}

TEST(DrillParser, NamesTheKeyThatWasMeant) {
  EXPECT_THAT(problems_with("[objectives]\nrtos = \"10s\"\n"),
              ElementsAre("f.toml:13:1: unknown key \"rtos\"; did you mean \"rto\"?"));
  EXPECT_THAT(problems_with("[objective]\nrto = \"10s\"\n"),
              ElementsAre("f.toml:12:2: unknown key \"objective\"; did you mean \"objectives\"?"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"link.los\"\n")),
              ElementsAre("f.toml:14:9: unknown fault \"link.los\"; did you mean \"link.loss\"?"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"link.loss\"\nratios = 0.1\nratio = 0.1\n"
                                   "for = \"1s\"\n")),
              ElementsAre("f.toml:15:1: unknown key \"ratios\"; did you mean \"ratio\"?"));
  EXPECT_THAT(
      problems_with("[[steady_state]]\nprobe = \"browse.p98\"\nat_most = \"1s\"\n"),
      ElementsAre("f.toml:13:9: unknown probe \"browse.p98\"; did you mean \"browse.p99\"?"));
}

TEST(DrillParser, WantsTheTypeOfEachKey) {
  EXPECT_THAT(problems_with("[sim]\nseeds = \"many\"\n"),
              ElementsAre("f.toml:13:9: \"seeds\" must be a whole number, not text"));
  EXPECT_THAT(problems_with("[sim]\nprofile = 3\n"),
              ElementsAre("f.toml:13:11: \"profile\" must be text, not a whole number"));
  EXPECT_THAT(problems_with("[workload]\nbrowse_per_s = [1]\n"),
              ElementsAre("f.toml:13:16: \"browse_per_s\" must be a number, not a list"));
  EXPECT_THAT(problems_with("[objectives]\nhold = 10\n"),
              ElementsAre("f.toml:13:8: \"hold\" must be a duration such as \"10s\", not a whole "
                          "number"));
  EXPECT_THAT(problems_with("[rollback]\nfault = \"all.heal\"\n"),
              ElementsAre("f.toml:12:1: \"rollback\" must be a list of tables, not a table"));
}

TEST(DrillParser, WantsDurationsWithAUnitThatThereIs) {
  EXPECT_THAT(problems_with("[objectives]\nhold = \"10x\"\n"),
              ElementsAre("f.toml:13:8: \"hold\" must be a duration such as \"400ms\", \"10s\" or "
                          "\"2m\", not \"10x\""));
  EXPECT_THAT(problems_with("[objectives]\nhold = \"\"\n").size(), 1U);
  EXPECT_THAT(problems_with("[objectives]\nhold = \"9999999999999999999s\"\n").size(), 1U);
  EXPECT_THAT(problems_with("[objectives]\nhold = \"-3s\"\n"),
              ElementsAre("f.toml:13:8: \"hold\" must be 1ms to 1d, not -3s"));
}

TEST(DrillParser, WantsNumbersInTheirRange) {
  EXPECT_THAT(
      problems_with(method("at = \"1s\"\nfault = \"link.loss\"\nratio = 2\nfor = \"1s\"\n")),
      ElementsAre("f.toml:15:9: \"ratio\" must be 0 to 1, not 2"));
  EXPECT_THAT(problems_with("[sim]\nseeds = 0\n"),
              ElementsAre("f.toml:13:9: \"seeds\" must be 1 to 1000000000, not 0"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"link.loss\"\nratio = nan\n"
                                   "for = \"1s\"\n"))
                  .size(),
              1U);
}

TEST(DrillParser, WantsTargetsThatTheTopologyHas) {
  EXPECT_THAT(problems_with(
                  method("at = \"1s\"\nfault = \"region.kill\"\nregion = \"ue\"\nfor = \"1s\"\n")),
              ElementsAre("f.toml:15:10: the topology has no region \"ue\"; did you mean \"us\"?"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.kill\"\n"
                                   "nodes = [\"eu/super-peer/3\"]\nfor = \"1s\"\n")),
              ElementsAre("f.toml:15:9: the topology has no node \"eu/super-peer/3\"; did you mean "
                          "\"eu/super-peer/1\"?"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.kill\"\nrole = \"gateway\"\n"
                                   "for = \"1s\"\n")),
              ElementsAre("f.toml:12:1: process.kill needs a gateway, and the topology has none"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"relay.tamper\"\nhow = \"flip\"\n"
                                   "nodes = [\"home/1\"]\nfor = \"1s\"\n")),
              ElementsAre("f.toml:16:9: relay.tamper cannot strike a home"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.kill\"\nfor = \"1s\"\n")),
              ElementsAre("f.toml:12:1: process.kill strikes nobody: give it a \"role\" or "
                          "\"nodes\""));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"link.filter\"\n"
                                   "kinds = [\"ticket_isued\"]\nfor = \"1s\"\n")),
              ElementsAre("f.toml:15:9: no such message kind \"ticket_isued\"; did you mean "
                          "\"ticket_issued\"?"));
}

TEST(DrillParser, WantsTheMethodInTheOrderOfTime) {
  const auto two = method("at = \"20s\"\nfault = \"all.heal\"\n") +
                   method("at = \"10s\"\nfault = \"all.heal\"\n");
  EXPECT_THAT(problems_with(two),
              ElementsAre("f.toml:16:6: \"at\" is 10s, and the fault before it is at 20s: write "
                          "them in the order of time"));
}

TEST(DrillParser, WantsFlappingToHaveAPause) {
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.pause\"\nrole = \"home\"\n"
                                   "for = \"10s\"\nevery = \"5s\"\ntimes = 3\n")),
              ElementsAre("f.toml:12:1: process.pause lasts 10s and comes back every 5s: \"for\" "
                          "must be shorter"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"home.nat_rebind\"\nrole = \"home\"\n"
                                   "every = \"5s\"\n")),
              ElementsAre("f.toml:12:1: home.nat_rebind needs both \"every\" and \"times\" of 2 or "
                          "more, or neither"));
}

TEST(DrillParser, RefusesAFaultOfNoDurationThatHasOne) {
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.restart\"\nrole = \"home\"\n"
                                   "for = \"1s\"\n")),
              ElementsAre("f.toml:16:1: process.restart is over at once: it has no \"for\""));
}

TEST(DrillParser, RefusesADrillWithinToleranceThatIsNot) {
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"disk.wipe\"\nnodes = [\"home/1\"]\n"
                                   "for = \"1s\"\n")),
              ElementsAre("f.toml:12:1: disk.wipe is beyond what is promised: what it acknowledged "
                          "is on that one disk only (P1)"));
  EXPECT_THAT(
      problems_with(method("at = \"1s\"\nfault = \"process.kill\"\nrole = \"super-peer\"\n"
                           "for = \"5s\"\n")),
      ElementsAre(
          "f.toml:12:1: process.kill is beyond what is promised: no super-peer is left at 1s"));
  EXPECT_THAT(problems_with(method("at = \"1s\"\nfault = \"process.kill\"\nrole = \"home\"\n")),
              ElementsAre("f.toml:12:1: process.kill is beyond what is promised: it never ends: "
                          "give it a \"for\", or heal it in the rollback (P6)"));
}

TEST(DrillParser, LetsADrillThatWaitsAskForMore) {
  const auto rest = method("at = \"1s\"\nfault = \"region.drain\"\nregion = \"eu\"\n");
  EXPECT_THAT(problems_with(rest), ElementsAre("f.toml:12:1: region.drain cannot be done yet: say "
                                               "waits_for = [\"drain\"]"));
  EXPECT_THAT(parse_drill("waits_for = [\"drain\"]\n" + small_drill(rest), "f.toml").problems,
              IsEmpty());
}

TEST(DrillParser, WantsOneBoundForAProbe) {
  EXPECT_THAT(
      problems_with("[[steady_state]]\nprobe = \"browse.p99\"\n"),
      ElementsAre("f.toml:12:1: [[steady_state]] needs \"at_least\" or \"at_most\", and not "
                  "both"));
  EXPECT_THAT(problems_with("[[steady_state]]\nprobe = \"browse.p99\"\nat_most = 3\n"),
              ElementsAre("f.toml:14:11: \"at_most\" must be a duration such as \"10s\", not a "
                          "whole number"));
}

TEST(DrillParser, TellsAllThatIsWrongAtOnce) {
  EXPECT_THAT(parse_drill("drill = \"Bad Name\"\ntolerance = \"beyont\"\n[topology]\nhomes = 2\n"
                          "rocks_homes = 3\n[verify]\npromises = [\"P1\", \"P15\"]\n",
                          "f.toml")
                  .problems,
              ElementsAre("f.toml:1:1: the drill has no \"says\"",
                          "f.toml:1:9: \"drill\" must be 1 to 64 lower-case letters, digits and "
                          "hyphens",
                          "f.toml:2:13: \"tolerance\" must be one of within, beyond, not "
                          "\"beyont\"; did you mean \"beyond\"?",
                          "f.toml:3:2: [topology] has no \"regions\"",
                          "f.toml:5:15: \"rocks_homes\" must be 0 to 2, not 3",
                          "f.toml:7:12: no such promise \"P15\"; did you mean \"P1\"?"));
}

TEST(DrillParser, RefusesFilesThatAreTooLong) {
  EXPECT_THAT(parse_drill(std::string(drill_file_bytes_max + 1, '#'), "f.toml").problems,
              ElementsAre("f.toml:1:1: longer than 1048576 bytes"));
}

}  // namespace
}  // namespace hearth::drill
