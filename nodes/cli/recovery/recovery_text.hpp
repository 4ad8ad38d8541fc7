#pragma once
// A recovery as people and programs read it.

#include "messages/base/types.hpp"
#include "nodes/cli/recovery/recovery_plan.hpp"

#include <string>
#include <vector>

namespace hearth::cli::recovery {

/// "eu (0123abcd), us (…)"; the region of those alone that the node list names.
[[nodiscard]] std::string labels_of(const RecoveryPlan& plan, const std::vector<NodeId>& nodes);

/// Group by group: what is there, what would be made of it, and what would be lost.
[[nodiscard]] std::string plan_text(const RecoveryPlan& plan);

/// `done`: it has been carried out, now or before.
[[nodiscard]] std::string plan_json(const RecoveryPlan& plan, bool done);

/// What was there before, for the file `recovered`: one line of JSON.
[[nodiscard]] std::string evidence_line(const RecoveryPlan& plan, WallTime now);

}  // namespace hearth::cli::recovery
