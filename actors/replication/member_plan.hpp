#pragma once
// How the members of a group change: one step after the other, each told by what a survey shows.
// Nothing is remembered between steps, so whoever was interrupted begins again and goes on where
// it stopped. Pure.
//
//   add      as a learner; when it has caught up, as a voter
//   remove   at once
//   replace  add the new one, then remove the old one: the group serves throughout

#include "messages/base/result.hpp"
#include "messages/replication/operator_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hearth::replication {

enum class GoalKind : std::uint8_t { add, remove, replace };

struct MemberGoal {
  GoalKind kind = GoalKind::add;
  NodeId joins;   ///< Of `add` and `replace`.
  NodeId leaves;  ///< Of `remove` and `replace`.
};

/// To be sent to the leader.
struct ProposeMembers {
  ChangeMembers change;
  std::string text;  ///< What it does, for people: "let eu (0123abcd) vote".
};
/// Nothing can be done yet; another survey will show.
struct WaitFor {
  std::string text;  ///< What for: "eu (0123abcd) to catch up".
};
struct GoalReached {};

using MemberStep = std::variant<ProposeMembers, WaitFor, GoalReached>;

/// The node that `name` means: all digits of its id, at least eight of the first ones, or its
/// region. Where a region has a member and others, `wants_member` says which is meant.
/// Errors: `not_found`, `value_invalid` (several); the detail lists what there is.
[[nodiscard]] Result<NodeId> resolve(const ClusterSurvey& survey, std::string_view name,
                                     bool wants_member);

/// Why `goal` must not be begun, or gone on with. Errors: `no_quorum` (nobody leads, or what would
/// be left has none), `already_exists`, `not_found`, `unreachable` (who joins does not answer),
/// `limit_reached`; the detail says what would be left.
[[nodiscard]] Result<void> check_goal(const ClusterSurvey& survey, const MemberGoal& goal);

/// The next step. Errors: those of `check_goal`, but for a leader that is missing for a moment.
[[nodiscard]] Result<MemberStep> next_step(const ClusterSurvey& survey, const MemberGoal& goal);

/// All steps from now on, in words, as a rehearsal. Precondition: `check_goal` is good.
[[nodiscard]] std::vector<std::string> steps_of(const ClusterSurvey& survey,
                                                const MemberGoal& goal);

}  // namespace hearth::replication
