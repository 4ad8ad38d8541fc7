#include "sim/drill/report.hpp"

#include "sim/drill/catalogue.hpp"
#include "sim/drill/parser.hpp"
#include "tests/sim/drill/drill_texts.hpp"
#include "tests/sim/drill/json_shape.hpp"
#include "tests/sim/drill/made_up_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Drill shipped(const std::string& name) {
  const std::filesystem::path folders[] = {std::filesystem::path(HEARTH_SOURCE_DIR) / "sim/drills"};
  return load_drill(name, folders).value();
}

Report report_of(MadeUp how) {
  return make_report(made_up_runs(shipped("region-loss-hard"), 200, how));
}

json schema() {
  std::ifstream stream(std::filesystem::path(HEARTH_SOURCE_DIR) / "docs/drills/report.schema.json");
  return json::parse(stream);
}

TEST(Distribution, TakesPercentilesFromTheValuesThemselves) {
  std::vector<std::optional<double>> values;
  for (int i = 100; i >= 1; --i) {
    values.emplace_back(i);
  }
  const Distribution spread(values);
  EXPECT_EQ(spread.percentile(50), 50);
  EXPECT_EQ(spread.percentile(95), 95);
  EXPECT_EQ(spread.percentile(99), 99);
  EXPECT_EQ(spread.worst(), 100);
}

TEST(Distribution, CountsNeverAsWorseThanAnything) {
  const Distribution spread({1.0, 2.0, 3.0, std::nullopt});
  EXPECT_EQ(spread.percentile(75), 3);
  EXPECT_EQ(spread.percentile(76), std::nullopt);
  EXPECT_EQ(spread.never(), 1U);
  EXPECT_EQ(Distribution({}).percentile(50), std::nullopt);
}

TEST(Distribution, TurnsRoundWhereMoreIsBetter) {
  const Distribution spread({0.9, 1.0, 1.0, 1.0}, Side::at_least);
  EXPECT_EQ(spread.percentile(50), 1);
  EXPECT_EQ(spread.worst(), 0.9);
}

TEST(Outcome, FailsInWordsWithoutNumbers) {
  auto drill = parse_drill(small_drill("[objectives]\nrto = \"10s\"\nrpo_events = 0\n"), "f").drill;
  Fault fault;
  fault.action = HealAll{};
  drill.method = {fault};
  RunOutcome run;
  for (const auto& state : drill.steady_state) {
    run.probes.push_back({state.probe, {}, 1, 1, 1});
  }
  run.rto = 9s;
  EXPECT_THAT(failures_of(drill, run), IsEmpty());
  run.rto = 11s;
  EXPECT_THAT(failures_of(drill, run), ElementsAre("recovery took longer than its objective"));
  run.rto = std::nullopt;
  run.violations = {{"P5", 3s, "home/1", "one"}, {"P5", 4s, "home/2", "two"}};
  run.lost_events.emplace_back();
  EXPECT_THAT(failures_of(drill, run), ElementsAre("promise P5 broken", "acknowledged events lost",
                                                   "steady state never restored"));
}

TEST(Outcome, SplitsAProbeAtFaultAndRecovery) {
  ProbeSeries series{"browse.p99", {{1s, 10}, {2s, 20}, {3s, 90}, {4s, 110}, {5s, 30}}, {}, {}, {}};
  split_series(series, 3s, 5s);
  EXPECT_EQ(series.before, 15);
  EXPECT_EQ(series.during, 100);
  EXPECT_EQ(series.after, 30);
}

TEST(Report, AddsUpVerdictsAndFailures) {
  const auto held = report_of(MadeUp::all_held);
  EXPECT_EQ(held.verdict, Verdict::held);
  EXPECT_THAT(held.failures, IsEmpty());
  const auto failed = report_of(MadeUp::some_failed);
  EXPECT_EQ(failed.verdict, Verdict::failed);
  EXPECT_EQ(failed.worst_run().seed, 5U);
  EXPECT_EQ(failed.objectives.front().name, "rto");
  EXPECT_EQ(failed.objectives.front().predicted.never(), 4U);
  EXPECT_GT(failed.objectives.front().failed_runs, 4U);
  for (const auto& promise : failed.promises) {
    EXPECT_EQ(promise.broken_by.empty(), promise.promise != "P5");
  }
}

TEST(Report, TellsWhichFaultsAreSimulatedOnly) {
  const auto report = make_report(made_up_runs(shipped("home-isp-flap"), 3, MadeUp::all_held));
  EXPECT_THAT(report.simulated_only, ElementsAre("home.nat_rebind"));
  EXPECT_THAT(report_of(MadeUp::all_held).simulated_only, IsEmpty());
}

