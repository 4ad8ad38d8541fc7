#pragma once

#include "sim/drill/outcome.hpp"
#include "sim/drill/plan.hpp"
#include "sim/drill/profile.hpp"
#include "sim/world/trace.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::sim {

/// Promises that a run is checked against: "P1" and so on.
[[nodiscard]] std::vector<std::string> checked_promises(const drill::Drill& drill);

struct DrillRun {
  drill::RunOutcome outcome;
  std::vector<std::uint64_t> trace_marks;  ///< `Trace::marks`.
};

/// Plays `drill` once. A pure function of the drill, the seed, the profile and this build.
/// Precondition: `drill.runnable()`.
[[nodiscard]] DrillRun run_drill(const drill::Drill& drill, std::uint64_t seed,
                                 const drill::Profile& profile = {},
                                 const Trace::Reader& reader = {}, std::uint64_t read_from = 0);

}  // namespace hearth::sim
