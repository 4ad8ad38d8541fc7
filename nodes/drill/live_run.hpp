#pragma once
// A drill played on a cluster that runs: people at work, its faults made to happen, and the same
// rule of recovery as in the simulator. Real time: it takes as long as the drill does.

#include "messages/base/result.hpp"
#include "nodes/drill/live_plan.hpp"
#include "sim/drill/outcome.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace hearth::drill {

struct LiveSetting {
  const LivePlan& plan;
  ClusterOrders cluster;
  std::uint64_t seed = 1;  ///< Of the draws of `count` and `percent`.
  /// True: somebody wants it to end. Asked several times a second, from the calling thread.
  std::function<bool()> is_asked_to_stop;
  /// What happens, for whoever looks on: a time and a line.
  std::function<void(Millis at, const std::string& line)> tell;
};

/// Blocks. Whatever was broken is healed when it returns. A cluster that does not reach its steady
/// state, a condition of `abort_if`, orders that are refused and the wish to stop end the run
/// early: `RunOutcome::aborted` says why.
[[nodiscard]] RunOutcome run_live(const LiveSetting& setting);

}  // namespace hearth::drill
