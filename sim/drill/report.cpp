#include "sim/drill/report.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/digest.hpp"
#include "sim/drill/course.hpp"
#include "sim/drill/driver.hpp"
#include "sim/drill/writer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace hearth::drill {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> promises = {{
    {"P1", "What was acknowledged survives"},
    {"P2", "Commands are applied once, in one order"},
    {"P3", "Only enrolled devices and live shares get bytes"},
    {"P4", "The service sees no titles and no media"},
    {"P5", "Bytes delivered are the file's, or the stream fails"},
    {"P6", "Homes and streams are back 30 s after the faults"},
    {"P7", "Playing goes on without directories"},
    {"P8", "Presence converges within 15 s of healing"},
    {"P9", "Metered bytes are the bytes that went through"},
    {"P10", "All copies of a log come to the same state"},
    {"P11", "Published blobs stay retrievable"},
    {"P12", "Telemetry is stored exactly once"},
    {"P13", "A share shows only what was chosen"},
    {"P14", "An upgrade loses nothing"},
}};

std::optional<double> number(std::optional<Millis> duration) {
  return duration ? std::optional(static_cast<double>(duration->count())) : std::nullopt;
}

template <class Value>
Distribution distribution_of(const std::vector<RunOutcome>& runs, const Value& value,
                             Side side = Side::at_most) {
  std::vector<std::optional<double>> values;
  for (const auto& run : runs) {
    values.push_back(value(run));
  }
  return Distribution(values, side);
}

/// Those that were measured at all: absence is no failure.
template <class Value>
Distribution measured_only(const std::vector<RunOutcome>& runs, const Value& value,
                           Side side = Side::at_most) {
  std::vector<std::optional<double>> values;
  for (const auto& run : runs) {
    if (const auto found = value(run)) {
      values.push_back(found);
    }
  }
  return Distribution(values, side);
}

std::size_t failed_of(const Distribution& distribution, Side side, double bound) {
  const auto& values = distribution.values();
  const auto failed = std::count_if(values.begin(), values.end(), [bound, side](double value) {
    return side == Side::at_most ? value > bound : value < bound;
  });
  return static_cast<std::size_t>(failed) + distribution.never();
}

/// Predicted and measured alike.
std::size_t failed_runs_of(const ObjectiveResult& result) {
  if (!result.objective) {
    return 0;
  }
  const auto live =
      result.measured ? failed_of(*result.measured, result.side, *result.objective) : 0;
  return failed_of(result.predicted, result.side, *result.objective) + live;
}

template <class Value>
ObjectiveResult objective(const ReportInput& input, ObjectiveResult result, const Value& value,
                          bool absence_fails) {
  const auto add_up = [absence_fails, side = result.side,
                       &value](const std::vector<RunOutcome>& runs) {
    return absence_fails ? distribution_of(runs, value, side) : measured_only(runs, value, side);
  };
  result.predicted = add_up(input.runs);
  if (!input.live.empty()) {
    result.measured = add_up(input.live);
  }
  result.failed_runs = failed_runs_of(result);
  return result;
}

std::vector<ObjectiveResult> objectives_of(const ReportInput& input) {
  const auto& goals = input.drill.objectives;
  const Distribution none({});
  std::vector<ObjectiveResult> results;
  if (!input.drill.method.empty()) {
    results.push_back(objective(
        input,
        {"rto", "Recovery time, from injection", ProbeUnit::duration_ms, Side::at_most,
         number(goals.rto), none, std::nullopt, 0},
        [](const RunOutcome& run) { return number(run.rto); }, true));
    results.push_back(objective(
        input,
        {"rto_from_detection", "Recovery time, from detection", ProbeUnit::duration_ms,
         Side::at_most, std::nullopt, none, std::nullopt, 0},
        [](const RunOutcome& run) { return number(run.rto_from_detection); }, true));
  }
  const auto lost =
      goals.rpo_events ? std::optional(static_cast<double>(*goals.rpo_events)) : std::nullopt;
  results.push_back(objective(
      input,
      {"rpo_events", "Acknowledged events lost", ProbeUnit::count, Side::at_most, lost, none,
       std::nullopt, 0},
      [](const RunOutcome& run) {
        return run.measures("rpo_events")
                   ? std::optional(static_cast<double>(run.lost_events.size()))
                   : std::nullopt;
      },
      false));
  results.push_back(objective(
      input,
      {"presence_staleness", "Oldest presence shown", ProbeUnit::duration_ms, Side::at_most,
       number(goals.presence_staleness), none, std::nullopt, 0},
      [](const RunOutcome& run) { return number(run.staleness); }, false));
  results.push_back(objective(
      input,
      {"sessions_resumed_ratio", "Sessions resumed", ProbeUnit::ratio, Side::at_least,
       goals.sessions_resumed_ratio, none, std::nullopt, 0},
      [](const RunOutcome& run) { return run.sessions_resumed_ratio; }, false));
  std::erase_if(results, [](const ObjectiveResult& result) {
    return result.predicted.runs() == 0 && !result.objective;
  });
  return results;
}

std::optional<double> median_of(const std::vector<RunOutcome>& runs, const std::string& probe,
                                std::optional<double> ProbeSeries::*part) {
  return measured_only(runs,
                       [&probe, part](const RunOutcome& run) -> std::optional<double> {
                         for (const auto& series : run.probes) {
                           if (series.probe == probe) {
                             return series.*part;
                           }
                         }
                         return std::nullopt;
                       })
      .percentile(50);
}

