#include "sim/drill/outcome.hpp"

#include "sim/drill/fault_fields.hpp"
#include "sim/drill/fault_rules.hpp"
#include "sim/drill/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace hearth::drill {
namespace {

std::optional<double> mean(const std::vector<Sample>& samples, Millis begin, Millis end) {
  double sum = 0;
  int count = 0;
  for (const auto& sample : samples) {
    if (sample.at >= begin && sample.at < end) {
      sum += sample.value;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

/// Promises in the order in which they were first broken.
std::vector<std::string> broken_promises(const RunOutcome& outcome) {
  std::vector<std::string> broken;
  std::set<std::string> seen;
  for (const auto& violation : outcome.violations) {
    if (seen.insert(violation.promise).second) {
      broken.push_back(fmt::format("promise {} broken", violation.promise));
    }
  }
  return broken;
}

/// Of the steady state: a bound that nothing was held against has not held. A run that broke before
/// its time measured nothing, and has failed anyway.
std::vector<std::string> never_sampled(const Drill& drill, const RunOutcome& outcome) {
  std::vector<std::string> missing;
  if (outcome.aborted || !outcome.violations.empty()) {
    return missing;
  }
  for (const auto& state : drill.steady_state) {
    const auto is_sampled = [&state](const ProbeSeries& series) {
      return series.probe == state.probe && (series.before || series.during || series.after);
    };
    if (outcome.measures(state.probe) &&
        std::none_of(outcome.probes.begin(), outcome.probes.end(), is_sampled)) {
      missing.push_back(state.probe);
    }
  }
  return missing;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  return verdict == Verdict::held ? "held" : "failed";
}

bool RunOutcome::measures(std::string_view name) const {
  return std::find(not_measured.begin(), not_measured.end(), name) == not_measured.end();
}

std::string_view name_of(Phase phase) {
  static constexpr std::string_view names[] = {"inject", "detect", "reroute", "reconnect",
                                               "converge"};
  return names[static_cast<std::size_t>(phase)];
}

std::vector<std::string> failures_of(const Drill& drill, const RunOutcome& outcome) {
  if (outcome.crashed) {
    return {fmt::format("crashed: {}", *outcome.crashed)};
  }
  auto failures = broken_promises(outcome);
  if (outcome.diverged) {
    failures.emplace_back("two runs of the seed differ");
  }
  if (outcome.aborted) {
    failures.push_back(fmt::format("aborted: {}", *outcome.aborted));
  }
  const auto& objectives = drill.objectives;
  if (objectives.rpo_events && outcome.lost_events.size() > *objectives.rpo_events) {
    failures.emplace_back("acknowledged events lost");
  }
  if (!outcome.waiting_for.empty()) {
    failures.emplace_back("did not converge");
  }
  for (const auto& probe : never_sampled(drill, outcome)) {
    failures.push_back(fmt::format("{} was never measured", probe));
  }
  if (objectives.rto && !drill.method.empty() && !outcome.rto) {
    failures.emplace_back("steady state never restored");
  } else if (objectives.rto && outcome.rto && *outcome.rto > *objectives.rto) {
    failures.emplace_back("recovery took longer than its objective");
  }
  if (objectives.presence_staleness && outcome.staleness &&
      *outcome.staleness > *objectives.presence_staleness) {
    failures.emplace_back("presence older than its objective");
  }
  if (objectives.sessions_resumed_ratio && outcome.sessions_resumed_ratio &&
      *outcome.sessions_resumed_ratio < *objectives.sessions_resumed_ratio) {
    failures.emplace_back("fewer sessions resumed than the objective");
  }
  return failures;
}

Verdict verdict_of(const Drill& drill, const RunOutcome& outcome) {
  return failures_of(drill, outcome).empty() ? Verdict::held : Verdict::failed;
}

std::vector<FaultBand> planned_bands(const FaultPlan& method) {
  std::vector<FaultBand> bands;
  for (const auto& moment : moments_of(method)) {
    if (!moment.begins) {
      continue;
    }
    const auto& fault = method[moment.fault];
    FaultBand band{one_line(fault.action), moment.at, remedied_at(method, fault.action, moment.at)};
    if (is_momentary(fault.action)) {
      band.end = moment.at;
    } else if (fault.lasts.count() > 0) {
      band.end = std::min(band.end.value_or(Millis::max()), moment.at + fault.lasts);
    }
    bands.push_back(std::move(band));
  }
  return bands;
}

void split_series(ProbeSeries& series, Millis first_fault, std::optional<Millis> restored) {
  const auto end = restored.value_or(Millis::max());
  series.before = mean(series.samples, Millis::min(), first_fault);
  series.during = mean(series.samples, first_fault, end);
  series.after = mean(series.samples, end, Millis::max());
}

}  // namespace hearth::drill
