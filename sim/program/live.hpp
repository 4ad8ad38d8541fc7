#pragma once
// The part of `hearth drill run --on` that meets a cluster.

#include "nodes/drill/live_plan.hpp"
#include "sim/drill/outcome.hpp"
#include "sim/program/drill_commands.hpp"

#include <optional>
#include <vector>

namespace hearth::sim {

struct LiveTarget {
  drill::ClusterOrders cluster;
  drill::LivePlan plan;
};

struct LiveRuns {
  std::vector<drill::RunOutcome> outcomes;
  bool interrupted = false;
};

/// The cluster of `settings.on`, with what of the drill can be done there, approved. Nothing: it
/// was said why not.
[[nodiscard]] std::optional<LiveTarget> live_target(const RunSettings& settings,
                                                    const drill::Drill& drill);

/// As often as the drill says; not again after a run that was aborted.
[[nodiscard]] LiveRuns play_live(const LiveTarget& target);

}  // namespace hearth::sim
