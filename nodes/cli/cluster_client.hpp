#pragma once
// The way from `hearth cluster` to a directory of the same user, and what it is asked.

#include "messages/base/result.hpp"
#include "messages/replication/operator_messages.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hearth::cli {

class ClusterClient {
 public:
  /// `data` is the folder of a directory; empty: those that run here, of one cluster.
  /// Errors: `unreachable` (none runs), `value_invalid` (of several clusters).
  [[nodiscard]] static Result<ClusterClient> find(const std::filesystem::path& data);

  /// How all directories are with `group`, as one that answers sees them. Blocks for some seconds
  /// at most. Errors: `unreachable`, `timed_out`, `not_found` (no replica of the group).
  [[nodiscard]] Result<replication::ClusterSurvey> survey(GroupId group) const;
  /// Likewise, of every group, from the first on.
  [[nodiscard]] Result<std::vector<replication::ClusterSurvey>> survey_all() const;

  /// Blocks likewise. Errors: what the leader says, see `GroupReplica::change`; or the above.
  [[nodiscard]] Result<replication::MembersProposed> change(
      const replication::ChangeMembers& change) const;

 private:
  explicit ClusterClient(std::vector<std::filesystem::path> sockets)
      : sockets_(std::move(sockets)) {}

  [[nodiscard]] Result<replication::OperatorAnswer> ask(
      const replication::OperatorOrder& order) const;

  std::vector<std::filesystem::path> sockets_;  // at least one
};

}  // namespace hearth::cli
