#pragma once
// Charts of the report. Shapes are SVG that stretches with the page, words are HTML beside them:
// they stay readable on a phone.

#include "sim/drill/report.hpp"

#include <string>

namespace hearth::drill {

/// How an objective's values spread over the runs: histogram, percentiles, the objective.
[[nodiscard]] std::string histogram(const ObjectiveResult& result);

/// A probe through time: median and P5 to P95 of all runs, the worst run, the bound, the faults.
[[nodiscard]] std::string series_chart(const Report& report, const SteadyStateResult& result);

/// Faults, phases and recovery of one run.
[[nodiscard]] std::string timeline(const RunOutcome& run);

/// What live runs measured, and which faults have no live form.
[[nodiscard]] std::string live_part(const Report& report);

}  // namespace hearth::drill
