#include "actors/replication/member_plan.hpp"

#include "actors/replication/group_health.hpp"
#include "actors/replication/quorum.hpp"
#include "actors/replication/raft_options.hpp"

#include <algorithm>

namespace hearth::replication {

namespace {

constexpr std::size_t prefix_digits_min = 8;

const DirectoryReport* report_of(const ClusterSurvey& survey, const NodeId& node) {
  const auto found =
      std::find_if(survey.directories.begin(), survey.directories.end(),
                   [&node](const DirectoryReport& report) { return report.node == node; });
  return found == survey.directories.end() ? nullptr : &*found;
}

std::string label_of(const ClusterSurvey& survey, const NodeId& node) {
  const auto* report = report_of(survey, node);
  return label_of(report == nullptr ? DirectoryReport{node, {}, std::nullopt} : *report);
}

std::string all_labels(const ClusterSurvey& survey) {
  std::string all;
  for (const auto& report : survey.directories) {
    all += (all.empty() ? "" : ", ") + label_of(report);
  }
  return all;
}

std::size_t voters_living(const GroupHealth& group, const Configuration& members) {
  return static_cast<std::size_t>(
      std::count_if(group.each.begin(), group.each.end(), [&members](const MemberHealth& each) {
        return each.lives && members.is_voter(each.report->node);
      }));
}

Configuration without(Configuration members, const NodeId& node) {
  std::erase_if(members.members, [&node](const Member& member) { return member.node == node; });
  return members;
}

Configuration with_vote(Configuration members, const NodeId& node) {
  for (auto& member : members.members) {
    member.votes = member.votes || member.node == node;
  }
  return members;
}

std::string voters_text(const Configuration& members) {
  return std::to_string(members.voters()) + " voters, of which " +
         std::to_string(majority(members.voters())) + " are needed";
}

// ---- what must not be begun ----

Error no_leader(const GroupHealth& group) {
  return {ErrorCode::no_quorum, "no directory leads: " + std::to_string(group.voters_living) +
                                    " of " + std::to_string(group.voters) + " voters answer, " +
                                    std::to_string(group.quorum) +
                                    " are needed: start those that are down"};
}

/// A vote more, of somebody who answers, must not make the majority unreachable.
Result<void> check_joining(const ClusterSurvey& survey, const GroupHealth& group,
                           const NodeId& node) {
  const auto* report = report_of(survey, node);
  if (report == nullptr || report->region.empty()) {
    return Error{ErrorCode::not_found,
                 "the node list has no directory " + to_text(node) +
                     ": sign one that has it, and give it to all nodes first"};
  }
  if (!report->replica) {
    return Error{ErrorCode::unreachable,
                 "directory " + label_of(*report) + " does not answer: start it first"};
  }
  if (group.members.find(node) == nullptr &&
      group.members.members.size() >= Configuration::members_max) {
    return Error{ErrorCode::limit_reached, "a group has at most " +
                                               std::to_string(Configuration::members_max) +
                                               " members: remove one first"};
  }
  const auto voters = group.voters + 1;
  if (!group.members.is_voter(node) && group.voters_living + 1 < majority(voters)) {
    return Error{ErrorCode::no_quorum, "with " + label_of(*report) + " there would be " +
                                           std::to_string(voters) + " voters, of which " +
                                           std::to_string(group.voters_living + 1) +
                                           " answer and " + std::to_string(majority(voters)) +
                                           " are needed: start those that are down"};
  }
  return {};
}

Result<void> check_leaving(const ClusterSurvey& survey, const GroupHealth& group,
                           const NodeId& node) {
  const auto left = without(group.members, node);
  const auto living = voters_living(group, left);
  if (left.voters() == 0) {
    return Error{ErrorCode::no_quorum,
                 label_of(survey, node) + " is the only voter: add another one first"};
  }
  if (group.members.is_voter(node) && living < majority(left.voters())) {
    return Error{ErrorCode::no_quorum,
                 "without " + label_of(survey, node) + " there would be " +
                     std::to_string(left.voters()) + " voters, of which " + std::to_string(living) +
                     " answer and " + std::to_string(majority(left.voters())) +
                     " are needed: start those that are down, or add another one first"};
  }
  return {};
}

Error no_member(const ClusterSurvey& survey, const NodeId& node) {
  return {ErrorCode::not_found, "directory " + label_of(survey, node) + " is no member"};
}

Result<void> check_members(const ClusterSurvey& survey, const GroupHealth& group,
                           const MemberGoal& goal) {
  const auto& members = group.members;
  if (goal.kind == GoalKind::add) {
    return members.is_voter(goal.joins)
               ? Error{ErrorCode::already_exists,
                       "directory " + label_of(survey, goal.joins) + " is a voter already"}
               : check_joining(survey, group, goal.joins);
  }
  if (goal.kind == GoalKind::remove) {
    return members.find(goal.leaves) == nullptr ? no_member(survey, goal.leaves)
                                                : check_leaving(survey, group, goal.leaves);
  }
  if (goal.joins == goal.leaves) {
    return Error{ErrorCode::value_invalid,
                 "a directory cannot replace itself: a disk that was "
                 "lost comes back under a new node id"};
  }
  // Who begins again finds the old one gone where all was done.
  if (members.find(goal.leaves) == nullptr && !members.is_voter(goal.joins)) {
    return no_member(survey, goal.leaves);
  }
  return members.is_voter(goal.joins) ? Result<void>{} : check_joining(survey, group, goal.joins);
}

// ---- steps ----

ProposeMembers propose(const GroupHealth& group, Configuration members, std::string text) {
  const auto& leader = *group.leader->replica;
  return {{leader.group, leader.members_index, std::move(members)}, std::move(text)};
}

/// The old one's place among leaders is the new one's; who is merely added comes last.
ProposeMembers add_learner(const ClusterSurvey& survey, const GroupHealth& group,
                           const MemberGoal& goal) {
  const auto* old = group.members.find(goal.leaves);
  auto members = group.members;
  members.members.push_back({goal.joins, false, old == nullptr ? std::uint8_t{0} : old->priority});
  return propose(group, std::move(members),
                 "add " + label_of(survey, goal.joins) +
                     " as a learner, which gets everything and counts for nothing");
}

ProposeMembers promote(const ClusterSurvey& survey, const GroupHealth& group, const NodeId& node) {
  auto members = with_vote(group.members, node);
  auto text = "let " + label_of(survey, node) + " vote: " + voters_text(members);
  return propose(group, std::move(members), std::move(text));
}

ProposeMembers remove(const ClusterSurvey& survey, const GroupHealth& group, const NodeId& node) {
  auto members = without(group.members, node);
  auto text = "remove " + label_of(survey, node) + ": " + voters_text(members);
  return propose(group, std::move(members), std::move(text));
}

bool has_caught_up(const GroupHealth& group, const NodeId& node) {
  return std::any_of(group.each.begin(), group.each.end(), [&node](const MemberHealth& each) {
    return each.report->node == node && each.lives &&
           each.lag.value_or(RaftOptions().promotion_lag_max) < RaftOptions().promotion_lag_max;
  });
}

std::string catching_up(const ClusterSurvey& survey, const NodeId& node) {
  return label_of(survey, node) + " to catch up";
}

MemberStep joining_step(const ClusterSurvey& survey, const GroupHealth& group,
                        const MemberGoal& goal) {
  if (group.members.find(goal.joins) == nullptr) {
    return add_learner(survey, group, goal);
  }
  if (!has_caught_up(group, goal.joins)) {
    return WaitFor{catching_up(survey, goal.joins)};
  }
  return promote(survey, group, goal.joins);
}

}  // namespace

Result<NodeId> resolve(const ClusterSurvey& survey, std::string_view name, bool wants_member) {
  const auto group = health_of(survey);
  std::vector<NodeId> by_id;
  std::vector<NodeId> by_region;
  std::vector<NodeId> by_region_and_place;
  for (const auto& each : group.each) {
    const auto& report = *each.report;
    if (name.size() >= prefix_digits_min && to_text(report.node).starts_with(name)) {
      by_id.push_back(report.node);
    }
    if (!name.empty() && report.region == name) {
      by_region.push_back(report.node);
      if (each.member.has_value() == wants_member) {
        by_region_and_place.push_back(report.node);
      }
    }
  }
  for (const auto* found : {&by_id, &by_region, &by_region_and_place}) {
    if (found->size() == 1) {
      return found->front();
    }
  }
  const bool several = by_id.size() + by_region.size() > 1;
  return Error{several ? ErrorCode::value_invalid : ErrorCode::not_found,
               (several ? "several directories are called '" : "no directory is called '") +
                   std::string(name) +
                   "': give the region or the first digits of the id of one of " +
                   all_labels(survey)};
}

Result<void> check_goal(const ClusterSurvey& survey, const MemberGoal& goal) {
  const auto group = health_of(survey);
  return group.leader == nullptr ? no_leader(group) : check_members(survey, group, goal);
}

Result<MemberStep> next_step(const ClusterSurvey& survey, const MemberGoal& goal) {
  const auto group = health_of(survey);
  if (group.leader == nullptr) {
    return MemberStep{WaitFor{"a directory to lead"}};
  }
  const auto& leader = *group.leader->replica;
  if (leader.members_index > leader.committed) {
    return MemberStep{WaitFor{"a majority to have the change"}};
  }
  const auto& members = group.members;
  const bool joined = goal.kind == GoalKind::remove || members.is_voter(goal.joins);
  const bool left = goal.kind == GoalKind::add || members.find(goal.leaves) == nullptr;
  if (joined && left) {
    return MemberStep{GoalReached{}};
  }
  if (auto good = check_members(survey, group, goal); !good) {
    return good.error();
  }
  if (!joined) {
    return joining_step(survey, group, goal);
  }
  if (auto good = check_leaving(survey, group, goal.leaves); !good) {
    return good.error();
  }
  return MemberStep{remove(survey, group, goal.leaves)};
}

std::vector<std::string> steps_of(const ClusterSurvey& survey, const MemberGoal& goal) {
  auto group = health_of(survey);
  std::vector<std::string> steps;
  if (goal.kind != GoalKind::remove && !group.members.is_voter(goal.joins)) {
    if (group.members.find(goal.joins) == nullptr) {
      auto added = add_learner(survey, group, goal);
      steps.push_back(std::move(added.text));
      group.members = std::move(added.change.members);
    }
    steps.push_back("wait for " + catching_up(survey, goal.joins));
    auto promoted = promote(survey, group, goal.joins);
    steps.push_back(std::move(promoted.text));
    group.members = std::move(promoted.change.members);
  }
  if (goal.kind != GoalKind::add && group.members.find(goal.leaves) != nullptr) {
    steps.push_back(remove(survey, group, goal.leaves).text);
  }
  return steps;
}

}  // namespace hearth::replication
