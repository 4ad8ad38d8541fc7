#include "sim/drill/report.hpp"
#include "sim/drill/words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hearth::drill {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;

Json json_of(std::optional<double> number) {
  return number ? Json(*number) : Json(nullptr);
}

Json json_of(std::optional<Millis> duration) {
  return duration ? Json(duration->count()) : Json(nullptr);
}

std::string_view name_of(ProbeUnit unit) {
  static constexpr std::string_view names[] = {"ratio", "ms", "count"};
  return names[static_cast<std::size_t>(unit)];
}

std::string_view name_of(Side side) {
  return side == Side::at_least ? "at_least" : "at_most";
}

Json json_of(const LostEvent& event) {
  return {{"stream", event.stream},
          {"kind", event.kind},
          {"id", event.id},
          {"atMs", event.at.count()},
          {"text", event.text}};
}

Json json_of(const Violation& violation) {
  return {{"promise", violation.promise},
          {"atMs", violation.at.count()},
          {"node", violation.node},
          {"message", violation.message}};
}

Json json_of(const FaultBand& band) {
  return {{"label", band.label}, {"fromMs", band.begin.count()}, {"toMs", json_of(band.end)}};
}

Json json_of(const PhaseSpan& span) {
  return {
      {"phase", name_of(span.phase)}, {"fromMs", span.begin.count()}, {"toMs", span.end.count()}};
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

/// Samples only where asked for: those of a thousand runs would be most of the file.
Json json_of(const ProbeSeries& series, bool with_samples) {
  Json json = {{"probe", series.probe},
               {"before", json_of(series.before)},
               {"during", json_of(series.during)},
               {"after", json_of(series.after)}};
  if (with_samples) {
    json["samples"] = Json::array();
    for (const auto& sample : series.samples) {
      json["samples"].push_back({sample.at.count(), sample.value});
    }
  }
  return json;
}

Json probes_of(const RunOutcome& run, bool with_samples) {
  auto list = Json::array();
  for (const auto& series : run.probes) {
    list.push_back(json_of(series, with_samples));
  }
  return list;
}

Json json_of(const Drill& drill, const RunOutcome& run) {
  Json json;
  json["seed"] = run.seed;
  json["verdict"] = name_of(verdict_of(drill, run));
  json["traceHash"] = fmt::format("{:016x}", run.trace_hash);
  json["rtoMs"] = json_of(run.rto);
  json["rtoFromDetectionMs"] = json_of(run.rto_from_detection);
  json["lostEvents"] = list_of(run.lost_events);
  json["stalenessMs"] = json_of(run.staleness);
  json["sessionsResumedRatio"] = json_of(run.sessions_resumed_ratio);
  json["failures"] = failures_of(drill, run);
  json["violations"] = list_of(run.violations);
  json["waitingFor"] = run.waiting_for;
  json["probes"] = probes_of(run, false);
  json["timeline"] = {{"faults", list_of(run.faults)}, {"phases", list_of(run.phases)}};
  json["counters"] = Json(run.counters);
  json["simulatedMs"] = run.simulated.count();
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

Json json_of(const SteadyStateResult& result) {
  return {{"probe", result.state.probe},
          {"unit", name_of(result.unit)},
          {"side", name_of(result.state.side)},
          {"bound", result.state.bound},
          {"windowMs", result.state.window.count()},
          {"before", json_of(result.before)},
          {"during", json_of(result.during)},
          {"after", json_of(result.after)}};
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
          {"probes", probes_of(run, true)}};
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
  json["format"] = format_version;
  json["says"] = drill.says;
  json["tolerance"] = drill.tolerance == Tolerance::within ? "within" : "beyond";
  json["build"] = input.build;
  json["profile"] = input.profile;
  json["drillHash"] = report.drill_hash;
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
