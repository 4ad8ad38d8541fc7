#pragma once
// Carries a change of members out: looks, takes the next step, looks again. Whoever is interrupted
// gives the command again.

#include "actors/replication/member_plan.hpp"
#include "messages/base/result.hpp"
#include "nodes/cli/cluster_client.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hearth::cli {

/// The groups in which something is left to do for `goal`, of those that `surveys` show, from the
/// first on: who was interrupted goes on with the others. Errors: as `check_goal`, of any group, or
/// of all where nothing is to be done.
[[nodiscard]] Result<std::vector<GroupId>> groups_to_change(
    const std::vector<replication::ClusterSurvey>& surveys, const replication::MemberGoal& goal);

/// Returns when `goal` is reached in `groups`, one after the other, and a majority of each has it
/// on disk. `told` hears of each step as it begins. Blocks; for as long as something moves, and a
/// minute beyond that. Errors: as `check_goal`; `outcome_unknown` when nothing has moved for a
/// minute, the detail says what is waited for.
[[nodiscard]] Result<void> change_members(const ClusterClient& client,
                                          const std::vector<GroupId>& groups,
                                          const replication::MemberGoal& goal,
                                          const std::function<void(const std::string&)>& told);

}  // namespace hearth::cli
