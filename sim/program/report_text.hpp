#pragma once

#include "sim/drill/report.hpp"

namespace hearth::sim {

/// What a report says, in a few lines on stdout.
void tell(const drill::Report& report);

}  // namespace hearth::sim
