#include "nodes/cli/recovery/recovery_text.hpp"

#include "actors/replication/group_health.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace hearth::cli::recovery {

namespace {

using replication::GroupRecovery;
using replication::GroupRemains;
using replication::Member;

std::string label_of(const RecoveryPlan& plan, const NodeId& node) {
  const auto entry =
      std::find_if(plan.listed.begin(), plan.listed.end(),
                   [&node](const seal::ListedNode& listed) { return listed.id() == node; });
  return replication::label_of({node, entry == plan.listed.end() ? "" : entry->region, {}});
}

std::uint32_t number_of(const GroupRemains& group) {
  return static_cast<std::uint32_t>(group.group);
}

std::string entry_text(const replication::SnapshotId& entry) {
  return fmt::format("entry {} of term {}", entry.index, entry.term);
}

std::string members_text(const RecoveryPlan& plan, const GroupRemains& group) {
  std::string text;
  for (const auto& member : group.members.members) {
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", label_of(plan, member.node),
                        member.votes ? "votes" : "learns",
                        member.node == plan.survivor.id ? "" : ", is lost");
  }
  return text;
}

std::string group_text(const RecoveryPlan& plan, const GroupRemains& group,
                       const std::optional<GroupRecovery>& recovery) {
  auto text = fmt::format("group {}: term {}, last {}, applied up to {}; members: {}\n",
                          number_of(group), group.hard_state.term, entry_text(group.last),
                          group.applied, members_text(plan, group));
  if (!recovery) {
    return text + "    it is the only voter already\n";
  }
  return text + fmt::format(
                    "    would be the only voter, from term {} on, and keep all up to entry {}\n"
                    "    changes acknowledged after index {} by a majority without this directory "
                    "are lost\n",
                    recovery->hard_state.term, group.last.index, group.last.index);
}

std::string json_ids(const std::vector<NodeId>& nodes) {
  std::vector<std::string> ids;
  for (const auto& node : nodes) {
    ids.push_back(json_text(to_text(node)));
  }
  return json_array(ids);
}

std::string member_json(const RecoveryPlan& plan, const Member& member) {
  return json_object({{"id", json_text(to_text(member.node))},
                      {"votes", json_bool(member.votes)},
                      {"priority", std::to_string(member.priority)},
                      {"lost", json_bool(member.node != plan.survivor.id)}});
}

std::string group_json(const RecoveryPlan& plan, const GroupRemains& group,
                       const std::optional<GroupRecovery>& recovery) {
  std::vector<std::string> members;
  for (const auto& member : group.members.members) {
    members.push_back(member_json(plan, member));
  }
  const auto& vote = group.hard_state.vote;
  return json_object(
      {{"group", std::to_string(number_of(group))},
       {"term", std::to_string(group.hard_state.term)},
       {"vote", json_text_or_null(vote.is_zero() ? "" : to_text(vote))},
       {"lastIndex", std::to_string(group.last.index)},
       {"lastTerm", std::to_string(group.last.term)},
       {"appliedIndex", std::to_string(group.applied)},
       {"membersIndex", std::to_string(group.members_index)},
       {"members", json_array(members)},
       {"recoveredTerm", recovery ? std::to_string(recovery->hard_state.term) : "null"}});
}

std::string groups_json(const RecoveryPlan& plan) {
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    groups.push_back(group_json(plan, plan.survivor.groups[i], plan.groups[i]));
  }
  return json_array(groups);
}

std::string further_json(const RecoveryPlan& plan) {
  std::vector<std::string> all;
  for (const auto& further : plan.further) {
    all.push_back(json_object({{"folder", json_text(further.folder)},
                               {"group", std::to_string(number_of(further.remains))},
                               {"lastIndex", std::to_string(further.remains.last.index)},
                               {"lastTerm", std::to_string(further.remains.last.term)}}));
  }
  return json_array(all);
}

}  // namespace

std::string labels_of(const RecoveryPlan& plan, const std::vector<NodeId>& nodes) {
  std::string text;
  for (const auto& node : nodes) {
    text += (text.empty() ? "" : ", ") + label_of(plan, node);
  }
  return text;
}

std::string plan_text(const RecoveryPlan& plan) {
  auto text = fmt::format("cluster {}, directory {} in {}\n", plan.cluster,
                          label_of(plan, plan.survivor.id), plan.survivor.folder);
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    text += group_text(plan, plan.survivor.groups[i], plan.groups[i]);
  }
  for (const auto& further : plan.further) {
    text +=
        fmt::format("group {}: {} is further: last {}; what only it has would be lost\n",
                    number_of(further.remains), further.folder, entry_text(further.remains.last));
  }
  if (!plan.lost_but_listed.empty()) {
    text +=
        fmt::format("first sign a node list without {}\n", labels_of(plan, plan.lost_but_listed));
  }
  return text;
}

std::string plan_json(const RecoveryPlan& plan, bool done) {
  return json_object({{"cluster", json_text(plan.cluster)},
                      {"directory", json_text(to_text(plan.survivor.id))},
                      {"data", json_text(plan.survivor.folder)},
                      {"done", json_bool(done)},
                      {"groups", groups_json(plan)},
                      {"lost", json_ids(plan.lost)},
                      {"lostButListed", json_ids(plan.lost_but_listed)},
                      {"further", further_json(plan)}});
}

std::string evidence_line(const RecoveryPlan& plan, WallTime now) {
  return json_object({{"time", json_text(time_text(now))},
                      {"cluster", json_text(plan.cluster)},
                      {"directory", json_text(to_text(plan.survivor.id))},
                      {"groups", groups_json(plan)},
                      {"further", further_json(plan)}}) +
         "\n";
}

}  // namespace hearth::cli::recovery