TEST(ReportJson, IsAsItsSchemaSays) {
  for (const auto how : {MadeUp::all_held, MadeUp::some_failed}) {
    const auto document = json::parse(to_json(report_of(how)));
    EXPECT_THAT(schema_errors(document, schema()), IsEmpty());
  }
  auto input = made_up_runs(shipped("poison-event"), 1, MadeUp::all_held);
  input.live = input.runs;
  input.wall_time.reset();
  EXPECT_THAT(schema_errors(json::parse(to_json(make_report(input))), schema()), IsEmpty());
}

TEST(ReportJson, SchemaRefusesWhatIsNotThere) {
  auto document = json::parse(to_json(report_of(MadeUp::all_held)));
  document["runs"][0].erase("traceHash");
  document["verdict"] = "perhaps";
  document["more"] = 1;
  EXPECT_THAT(schema_errors(document, schema()).size(), 3U);
}

TEST(ReportJson, BeginsWithDrillAndVerdict) {
  const auto text = to_json(report_of(MadeUp::some_failed));
  EXPECT_THAT(text, testing::StartsWith(R"({"drill":"region-loss-hard","verdict":"failed",)"));
  const auto run = json::parse(text)["runs"][4];
  EXPECT_EQ(run["seed"], 5);
  EXPECT_EQ(run["verdict"], "failed");
  EXPECT_TRUE(run["rtoMs"].is_null());
  EXPECT_EQ(run["lostEvents"][0]["kind"], "device_enrolled");
}

TEST(ReportJson, SurvivesTextThatIsNotUtf8) {
  auto input = made_up_runs(shipped("poison-event"), 1, MadeUp::all_held);
  input.runs[0].waiting_for = {"home \xff\xfe"};
  EXPECT_TRUE(json::accept(to_json(make_report(input))));
}