std::vector<SteadyStateResult> steady_state_of(const Report& report) {
  const auto& input = report.input;
  std::vector<SteadyStateResult> results;
  for (const auto& state : input.drill.steady_state) {
    const auto* probe = find_probe(state.probe);
    results.push_back({state, probe == nullptr ? ProbeUnit::count : probe->unit,
                       median_of(input.runs, state.probe, &ProbeSeries::before),
                       median_of(input.runs, state.probe, &ProbeSeries::during),
                       median_of(input.runs, state.probe, &ProbeSeries::after),
                       course_of(input.runs, state.probe, report.length())});
  }
  return results;
}

/// Those that the drill verifies, and any other that was broken.
std::vector<PromiseResult> promises_of(const ReportInput& input) {
  std::vector<PromiseResult> results;
  const auto has = [](const std::vector<std::string>& list, std::string_view promise) {
    return std::find(list.begin(), list.end(), promise) != list.end();
  };
  const auto& wanted = input.drill.verify.promises;
  for (const auto& [promise, says] : promises) {
    PromiseResult result{std::string(promise), std::string(says), has(input.checked, promise), {}};
    for (const auto& run : input.runs) {
      const auto broken = std::any_of(
          run.violations.begin(), run.violations.end(),
          [&result](const Violation& violation) { return violation.promise == result.promise; });
      if (broken) {
        result.broken_by.push_back(run.seed);
      }
    }
    const bool verified = wanted.empty() || has(wanted, promise);
    result.checked = result.checked || !result.broken_by.empty();
    if (verified || !result.broken_by.empty()) {
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::vector<FailureGroup> failures_of(const ReportInput& input) {
  std::vector<FailureGroup> groups;
  for (const auto& run : input.runs) {
    for (const auto& failure : failures_of(input.drill, run)) {
      auto found =
          std::find_if(groups.begin(), groups.end(),
                       [&failure](const FailureGroup& group) { return group.failure == failure; });
      if (found == groups.end()) {
        found = groups.insert(groups.end(), {failure, {}});
      }
      found->seeds.push_back(run.seed);
    }
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.seeds.size() > b.seeds.size(); });
  return groups;
}

/// The gravest failure first, then the slowest recovery; the lowest seed of equals.
std::size_t worst_of(const ReportInput& input) {
  const auto badness = [&input](const RunOutcome& run) {
    const auto failures = failures_of(input.drill, run);
    const auto rto = run.rto.value_or(Millis::max());
    return std::tuple(run.crashed.has_value(), !run.violations.empty(), failures.size(),
                      run.lost_events.size(), rto);
  };
  std::size_t worst = 0;
  for (std::size_t i = 1; i < input.runs.size(); ++i) {
    if (badness(input.runs[i]) > badness(input.runs[worst])) {
      worst = i;
    }
  }
  return worst;
}

std::vector<std::string> simulated_only(const FaultPlan& method) {
  std::set<std::string> names;
  for (const auto& fault : method) {
    if (!has_live_form(fault.action)) {
      names.emplace(name_of(fault.action));
    }
  }
  return {names.begin(), names.end()};
}

void add_coverage(Report& report) {
  std::set<std::string> met;
  for (const auto& run : report.input.runs) {
    met.insert(run.covered.begin(), run.covered.end());
  }
  report.covered.assign(met.begin(), met.end());
  for (const auto& known : report.input.known_coverage) {
    if (!met.contains(known)) {
      report.not_covered.push_back(known);
    }
  }
}

std::string hash_of(const Drill& drill) {
  const auto text = to_toml(drill);
  std::array<std::uint8_t, 16> digest{};
  seal::digest_into(digest,
                    BytesView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  return to_hex(digest);
}

bool all_held(const std::vector<Verdict>& verdicts) {
  return std::count(verdicts.begin(), verdicts.end(), Verdict::failed) == 0;
}

}  // namespace

std::size_t Report::failed_runs() const {
  return static_cast<std::size_t>(std::count(verdicts.begin(), verdicts.end(), Verdict::failed));
}

Millis Report::length() const {
  Millis length{1};
  for (const auto& run : input.runs) {
    length = std::max(length, run.simulated);
  }
  return length;
}

Report make_report(ReportInput input) {
  HEARTH_CHECK(!input.runs.empty());
  Report report;
  report.input = std::move(input);
  for (const auto& run : report.input.runs) {
    report.verdicts.push_back(verdict_of(report.input.drill, run));
  }
  for (const auto& run : report.input.live) {
    report.live_verdicts.push_back(verdict_of(report.input.drill, run));
  }
  report.verdict =
      report.failed_runs() == 0 && all_held(report.live_verdicts) ? Verdict::held : Verdict::failed;
  report.drill_hash = hash_of(report.input.drill);
  report.objectives = objectives_of(report.input);
  report.steady_state = steady_state_of(report);
  report.promises = promises_of(report.input);
  report.failures = failures_of(report.input);
  report.worst = worst_of(report.input);
  report.simulated_only = simulated_only(report.input.drill.method);
  add_coverage(report);
  return report;
}

std::string quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
    return word;
  }
  std::string text = "'";
  for (const char each : word) {
    text += each == '\'' ? std::string("'\\''") : std::string(1, each);
  }
  return text + "'";
}

std::string replay_command(const std::string& source, std::uint64_t seed) {
  return fmt::format("hearth drill replay {} --seed {}", source, seed);
}

std::string_view says_of_promise(std::string_view promise) {
  const auto found = std::find_if(promises.begin(), promises.end(),
                                  [promise](const auto& entry) { return entry.first == promise; });
  return found == promises.end() ? std::string_view{} : found->second;
}

}  // namespace hearth::drill
