#pragma once
// From a drill that fails to the smallest that still fails for the same reason.
//
// Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input",
// 2002) over the faults, then topology, workload and time, each step kept only if the run still
// fails in the same words. Whatever it tries is a drill that the parser would take.

#include "sim/drill/plan.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace hearth::drill {

/// Runs a drill. Why it failed (`failures_of(...).front()`), or nothing: it held. The same drill
/// must give the same answer: run it with the seed that failed, or with a few.
using Trial = std::function<std::optional<std::string>(const Drill& drill)>;

struct ShrinkOptions {
  std::size_t trials_max = 500;
  /// Told of each smaller drill that still fails; may be empty.
  std::function<void(const Drill& drill, std::size_t trials)> on_progress;
};

struct Shrunk {
  Drill drill;         ///< The smallest found; the given one if it holds.
  std::string reason;  ///< Empty: the given drill holds, there is nothing to shrink.
  std::size_t trials = 0;
  bool complete = true;  ///< False: `trials_max` ended it.
};

[[nodiscard]] Shrunk shrink(const Drill& drill, const Trial& trial,
                            const ShrinkOptions& options = {});

}  // namespace hearth::drill