TEST(ReportPage, NeedsNothingFromOutside) {
  const auto page = to_html(report_of(MadeUp::some_failed));
  for (const auto* outside : {"http://", "https://", "src=", "href=", "url(", "@import", "<script",
                              "<link", "<iframe", "onload"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

TEST(ReportPage, EscapesEveryTextThatItShows) {
  const std::string evil = "<img onerror='x' alt=\"&\">";
  auto input = made_up_runs(shipped("region-loss-hard"), 5, MadeUp::some_failed);
  input.source = input.build = input.profile = input.drill.says = evil;
  input.known_coverage = {evil};
  auto& run = input.runs[4];
  run.lost_events = {{evil, evil, evil, 1s, evil}};
  run.violations = {{"P5", 1s, evil, evil}};
  run.waiting_for = run.covered = {evil};
  run.counters = {{evil, 1}};
  run.faults = {{evil, 1s, std::nullopt}};
  input.drill.steady_state[0].probe = evil;
  run.probes[0].probe = evil;
  const auto page = to_html(make_report(input));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;img onerror=&#39;x&#39; alt=&quot;&amp;&quot;&gt;"));
}

TEST(ReportPage, ShowsWhatAnOperatorLooksFor) {
  const auto page = to_html(report_of(MadeUp::some_failed));
  for (const auto* text : {"hearth drill replay region-loss-hard --seed 5", "not run live yet",
                           "acknowledged events lost", "Grandma&#39;s &lt;tablet&gt;", "P95",
                           "home/4 waits for a lease", "nobody looked", "prefers-color-scheme"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(ReportPage, ClosesWhatItOpens) {
  const auto page = to_html(report_of(MadeUp::some_failed));
  for (const std::string tag : {"div", "section", "table", "svg", "span", "dl", "ul", "i", "p"}) {
    const std::regex opening("<" + tag + "[ >]");
    const auto opened = std::distance(std::sregex_iterator(page.begin(), page.end(), opening), {});
    std::ptrdiff_t closed = 0;
    const auto end = "</" + tag + ">";
    for (auto at = page.find(end); at != std::string::npos; at = page.find(end, at + 1)) {
      ++closed;
    }
    EXPECT_EQ(opened, closed) << tag;
  }
}

TEST(ReportPage, StandsRunsThatMeasuredNothing) {
  ReportInput input;
  input.drill = shipped("mass-reconnect");
  input.source = "mass-reconnect";
  input.runs.resize(1);
  const auto report = make_report(input);
  EXPECT_EQ(report.verdict, Verdict::failed);  // It never recovered.
  EXPECT_THAT(to_html(report), HasSubstr("never"));
  EXPECT_TRUE(json::accept(to_json(report)));
}

TEST(Report, MakesTheSamePageOfItsJson) {
  for (const auto how : {MadeUp::all_held, MadeUp::some_failed}) {
    const auto report = report_of(how);
    const auto again = report_from_json(to_json(report));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(to_html(again.value()), to_html(report));
    EXPECT_EQ(to_json(again.value()), to_json(report));
  }
}

TEST(Report, NamesTheMemberOfAJsonThatIsWrong) {
  auto good = json::parse(to_json(report_of(MadeUp::some_failed)));
  EXPECT_EQ(report_from_json("{").error().detail, "it is no JSON");
  EXPECT_EQ(report_from_json("[]").error().detail, "the file must be an object");
  const auto problem_with = [&good](const json& patch) {
    return report_from_json(good.patch(patch).dump()).error().detail;
  };
  const auto replace = [](const char* path, const json& value) {
    return json::array({{{"op", "replace"}, {"path", path}, {"value", value}}});
  };
  EXPECT_EQ(problem_with(replace("/runs/1/seed", -1)),
            "runs[1].seed must be a whole number from 0");
  EXPECT_EQ(problem_with(replace("/runs/0/rtoMs", "soon")),
            "runs[0].rtoMs must be whole milliseconds");
  EXPECT_EQ(problem_with(replace("/runs", json::array())),
            "runs must be a list of at least one run");
  EXPECT_EQ(problem_with(replace("/steadyState/0/course", 3)),
            "steadyState[0].course must be a list");
  EXPECT_EQ(problem_with(replace("/format", 2)),
            "format 2 is not known to this version, which reads 1");
  EXPECT_THAT(problem_with(replace("/drillFile", "drill = 3")),
              HasSubstr("drillFile must be a drill (drillFile:1:1: the drill has no"));
}

TEST(Report, TellsARunThatCrashedFirst) {
  auto input = made_up_runs(shipped("region-loss-hard"), 5, MadeUp::all_held);
  input.runs[3] = {};
  input.runs[3].seed = 4;
  input.runs[3].crashed = "SIGABRT: check failed";
  const auto report = make_report(std::move(input));
  EXPECT_EQ(report.verdict, Verdict::failed);
  EXPECT_EQ(report.worst_run().seed, 4U);
  EXPECT_EQ(report.failures.front().failure, "crashed: SIGABRT: check failed");
  EXPECT_THAT(schema_errors(json::parse(to_json(report)), schema()), IsEmpty());
}

TEST(Report, PutsWhatWasMeasuredBesideWhatWasPredicted) {
  auto input = made_up_runs(shipped("region-loss-hard"), 5, MadeUp::all_held);
  auto live = input.runs.front();
  live.rto = 7s;
  live.not_measured = {"rpo_events", "presence_staleness"};
  live.staleness.reset();
  input.live = {live};
  const auto report = make_report(std::move(input));
  EXPECT_EQ(report.verdict, Verdict::held);
  EXPECT_EQ(report.objectives[0].measured->worst(), 7000);
  EXPECT_EQ(report.objectives[2].name, "rpo_events");
  EXPECT_EQ(report.objectives[2].measured->runs(), 0U) << "not seen is not zero";
  const auto parsed = json::parse(to_json(report));
  EXPECT_THAT(schema_errors(parsed, schema()), IsEmpty());
  EXPECT_EQ(parsed.at("live").at(0).at("notMeasured").size(), 2U);
  const auto page = to_html(report);
  EXPECT_THAT(page, HasSubstr("Live run 1"));
  EXPECT_THAT(page, HasSubstr("not measured"));
  EXPECT_EQ(to_html(report_from_json(to_json(report)).value()), page);
}

TEST(Report, FailsWithALiveRunThatFailed) {
  auto input = made_up_runs(shipped("region-loss-hard"), 5, MadeUp::all_held);
  auto live = input.runs.front();
  live.rto.reset();
  live.aborted = "interrupted";
  input.live = {live};
  const auto report = make_report(std::move(input));
  EXPECT_EQ(report.verdict, Verdict::failed);
  EXPECT_EQ(report.failed_runs(), 0U);
  EXPECT_THAT(failures_of(report.input.drill, report.input.live[0]),
              ElementsAre("aborted: interrupted", "steady state never restored"));
  EXPECT_EQ(report.objectives[0].failed_runs, 1U);
  EXPECT_THAT(to_html(report), HasSubstr("aborted: interrupted"));
}

TEST(RunOutcome, ComesBackFromItsJsonWithSamplesAndCoverage) {
  auto input = made_up_runs(shipped("region-loss-hard"), 20, MadeUp::some_failed);
  input.runs[7].covered = {"a place", "another"};
  for (const auto& run : input.runs) {
    const auto again = outcome_from_json(to_json(run));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(to_json(again.value()), to_json(run));
    ASSERT_EQ(again.value().probes.size(), run.probes.size());
    EXPECT_EQ(again.value().probes[0].samples.size(), run.probes[0].samples.size());
    EXPECT_EQ(again.value().covered, run.covered);
  }
}

}  // namespace
}  // namespace hearth::drill
