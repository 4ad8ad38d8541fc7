#pragma once

#include "sim/drill/plan.hpp"

#include <string>

namespace hearth::drill {

/// The drill as a file: `parse_drill` reads the same drill back. Keys at their default are left
/// out.
[[nodiscard]] std::string to_toml(const Drill& drill);

/// A fault on one line, for people: "region.kill region = us, disks = keep".
[[nodiscard]] std::string one_line(const FaultAction& action);

}  // namespace hearth::drill
