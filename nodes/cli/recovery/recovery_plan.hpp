#pragma once
// What `hearth cluster recover` would do, and what speaks against it. Pure: folders are read, and
// written, by who calls.

#include "actors/replication/quorum_recovery.hpp"
#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/cluster_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hearth::cli::recovery {

/// A directory whose disk is left.
struct Survivor {
  std::string folder;
  NodeId id;
  std::vector<replication::GroupRemains> groups;  ///< All of the cluster, in order.
};

/// A group of which another folder has more.
struct Further {
  std::string folder;
  replication::GroupRemains remains;
};

struct RecoveryPlan {
  std::string cluster;
  Survivor survivor;  ///< Which becomes the only voter.
  /// Of each group of `survivor`; nothing: it is the only voter already.
  std::vector<std::optional<replication::GroupRecovery>> groups;
  std::vector<Further> further;
  std::vector<NodeId> lost;              ///< All other members, of any group, each once.
  std::vector<seal::ListedNode> listed;  ///< Of the node list: to name directories by.
  std::vector<NodeId> lost_but_listed;   ///< They could still be let in.
};

/// Errors: `not_found` (it is no member of a group), `identity_unknown` (`list` does not name it as
/// a directory), `value_invalid` (a folder of `beside` is its own).
[[nodiscard]] Result<RecoveryPlan> plan_recovery(const Cluster& cluster, const seal::NodeList& list,
                                                 Survivor survivor,
                                                 const std::vector<Survivor>& beside);

/// Whether nothing is left to do.
[[nodiscard]] bool is_done(const RecoveryPlan& plan);

/// Errors: `value_invalid`: the node list still names who is lost, or another folder has more and
/// `even_if_behind` does not say that this is known.
[[nodiscard]] Result<void> check_plan(const RecoveryPlan& plan, bool even_if_behind);

/// Everything that is written, for one batch.
[[nodiscard]] std::vector<storage::Append> appends_of(const RecoveryPlan& plan);

}  // namespace hearth::cli::recovery
