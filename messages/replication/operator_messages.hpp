#pragma once
// What an operator's command and a directory of the same machine say to each other, on a unix
// socket that only the directory's user can open: one order, one answer.

#include "messages/base/error.hpp"
#include "messages/replication/member_messages.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hearth::replication {

/// "How are the replicas of `group`?"
struct SurveyGroup {
  GroupId group{};
  friend bool operator==(const SurveyGroup&, const SurveyGroup&) = default;
};

struct OperatorOrder {
  std::variant<SurveyGroup, ChangeMembers> what;
  friend bool operator==(const OperatorOrder&, const OperatorOrder&) = default;
};

struct DirectoryReport {
  NodeId node;
  std::string region;                       ///< Empty: the node list does not have it.
  std::optional<ReplicaDescribed> replica;  ///< Nothing: it did not answer.
  friend bool operator==(const DirectoryReport&, const DirectoryReport&) = default;
};

/// All directories of the node list, and members that it lacks.
struct ClusterSurvey {
  /// So that the answer fits a packet of the socket, whatever the directories say.
  static constexpr std::size_t directories_max = 32;

  NodeId self;  ///< Who asked the others.
  std::vector<DirectoryReport> directories;
  std::uint32_t groups = 1;  ///< That there are in all, from group 0 on.
  friend bool operator==(const ClusterSurvey&, const ClusterSurvey&) = default;
};

struct OperatorAnswer {
  static constexpr std::size_t detail_bytes_max = 1024;

  std::variant<ClusterSurvey, MembersProposed, Error> what;
  friend bool operator==(const OperatorAnswer&, const OperatorAnswer&) = default;
};

}  // namespace hearth::replication
