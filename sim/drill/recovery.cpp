#include "sim/drill/recovery.hpp"

#include <algorithm>
#include <utility>

namespace hearth::drill {
namespace {

Millis first_fault(const Drill& drill) {
  return drill.method.empty() ? Millis{0} : drill.method.front().at;
}

/// Samples after the first fault that leave a bound.
template <class Visit>
void each_breach(const Drill& drill, const Sampled& sampled, const Visit& visit) {
  for (const auto& bound : drill.steady_state) {
    const auto found = sampled.by_probe.find(bound.probe);
    if (found == sampled.by_probe.end()) {
      continue;
    }
    for (const auto& one : found->second) {
      if (one.at > first_fault(drill) && !bound.holds(one.value)) {
        visit(bound, one.at);
      }
    }
  }
}

std::optional<Millis> rto_of(const Drill& drill, const Sampled& sampled) {
  auto restored = first_fault(drill);
  each_breach(drill, sampled, [&](const SteadyState& bound, Millis at) {
    restored = std::max(restored, at + sampled.every - bound.window);
  });
  if (restored + drill.objectives.hold > sampled.end) {
    return std::nullopt;
  }
  return restored - first_fault(drill);
}

/// From the first sample after the first fault that leaves a bound to the last one.
Millis alarm_of(const Drill& drill, const Sampled& sampled) {
  std::optional<Millis> begin;
  Millis end{0};
  each_breach(drill, sampled, [&](const SteadyState&, Millis at) {
    begin = std::min(begin.value_or(at), at);
    end = std::max(end, at + sampled.every);
  });
  return begin ? end - *begin : Millis{0};
}

}  // namespace

void judge_recovery(const Drill& drill, Sampled sampled, RunOutcome& outcome) {
  const auto first = first_fault(drill);
  outcome.faults = planned_bands(drill.method);
  outcome.rto = rto_of(drill, sampled);
  std::optional<Millis> restored;
  if (outcome.rto) {
    outcome.rto_from_detection = alarm_of(drill, sampled);
    restored = first + *outcome.rto;
  }
  for (auto& [name, samples] : sampled.by_probe) {
    ProbeSeries series{name, std::move(samples), {}, {}, {}};
    split_series(series, first, restored);
    outcome.probes.push_back(std::move(series));
  }
  if (!drill.method.empty()) {
    outcome.phases.push_back({Phase::inject, first, first});
    if (restored) {
      outcome.phases.push_back({Phase::converge, first, *restored});
    }
  }
}

}  // namespace hearth::drill
