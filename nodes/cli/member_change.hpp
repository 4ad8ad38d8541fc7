#pragma once
// Carries a change of members out: looks, takes the next step, looks again. Whoever is interrupted
// gives the command again.

#include "actors/replication/member_plan.hpp"
#include "messages/base/result.hpp"
#include "nodes/cli/cluster_client.hpp"

#include <functional>
#include <string>

namespace hearth::cli {

/// Returns when `goal` is reached and a majority has it on disk. `told` hears of each step as it
/// begins. Blocks; for as long as something moves, and a minute beyond that.
/// Errors: as `check_goal`; `outcome_unknown` when nothing has moved for a minute, the detail says
/// what is waited for.
[[nodiscard]] Result<void> change_members(const ClusterClient& client,
                                          const replication::MemberGoal& goal,
                                          const std::function<void(const std::string&)>& told);

}  // namespace hearth::cli
