#pragma once
// What the samples of a run say: the one rule of recovery, for the simulator and for live clusters.

#include "sim/drill/outcome.hpp"

#include <map>
#include <string>
#include <vector>

namespace hearth::drill {

/// Over what an operator looks at a probe: values of so long ago do not count any more.
inline constexpr Millis probe_window{10'000};

/// Every probe that was measured, all through a run.
struct Sampled {
  std::map<std::string, std::vector<Sample>> by_probe;  ///< In the order of time.
  Millis every{1000};
  Millis end{0};  ///< Of the run.
};

/// Fills the RTO, the probes with their three parts, the faults as planned and the phases.
///
/// Restored is the moment after which no sample leaves a bound of the steady state: a window that
/// holds has held since it began. There is none where less than `hold` is left of the run.
void judge_recovery(const Drill& drill, Sampled sampled, RunOutcome& outcome);

}  // namespace hearth::drill
