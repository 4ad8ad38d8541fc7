#pragma once
// What `hearth cluster` prints.

#include "actors/replication/group_health.hpp"

#include <string>

namespace hearth::cli {

/// A table for people, ending with a line break.
[[nodiscard]] std::string status_table(const replication::GroupHealth& group);
[[nodiscard]] std::string status_json(const replication::GroupHealth& group);

/// The findings, or that there are none.
[[nodiscard]] std::string check_text(const replication::GroupHealth& group);
[[nodiscard]] std::string check_json(const replication::GroupHealth& group);

}  // namespace hearth::cli
