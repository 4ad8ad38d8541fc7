#pragma once

#include "sim/drill/report.hpp"

#include <string>
#include <vector>

namespace hearth::drill {

/// How the values of `probe` spread over `runs` through time, from 0 to `length`, in equal parts.
[[nodiscard]] std::vector<Spread> course_of(const std::vector<RunOutcome>& runs,
                                            const std::string& probe, Millis length);

/// Null: the run did not measure it.
[[nodiscard]] const ProbeSeries* series_of(const RunOutcome& run, const std::string& probe);

}  // namespace hearth::drill
