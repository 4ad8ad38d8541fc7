#pragma once

#include "messages/base/result.hpp"
#include "sim/drill/profile.hpp"

#include <filesystem>
#include <vector>

namespace hearth::sim {

/// The disk's part of a profile, from the times of many syncs in microseconds; at least one.
/// What takes more than twice P95 is a slow one, the rest lies between P5 and P95.
void describe_syncs(std::vector<double> times_us, drill::Profile& profile);

/// Appends and syncs some hundred times in `folder`. Errors: `disk_failed`.
[[nodiscard]] Result<void> measure_syncs(const std::filesystem::path& folder,
                                         drill::Profile& profile);

}  // namespace hearth::sim
