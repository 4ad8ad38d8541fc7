#pragma once
// What `hearth cluster` prints.

#include "actors/replication/group_health.hpp"

#include <string>
#include <vector>

namespace hearth::cli {

/// All groups, from the first on; at least one, and every one of the same directories.
using ClusterHealth = std::vector<replication::GroupHealth>;

/// Tables for people, of the directories and of the groups.
[[nodiscard]] std::string status_table(const ClusterHealth& cluster);
[[nodiscard]] std::string status_json(const ClusterHealth& cluster);

/// What is wrong, in whichever group; what is wrong in all of them once.
[[nodiscard]] std::vector<std::string> findings_of(const ClusterHealth& cluster);

/// The findings, or that there are none.
[[nodiscard]] std::string check_text(const ClusterHealth& cluster);
[[nodiscard]] std::string check_json(const ClusterHealth& cluster);

}  // namespace hearth::cli
