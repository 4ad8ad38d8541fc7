#include "sim/drill/parser.hpp"
#include "sim/drill/profile.hpp"
#include "tests/sim/program/shell.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> hashes_of(const std::string& report) {
  std::vector<std::string> hashes;
  const auto parsed = json::parse(report);
  for (const auto& run : parsed.at("runs")) {
    hashes.push_back(run.at("traceHash"));
  }
  return hashes;
}

TEST(HearthDrill, ReturnsZeroWhereADrillHeld) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = shell.run("hearth drill run small.toml");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, StartsWith("small: held, 2 of 2 seeds\n"));
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST(HearthDrill, ReturnsOneWhereADrillFailedAndSaysHowToLook) {
  const Shell shell;
  shell.write("no.toml", impossible_drill());
  const auto ran = shell.run("hearth drill run no.toml --seeds 3..3");
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("impossible: failed, 0 of 1 seeds"),
                             HasSubstr("seed 3: steady state never restored"),
                             HasSubstr("hearth drill replay no.toml --seed 3")));
}

TEST(HearthDrill, GivesTheSameRunsInAnyOrderOfProcesses) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto one = shell.run("hearth-drill run small.toml --seeds 3 --jobs 1 --json");
  const auto many = shell.run("hearth-drill run small.toml --seeds 3 --jobs 3 --json");
  const auto last = shell.run("hearth-drill run small.toml --seeds 3..3 --json");
  const auto hashes = hashes_of(one.out);
  ASSERT_EQ(hashes.size(), 3U);
  EXPECT_NE(hashes[0], hashes[1]);
  EXPECT_EQ(hashes_of(many.out), hashes);
  EXPECT_EQ(hashes_of(last.out).front(), hashes[2]);
}

TEST(HearthDrill, FindsThatTwoProcessesPlayTheSame) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = shell.run("hearth-drill run small.toml --check-determinism");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 of 2 seeds"));
}

TEST(HearthDrill, ChargesAProfileOnlyWhereOneIsGiven) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  ASSERT_EQ(shell.run("hearth drill calibrate").exit_code, 0);
  ASSERT_TRUE(shell.has(".local/share/hearth/drill-profile.toml"));
  const auto without = shell.run("hearth drill run small.toml --seeds 1 --json");
  const auto with = shell.run(
      "hearth drill run small.toml --seeds 1 --json "
      "--profile .local/share/hearth/drill-profile.toml");
  EXPECT_EQ(json::parse(without.out).at("profile"), "built in");
  EXPECT_NE(json::parse(with.out).at("profile"), "built in");
  EXPECT_NE(hashes_of(with.out), hashes_of(without.out));
  const auto replayed = shell.run(json::parse(with.out).at("worst").at("replay"));
  EXPECT_THAT(replayed.err, HasSubstr(hashes_of(with.out).front())) << "the same run again";
}

TEST(HearthDrill, CalibratesEveryKindOfMessageThatASmallWorldExchanges) {
  const Shell shell;
  ASSERT_EQ(shell.run("hearth drill calibrate -o here.toml").exit_code, 0);
  const auto profile = drill::parse_profile(shell.read("here.toml"), "here.toml");
  ASSERT_TRUE(profile) << profile.error().detail;
  const auto& costs = profile.value().message_ns;
  for (const auto& [kind, built_in] : drill::built_in_message_costs()) {
    const auto measured = costs.find(kind);
    ASSERT_NE(measured, costs.end()) << name_of(kind);
    EXPECT_GT(measured->second, 100U) << name_of(kind);
    EXPECT_LT(measured->second, 100'000'000U) << name_of(kind);
  }
  EXPECT_EQ(costs.size(), drill::built_in_message_costs().size());
}

TEST(HearthDrill, WritesAPageThatItMakesAgainFromTheJson) {
  const Shell shell;
  shell.write("no.toml", impossible_drill());
  EXPECT_EQ(shell.run("hearth drill run no.toml --report out").exit_code, 1);
  EXPECT_EQ(shell.run("hearth drill report out/report.json -o again").exit_code, 0);
  EXPECT_THAT(shell.read("out/report.html"), StartsWith("<!doctype html>"));
  EXPECT_EQ(shell.read("again/report.html"), shell.read("out/report.html"));
}

TEST(HearthDrill, ShrinksAFailureToADrillThatFailsInTheSameWay) {
  const Shell shell;
  shell.write("no.toml", impossible_drill());
  const auto shrunk = shell.run("hearth drill shrink no.toml --seed 2 -o least.toml");
  EXPECT_EQ(shrunk.exit_code, 0) << shrunk.err;
  EXPECT_THAT(shell.read("least.toml"), StartsWith("# Shrunk from no.toml. It fails: steady state "
                                                   "never restored\n# hearth drill replay "
                                                   "least.toml --seed 2\n"));
  const auto least = drill::parse_drill(shell.read("least.toml"), "least.toml").drill;
  EXPECT_EQ(least.topology.homes, 1U);
  EXPECT_EQ(least.topology.clients, 1U);
  EXPECT_EQ(least.workload.streams, 0U);
  EXPECT_EQ(least.workload.commands_per_s, 0);
  EXPECT_EQ(least.workload.browse_per_s, 1) << "without pages nothing is measured";
  const auto again = shell.run("hearth drill run least.toml --seeds 2..2");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.out, HasSubstr("steady state never restored"));
}

