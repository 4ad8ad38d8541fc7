#include "nodes/drill/live_plan.hpp"

#include "sim/drill/driver.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace hearth::drill {
namespace {

Error refused(std::string detail) {
  return {ErrorCode::value_invalid, std::move(detail)};
}

bool is_of(const Node& node, const LiveProcess& process) {
  const bool is_service = node.role == Role::directory || node.role == Role::super_peer;
  return process.role == name_of(node.role) && (!is_service || process.region == node.region);
}

/// In the order of the cluster, each process once. Clients are people: they use the gateway.
Result<std::map<std::string, std::string>> match(const Topology& topology,
                                                 const ClusterStatus& cluster) {
  std::map<std::string, std::string> matched;
  std::vector<LiveProcess> left = cluster.processes;
  for (const auto& node : nodes_of(topology)) {
    if (node.role == Role::client) {
      continue;
    }
    const auto found = std::find_if(left.begin(), left.end(),
                                    [&node](const auto& process) { return is_of(node, process); });
    if (found == left.end()) {
      return refused(
          fmt::format("the drill has a {}, and the cluster no process for it", node.name));
    }
    matched.emplace(node.name, found->name);
    left.erase(found);
  }
  return matched;
}

Result<void> check_accounts(const Topology& topology, const ClusterStatus& cluster) {
  const auto& holder = cluster.processes.front().region;
  return topology.directories_per_region > 0 && topology.regions.front() != holder
             ? Result<void>(refused(
                   fmt::format("the accounts of the drill are in {}, those of the cluster in {}",
                               topology.regions.front(), holder)))
             : Result<void>();
}

void keep_live(FaultPlan& plan) {
  std::erase_if(plan, [](const Fault& fault) { return !has_live_form(fault.action); });
}

/// Somebody at this end of a link has a process, or everybody is meant.
bool has_process(const NodeChoice& end, const LivePlan& plan) {
  const auto nodes = candidates(end, plan.drill.topology);
  return end.empty() || std::any_of(nodes.begin(), nodes.end(), [&plan](const Node& node) {
           return plan.process_by_node.contains(node.name);
         });
}

Result<void> check_links(const FaultAction& action, const LivePlan& plan, bool network) {
  const auto* links = links_of(action);
  if (links == nullptr) {
    return {};
  }
  if (!network) {
    return refused(
        fmt::format("{} needs a network between the processes that can be disturbed: "
                    "start the cluster with --netns as well, as root",
                    name_of(action)));
  }
  return has_process(links->from, plan) && has_process(links->to, plan)
             ? Result<void>()
             : refused(fmt::format("{}: people who use the gateway have no link of their own",
                                   name_of(action)));
}

Result<void> check_nodes(const FaultAction& action, const LivePlan& plan) {
  for (const auto& node : struck_by(action, plan.drill.topology)) {
    if (!plan.process_by_node.contains(node.name)) {
      return refused(
          fmt::format("{} of {}: people who use the gateway have no process of their "
                      "own",
                      name_of(action), node.name));
    }
  }
  return {};
}

Result<void> check_faults(const LivePlan& plan, bool network) {
  for (const auto& fault : plan.drill.method) {
    for (const auto& checked :
         {check_links(fault.action, plan, network), check_nodes(fault.action, plan)}) {
      if (!checked) {
        return checked;
      }
    }
  }
  return {};
}

Result<void> check_probes(const Drill& drill) {
  const auto& bounds = drill.steady_state;
  if (std::none_of(bounds.begin(), bounds.end(),
                   [](const auto& bound) { return is_measured_live(bound.probe); })) {
    return refused("no probe of the drill's steady state can be measured from outside");
  }
  for (const auto& condition : drill.live.abort_if) {
    if (!is_measured_live(condition.probe)) {
      return refused(
          fmt::format("live.abort_if: {} cannot be measured from outside, so nobody "
                      "would abort",
                      condition.probe));
    }
  }
  return {};
}

std::vector<std::string> not_measured(const Drill& drill) {
  std::vector<std::string> names = {"rpo_events", "presence_staleness"};
  for (const auto& bound : drill.steady_state) {
    if (!is_measured_live(bound.probe)) {
      names.push_back(bound.probe);
    }
  }
  return names;
}

}  // namespace

bool is_measured_live(std::string_view probe) {
  static constexpr std::array<std::string_view, 8> names = {
      "browse.success_ratio",    "browse.p99",      "home.reachable_ratio", "stream.success_ratio",
      "session.connected_ratio", "stream.open_p99", "stream.gap_p95",       "error.lines"};
  return std::find(names.begin(), names.end(), probe) != names.end();
}

const LinkChoice* links_of(const FaultAction& action) {
  return std::visit(
      [](const auto& fault) -> const LinkChoice* {
        if constexpr (requires { fault.links; }) {
          return &fault.links;
        } else {
          return nullptr;
        }
      },
      action);
}

std::vector<Node> struck_by(const FaultAction& action, const Topology& topology) {
  const auto nodes = [&topology](const auto& fault) -> std::vector<Node> {
    if constexpr (requires { fault.nodes; }) {
      return candidates(fault.nodes, topology);
    } else if constexpr (requires { fault.region; }) {
      NodeChoice choice;
      choice.region = fault.region;
      auto all = candidates(choice, topology);
      std::erase_if(all, [](const Node& node) {
        return node.role != Role::directory && node.role != Role::super_peer;
      });
      return all;
    } else {
      return {};
    }
  };
  return std::visit(nodes, action);
}

Result<LivePlan> plan_live(const Drill& drill, const ClusterStatus& cluster) {
  LivePlan plan;
  plan.drill = drill;
  plan.drill.sim = {};
  keep_live(plan.drill.method);
  keep_live(plan.drill.rollback);
  auto matched = match(drill.topology, cluster);
  if (!matched) {
    return matched.error();
  }
  plan.process_by_node = std::move(matched.value());
  if (plan.drill.method.empty() && !drill.method.empty()) {
    return refused("the simulator alone can make the faults of this drill");
  }
  for (const auto& checked : {check_accounts(drill.topology, cluster),
                              check_faults(plan, cluster.network), check_probes(drill)}) {
    if (!checked) {
      return checked.error();
    }
  }
  plan.not_measured = not_measured(drill);
  return plan;
}

}  // namespace hearth::drill
