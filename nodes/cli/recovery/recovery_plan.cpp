#include "nodes/cli/recovery/recovery_plan.hpp"

#include "nodes/cli/recovery/recovery_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::cli::recovery {

namespace {

using replication::GroupRemains;

bool names(const seal::NodeList& list, const NodeId& id) {
  return list.find(id) != nullptr;
}

Result<void> check_survivor(const Cluster& cluster, const seal::NodeList& list,
                            const Survivor& survivor, const std::vector<Survivor>& beside) {
  const auto* entry = list.find(survivor.id);
  if (entry == nullptr || entry->role != Role::directory) {
    return Error{ErrorCode::identity_unknown,
                 fmt::format("the node list of {} does not name {}, the directory in {}: it would "
                             "not start",
                             cluster.name, to_text(survivor.id), survivor.folder)};
  }
  const auto is_own = [&survivor](const Survivor& other) { return other.id == survivor.id; };
  if (std::any_of(beside.begin(), beside.end(), is_own)) {
    return Error{ErrorCode::value_invalid, "--beside names the folder of --data, or a copy of it"};
  }
  return {};
}

/// Members that are not `self`, of any group.
std::vector<NodeId> others_of(const std::vector<GroupRemains>& groups, const NodeId& self) {
  std::vector<NodeId> others;
  for (const auto& group : groups) {
    for (const auto& member : group.members.members) {
      const bool is_known = std::find(others.begin(), others.end(), member.node) != others.end();
      if (member.node != self && !is_known) {
        others.push_back(member.node);
      }
    }
  }
  return others;
}

std::vector<Further> further_than(const std::vector<GroupRemains>& own,
                                  const std::vector<Survivor>& beside) {
  std::vector<Further> further;
  for (std::size_t i = 0; i < own.size(); ++i) {
    for (const auto& other : beside) {
      if (replication::compare_logs(own[i], other.groups[i]) < 0) {
        further.push_back({other.folder, other.groups[i]});
      }
    }
  }
  return further;
}

}  // namespace

Result<RecoveryPlan> plan_recovery(const Cluster& cluster, const seal::NodeList& list,
                                   Survivor survivor, const std::vector<Survivor>& beside) {
  if (auto fits = check_survivor(cluster, list, survivor, beside); !fits) {
    return fits.error();
  }
  RecoveryPlan plan;
  plan.cluster = cluster.name;
  for (const auto& group : survivor.groups) {
    auto recovery = replication::recovery_of(group, survivor.id);
    if (!recovery) {
      return recovery.error();
    }
    plan.groups.push_back(std::move(recovery.value()));
  }
  plan.further = further_than(survivor.groups, beside);
  plan.lost = others_of(survivor.groups, survivor.id);
  plan.listed = list.nodes;
  std::copy_if(plan.lost.begin(), plan.lost.end(), std::back_inserter(plan.lost_but_listed),
               [&list](const NodeId& id) { return names(list, id); });
  plan.survivor = std::move(survivor);
  return plan;
}

bool is_done(const RecoveryPlan& plan) {
  return std::none_of(plan.groups.begin(), plan.groups.end(),
                      [](const auto& recovery) { return recovery.has_value(); });
}

Result<void> check_plan(const RecoveryPlan& plan, bool even_if_behind) {
  if (!plan.lost_but_listed.empty()) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("the node list still names {}: sign one without those that are lost, "
                             "give it to all nodes, and come back with it",
                             labels_of(plan, plan.lost_but_listed))};
  }
  if (!plan.further.empty() && !even_if_behind) {
    const auto& first = plan.further.front();
    return Error{ErrorCode::value_invalid,
                 fmt::format("{} has more of group {}: recover that one, or say --even-if-behind, "
                             "and what only it has is lost",
                             first.folder, static_cast<std::uint32_t>(first.remains.group))};
  }
  return {};
}

std::vector<storage::Append> appends_of(const RecoveryPlan& plan) {
  std::vector<storage::Append> appends;
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    if (plan.groups[i]) {
      appends.push_back(replication::append_of(plan.survivor.groups[i].group, *plan.groups[i]));
    }
  }
  return appends;
}

}  // namespace hearth::cli::recovery
