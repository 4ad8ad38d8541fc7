#include "actors/replication/group_health.hpp"

#include "actors/replication/quorum.hpp"

#include <algorithm>

namespace hearth::replication {

namespace {

/// A follower that the leader has not heard for so long takes no part.
constexpr std::uint32_t silent_ms_max = 2000;

/// More than a busy group has on its way.
constexpr std::uint64_t lag_max = 5000;

constexpr std::size_t label_digits = 8;

Configuration newest_members(const ClusterSurvey& survey) {
  const ReplicaDescribed* newest = nullptr;
  for (const auto& report : survey.directories) {
    if (report.replica &&
        (newest == nullptr || report.replica->members_index > newest->members_index ||
         newest->members.members.empty())) {
      newest = &*report.replica;
    }
  }
  return newest == nullptr ? Configuration{} : newest->members;
}

const FollowerState* follower(const ReplicaDescribed& leader, const NodeId& node) {
  const auto found = std::find_if(leader.followers.begin(), leader.followers.end(),
                                  [&node](const FollowerState& each) { return each.node == node; });
  return found == leader.followers.end() ? nullptr : &*found;
}

MemberHealth member_health(const DirectoryReport& report, const GroupHealth& group) {
  MemberHealth health;
  health.report = &report;
  if (const auto* member = group.members.find(report.node)) {
    health.member = *member;
  }
  if (group.leader == nullptr) {
    health.lives = report.replica.has_value() && report.replica->recalled;
    return health;
  }
  const auto& leader = *group.leader->replica;
  if (&report == group.leader) {
    health.lives = true;
    health.lag = 0;
  } else if (const auto* state = follower(leader, report.node)) {
    health.lives = state->silent_ms <= silent_ms_max;
    health.lag = leader.last_index - std::min(leader.last_index, state->match);
  }
  return health;
}

void add_findings(const MemberHealth& health, GroupHealth& group) {
  const auto label = label_of(*health.report);
  auto& findings = group.findings;
  if (!health.member) {
    return;
  }
  if (health.report->region.empty()) {
    findings.push_back("member " + label +
                       " is not in the node list, so nobody connects to it: remove it with "
                       "`hearth cluster member remove`, or sign a node list that has it");
  }
  if (!health.report->replica) {
    findings.push_back("directory " + label +
                       " does not answer: start it, or if its disk is lost, `hearth node init "
                       "directory` elsewhere and `hearth cluster member replace`");
    return;
  }
  if (!health.lives && group.leader != nullptr) {
    findings.push_back("directory " + label +
                       " answers us, but the leader does not hear it: look "
                       "at the network between the two");
  }
  if (!health.report->replica->recalled) {
    findings.push_back("directory " + label +
                       " has not heard yet whether its disk is what it was: it does not vote");
  }
  if (health.lag.value_or(0) > lag_max) {
    findings.push_back("directory " + label + " is " + std::to_string(*health.lag) +
                       " entries behind the leader: look at its disk and its network");
  }
  if (!health.member->votes) {
    findings.push_back("directory " + label +
                       " is a learner and counts for nothing: finish with `hearth cluster member "
                       "add`, or remove it");
  }
}

void add_findings(GroupHealth& group) {
  const auto counted = std::to_string(group.voters_living) + " of " + std::to_string(group.voters) +
                       " voters take part, " + std::to_string(group.quorum) + " are needed";
  if (group.members.members.empty()) {
    group.findings.push_back(
        "no directory that answers has members of the group: those that "
        "`founders` of cluster.toml names have to be started");
  } else if (group.leader == nullptr) {
    group.findings.push_back("no directory leads, so nothing can be changed: " + counted);
  } else if (group.voters_living < group.quorum) {
    group.findings.push_back("nothing can be changed: " + counted);
  } else if (group.voters_living < group.voters) {
    group.findings.push_back(counted + ": " + std::to_string(group.may_fail()) + " more may fail");
  }
  for (const auto& each : group.each) {
    add_findings(each, group);
  }
}

}  // namespace

const DirectoryReport* leader_of(const ClusterSurvey& survey) {
  const DirectoryReport* leader = nullptr;
  for (const auto& report : survey.directories) {
    const bool leads = report.replica && report.replica->role == RaftRole::leader;
    if (leads && (leader == nullptr || report.replica->term > leader->replica->term)) {
      leader = &report;
    }
  }
  return leader;
}

GroupHealth health_of(const ClusterSurvey& survey) {
  GroupHealth group;
  group.leader = leader_of(survey);
  group.members = group.leader != nullptr ? group.leader->replica->members : newest_members(survey);
  group.voters = group.members.voters();
  group.quorum = majority(group.voters);
  for (const auto& report : survey.directories) {
    group.each.push_back(member_health(report, group));
    const auto& health = group.each.back();
    group.answered += report.replica ? 1U : 0U;
    group.voters_living += health.member && health.member->votes && health.lives ? 1U : 0U;
  }
  add_findings(group);
  return group;
}

std::string label_of(const DirectoryReport& report) {
  const auto id = to_text(report.node).substr(0, label_digits);
  return report.region.empty() ? id : report.region + " (" + id + ")";
}

}  // namespace hearth::replication
