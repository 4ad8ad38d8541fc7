#include "sim/drill/outcome_json.hpp"
#include "sim/drill/report.hpp"
#include "sim/drill/writer.hpp"

namespace hearth::drill {
namespace {

using drill::json_of;  // Those below would hide it.

constexpr std::string_view unit_names[] = {"ratio", "ms", "count"};

std::string_view name_of(ProbeUnit unit) {
  return unit_names[static_cast<std::size_t>(unit)];
}

std::string_view name_of(Side side) {
  return side == Side::at_least ? "at_least" : "at_most";
}

// Below; `list_of` needs to know them.
Json json_of(const ObjectiveResult& result);
Json json_of(const SteadyStateResult& result);
Json json_of(const PromiseResult& result);
Json json_of(const FailureGroup& group);

template <class Items>
Json list_of(const Items& items) {
  auto list = Json::array();
  for (const auto& item : items) {
    list.push_back(json_of(item));
  }
  return list;
}

Json json_of(const Drill& drill, const RunOutcome& run) {
  Json json;
  json["seed"] = run.seed;
  json["verdict"] = name_of(verdict_of(drill, run));
  json.update(json_of(run, Samples::without));
  json["failures"] = failures_of(drill, run);
  return json;
}

Json runs_of(const Drill& drill, const std::vector<RunOutcome>& runs) {
  auto list = Json::array();
  for (const auto& run : runs) {
    list.push_back(json_of(drill, run));
  }
  return list;
}

Json json_of(const Distribution& distribution) {
  return {{"runs", distribution.runs()},
          {"p50", json_of(distribution.percentile(50))},
          {"p95", json_of(distribution.percentile(95))},
          {"p99", json_of(distribution.percentile(99))},
          {"max", json_of(distribution.worst())},
          {"never", distribution.never()}};
}

Json json_of(const ObjectiveResult& result) {
  return {{"name", result.name},
          {"unit", name_of(result.unit)},
          {"side", name_of(result.side)},
          {"objective", json_of(result.objective)},
          {"held", result.objective ? Json(result.failed_runs == 0) : Json(nullptr)},
          {"failedRuns", result.failed_runs},
          {"predicted", json_of(result.predicted)},
          {"measured", result.measured ? json_of(*result.measured) : Json(nullptr)}};
}

Json json_of(const std::vector<Spread>& course) {
  auto list = Json::array();
  for (const auto& one : course) {
    list.push_back({one.at.count(), one.least, one.low, one.median, one.high, one.most});
  }
  return list;
}

Json json_of(const SteadyStateResult& result) {
  return {{"probe", result.state.probe},
          {"unit", name_of(result.unit)},
          {"side", name_of(result.state.side)},
          {"bound", result.state.bound},
          {"windowMs", result.state.window.count()},
          {"before", json_of(result.before)},
          {"during", json_of(result.during)},
          {"after", json_of(result.after)},
          {"course", json_of(result.course)}};
}

Json json_of(const PromiseResult& result) {
  return {{"promise", result.promise},
          {"says", result.says},
          {"held", result.checked ? Json(result.broken_by.empty()) : Json(nullptr)},
          {"brokenBy", result.broken_by}};
}

Json json_of(const FailureGroup& group) {
  return {{"failure", group.failure}, {"seeds", group.seeds}};
}

Json worst_of(const Report& report) {
  const auto& run = report.worst_run();
  return {{"seed", run.seed},
          {"verdict", name_of(report.verdicts[report.worst])},
          {"failures", failures_of(report.input.drill, run)},
          {"replay", replay_command(report.input.source, run.seed)},
          {"probes", json_of(run.probes, Samples::with)}};
}

Json speed_of(const ReportInput& input) {
  if (!input.wall_time) {
    return nullptr;
  }
  Millis simulated{0};
  for (const auto& run : input.runs) {
    simulated += run.simulated;
  }
  return {{"simulatedMs", simulated.count()}, {"wallMs", input.wall_time->count()}};
}

}  // namespace

std::string to_json(const Report& report) {
  const auto& input = report.input;
  const auto& drill = input.drill;
  Json json;
  json["drill"] = drill.name;
  json["verdict"] = name_of(report.verdict);
  json["format"] = report_format;
  json["says"] = drill.says;
  json["tolerance"] = drill.tolerance == Tolerance::within ? "within" : "beyond";
  json["build"] = input.build;
  json["profile"] = input.profile;
  json["source"] = input.source;
  json["drillHash"] = report.drill_hash;
  json["drillFile"] = to_toml(drill);
  json["seeds"] = {{"first", input.runs.front().seed},
                   {"last", input.runs.back().seed},
                   {"count", input.runs.size()},
                   {"failed", report.failed_runs()}};
  json["objectives"] = list_of(report.objectives);
  json["steadyState"] = list_of(report.steady_state);
  json["promises"] = list_of(report.promises);
  json["failures"] = list_of(report.failures);
  json["worst"] = worst_of(report);
  json["simulatedOnly"] = report.simulated_only;
  json["coverage"] = {{"met", report.covered}, {"notMet", report.not_covered}};
  json["speed"] = speed_of(input);
  json["runs"] = runs_of(drill, input.runs);
  json["live"] = runs_of(drill, input.live);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hearth::drill