TEST(HearthDrill, SaysThatThereIsNothingToShrink) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = shell.run("hearth drill shrink small.toml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.err, "hearth: small.toml holds with seed 1: there is nothing to shrink\n");
}

TEST(HearthDrill, ReplaysOnlyTheNodesAndKindsAskedFor) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto faults = shell.run("hearth drill replay small.toml --node world");
  EXPECT_EQ(faults.exit_code, 0) << faults.err;
  EXPECT_THAT(faults.out, HasSubstr("process.kill"));
  EXPECT_THAT(faults.out, Not(HasSubstr("client/1")));
  const auto pages = shell.run("hearth drill replay small.toml --node client/1 --kind page");
  std::istringstream lines(pages.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr("seconds  node"));
  std::size_t count = 0;
  for (; std::getline(lines, line); ++count) {
    EXPECT_EQ(line.substr(22, 8), "client/1") << line;
    EXPECT_THAT(line, HasSubstr("page"));
  }
  EXPECT_GT(count, 5U);
}

TEST(HearthDrill, NamesTheNodesWhereNoneIsCalledThat) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = shell.run("hearth drill replay small.toml --node home/33");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("no node is \"home/33\": there are "));
  EXPECT_THAT(ran.err, HasSubstr("eu/super-peer/1"));
  EXPECT_EQ(shell.run("hearth drill replay small.toml --kind pgae").exit_code, 2);
}

TEST(HearthDrill, FailsWhereNothingOfTheSteadyStateIsMeasured) {
  const Shell shell;
  auto text = small_drill();
  const std::string browsing = "browse_per_s = 2\n";
  text.erase(text.find(browsing), browsing.size());
  shell.write("idle.toml", text);
  const auto ran = shell.run("hearth drill run idle.toml --seeds 1");
  EXPECT_EQ(ran.exit_code, 1) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("browse.success_ratio was never measured"));
}

TEST(HearthDrill, SaysThatNobodyLookedWhereNothingWasTried) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = json::parse(shell.run("hearth drill run small.toml --seeds 1 --json").out);
  std::set<std::string> looked_after;
  for (const auto& promise : ran.at("promises")) {
    if (!promise.at("held").is_null()) {
      looked_after.insert(promise.at("promise"));
    }
  }
  const std::set<std::string> expected{"P1", "P2", "P3", "P4", "P5", "P6", "P9", "P10"};
  EXPECT_EQ(looked_after, expected) << "P7: no directory was ever missed";
}

TEST(HearthDrill, IsQuietWhenItsReaderGoes) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran = shell.run("(trap '' PIPE; hearth drill replay small.toml) | head -n 2");
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 2);
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST(HearthDrill, ListsDrillsForPeopleAndPrograms) {
  const Shell shell;
  const auto people = shell.run("hearth drill list");
  EXPECT_THAT(people.out, HasSubstr("region-loss-hard"));
  EXPECT_THAT(people.out, HasSubstr("(waits for drain)"));
  const auto programs = json::parse(shell.run("hearth drill list --json").out);
  EXPECT_EQ(programs.at("drills").size(), 34U);
  const auto& first = programs.at("drills").at(0);
  for (const auto* key : {"name", "says", "tolerance", "runnable", "waitsFor"}) {
    EXPECT_TRUE(first.contains(key)) << key;
  }
}

/// Starts `command`, does `act` with $pid, and $child as soon as it has one; returns as it does.
Ran run_and(const Shell& shell, const std::string& command, const std::string& act) {
  return shell.run(
      fmt::format("{} & pid=$!; child=; while [ -z \"$child\" ]; do "
                  "read -r child rest </proc/$pid/task/$pid/children; done; {}; wait $pid",
                  command, act));
}

TEST(HearthDrill, CountsARunThatCrashesAsFailedAndGoesOn) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran =
      run_and(shell, "hearth-drill run small.toml --seeds 3 --jobs 1 --json", "kill -SEGV $child");
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  const auto report = json::parse(ran.out);
  ASSERT_EQ(report.at("runs").size(), 3U);
  EXPECT_EQ(report.at("seeds").at("failed"), 1);
  EXPECT_EQ(report.at("failures").at(0).at("failure"), "crashed: SIGSEGV");
}

TEST(HearthDrill, TellsWhatWasDoneWhenItIsInterrupted) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  const auto ran =
      run_and(shell, "hearth-drill run small.toml --seeds 100000 --json", "kill -INT $pid");
  EXPECT_EQ(ran.exit_code, 130);
  EXPECT_THAT(ran.err, MatchesRegex("hearth: interrupted after [0-9]+ of 100000 seeds\n"));
}

}  // namespace
}  // namespace hearth::sim
