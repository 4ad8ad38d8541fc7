#pragma once
// What of a drill can be done to a cluster that runs. Pure.

#include "nodes/drill/live_cluster.hpp"
#include "sim/drill/plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace hearth::drill {

struct LivePlan {
  /// Without the faults that only the simulator can make, and without `[sim]`.
  Drill drill;
  std::map<std::string, std::string> process_by_node;  ///< "eu/directory/1": "directory-eu".
  std::vector<std::string> not_measured;  ///< Objectives and probes that cannot be seen.
};

/// Probes that somebody outside can measure.
[[nodiscard]] bool is_measured_live(std::string_view probe);

/// Errors: `value_invalid`, when the cluster has not what the drill names, when nothing of its
/// faults or of its steady state is left, or when nobody could watch what should abort it.
[[nodiscard]] Result<LivePlan> plan_live(const Drill& drill, const ClusterStatus& cluster);

/// Null: the fault is not about links.
[[nodiscard]] const LinkChoice* links_of(const FaultAction& action);

/// The nodes whose processes the fault may strike. None: it is about links, or all.
[[nodiscard]] std::vector<Node> struck_by(const FaultAction& action, const Topology& topology);

}  // namespace hearth::drill
