#include "sim/program/report_text.hpp"

#include "sim/drill/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

constexpr std::size_t failures_told_max = 10;

std::string measured_text(const drill::ObjectiveResult& result) {
  if (!result.measured) {
    return {};
  }
  if (result.measured->runs() == 0) {
    return "  live: not measured";
  }
  const auto worst = result.measured->worst();
  return fmt::format("  live: {}", worst ? drill::value_text(result.unit, *worst) : "never");
}

void tell_objectives(const drill::Report& report) {
  for (const auto& result : report.objectives) {
    const auto text = [&result](std::optional<double> value) {
      return value ? drill::value_text(result.unit, *value) : std::string("never");
    };
    const auto goal =
        result.objective
            ? fmt::format("{} {}", result.side == drill::Side::at_most ? "at most" : "at least",
                          text(result.objective))
            : std::string("-");
    if (result.predicted.runs() > 0) {
      fmt::print("  {:<32} P50 {:<10} P95 {:<10} worst {:<10} goal {}{}\n", result.says,
                 text(result.predicted.percentile(50)), text(result.predicted.percentile(95)),
                 text(result.predicted.worst()), goal, measured_text(result));
    }
  }
}

void tell_failure(const drill::Report& report, const drill::RunOutcome& run) {
  fmt::print("  seed {}: {}\n", run.seed, drill::failures_of(report.input.drill, run).front());
  if (!run.violations.empty()) {
    const auto& one = run.violations.front();
    fmt::print("    {} at {}, {}: {}\n", one.promise, drill::spoken(one.at), one.node, one.message);
  }
  fmt::print("    {}\n", drill::replay_command(report.input.source, run.seed));
}

void tell_live(const drill::Report& report) {
  for (std::size_t i = 0; i < report.input.live.size(); ++i) {
    for (const auto& failure : drill::failures_of(report.input.drill, report.input.live[i])) {
      fmt::print("  live run {}: {}\n", i + 1, failure);
    }
  }
  for (const auto& name :
       report.input.live.empty() ? std::vector<std::string>{} : report.simulated_only) {
    fmt::print("  {} was simulated only\n", name);
  }
}

std::string live_count(const drill::Report& report) {
  const auto& verdicts = report.live_verdicts;
  return verdicts.empty()
             ? std::string{}
             : fmt::format(", {} of {} live runs",
                           std::count(verdicts.begin(), verdicts.end(), drill::Verdict::held),
                           verdicts.size());
}

}  // namespace

void tell(const drill::Report& report) {
  const auto& runs = report.input.runs;
  fmt::print("{}: {}, {} of {} seeds{}\n", report.input.drill.name, drill::name_of(report.verdict),
             runs.size() - report.failed_runs(), runs.size(), live_count(report));
  tell_objectives(report);
  tell_live(report);
  std::size_t told = 0;
  for (std::size_t i = 0; i < runs.size() && told < failures_told_max; ++i) {
    if (report.verdicts[i] == drill::Verdict::failed) {
      tell_failure(report, runs[i]);
      ++told;
    }
  }
  if (report.failed_runs() > told) {
    fmt::print("  and {} more; --report or --json has all\n", report.failed_runs() - told);
  }
}

}  // namespace hearth::sim
