#include "sim/drill/plan.hpp"

#include "sim/drill/driver.hpp"

#include <algorithm>
#include <tuple>

namespace hearth::drill {

std::string_view name_of(const FaultAction& action) {
  return std::visit([](const auto& one) { return one.name; }, action);
}

const std::vector<Probe>& probes() {
  static const std::vector<Probe> all = {
      {"browse.success_ratio", ProbeUnit::ratio, "pages of homes that came, of those asked for"},
      {"browse.p99", ProbeUnit::duration_ms, "time to a page"},
      {"directory.success_ratio", ProbeUnit::ratio, "commands answered, of those sent"},
      {"directory.commit_p99", ProbeUnit::duration_ms, "time to a command's acknowledgement"},
      {"directory.acked_lost", ProbeUnit::count, "acknowledged commands without effect"},
      {"home.reachable_ratio", ProbeUnit::ratio, "homes with a lease that a client could use"},
      {"presence.age_p99", ProbeUnit::duration_ms, "how old what directories know of homes is"},
      {"session.connected_ratio", ProbeUnit::ratio, "clients with a session at their home"},
      {"stream.success_ratio", ProbeUnit::ratio, "streams whose bytes arrive in time"},
      {"stream.open_p99", ProbeUnit::duration_ms, "time to a stream's first byte"},
      {"stream.gap_p95", ProbeUnit::duration_ms, "longest silence of an open stream"},
      {"stream.rebuffer_ratio", ProbeUnit::ratio, "time that players waited, of time played"},
      {"error.lines", ProbeUnit::count, "lines at level error in the logs"},
  };
  return all;
}

const Probe* find_probe(std::string_view name) {
  const auto found = std::find_if(probes().begin(), probes().end(),
                                  [name](const Probe& probe) { return probe.name == name; });
  return found == probes().end() ? nullptr : &*found;
}

std::vector<Moment> moments_of(const FaultPlan& plan) {
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto& fault = plan[i];
    for (std::uint32_t round = 0; round < std::max(fault.times, 1U); ++round) {
      const auto at = fault.at + round * fault.every;
      moments.push_back({at, true, i, round});
      if (fault.lasts.count() > 0) {
        moments.push_back({at + fault.lasts, false, i, round});
      }
    }
  }
  std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return std::tuple(a.at, a.begins) < std::tuple(b.at, b.begins);
  });
  return moments;
}

Millis last_moment(const FaultPlan& method) {
  const auto moments = moments_of(method);
  return moments.empty() ? Millis{0} : moments.back().at;
}

Millis duration_of(const Drill& drill) {
  if (drill.sim.duration.count() > 0) {
    return drill.sim.duration;
  }
  return last_moment(drill.method) + drill.objectives.hold + drill.verify.converge_within;
}

Millis rollback_at(const Drill& drill) {
  return std::max(duration_of(drill) - drill.verify.converge_within, Millis{0});
}

bool has_live_form(const FaultAction& action) {
  static constexpr std::string_view names[] = {
      "process.kill",   "process.restart", "process.reset",  "process.pause", "region.kill",
      "region.restore", "disk.wipe",       "link.partition", "link.latency",  "link.loss",
      "link.duplicate", "link.reorder",    "link.bandwidth", "all.heal"};
  return std::find(std::begin(names), std::end(names), name_of(action)) != std::end(names);
}

}  // namespace hearth::drill
