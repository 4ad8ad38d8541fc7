#pragma once
// Outcomes that look like those of real runs, for tests of the report.

#include "sim/drill/report.hpp"

namespace hearth::drill {

enum class MadeUp { all_held, some_failed };

/// `runs` runs of `drill`, drawn from a fixed seed.
[[nodiscard]] ReportInput made_up_runs(const Drill& drill, std::size_t runs, MadeUp how);

}  // namespace hearth::drill
