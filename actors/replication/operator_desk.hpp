#pragma once
// What a directory asks the others: for an operator, how all replicas of a group are, and to change
// the members, which the leader alone can; for itself, who leads. Pure; used by `replicas`.

#include "actors/runtime/step.hpp"
#include "messages/replication/operator_messages.hpp"
#include "messages/seal/node_list.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication {

/// A directory of the node list.
struct ListedDirectory {
  NodeId node;
  std::string region;
};

/// In the order of the list.
[[nodiscard]] std::vector<ListedDirectory> listed_directories(const seal::NodeList& list);

/// From the node to `replicas`; `id` comes back with the answer.
struct OperatorRequest {
  std::uint64_t id = 0;
  OperatorOrder order;
};
struct OperatorReply {
  std::uint64_t id = 0;
  OperatorAnswer answer;
};

class OperatorDesk {
 public:
  /// How long another directory may take.
  static constexpr Millis patience{2000};

  struct LeaderTold {
    GroupId group{};
    NodeId leader;  ///< Zero: nobody.
  };
  /// What is to be done after an input.
  struct Turn {
    std::vector<Ask> asks;
    std::vector<OperatorReply> replies;
    std::optional<LeaderTold> leader;
  };

  OperatorDesk() = default;
  /// Of `groups` groups.
  OperatorDesk(NodeId self, std::vector<ListedDirectory> listed, std::uint32_t groups = 1);

  [[nodiscard]] const std::vector<ListedDirectory>& listed() const { return listed_; }
  void replace_listed(std::vector<ListedDirectory> listed) { listed_ = std::move(listed); }
  [[nodiscard]] bool lists(const NodeId& node) const;
  /// Who led `group` as its last survey showed. Zero: nobody.
  [[nodiscard]] NodeId leader_seen(GroupId group) const;

  /// Asks all directories; `own` is our replica of the group. The first
  /// `ClusterSurvey::directories_max` are asked, members first. One that was silent when it was
  /// asked about another group is not waited for: it would take as long again for each group.
  [[nodiscard]] Turn survey(std::uint64_t id, const ReplicaDescribed& own);
  /// Hands a change on to `leader`, which is another directory.
  [[nodiscard]] Turn pass_on(std::uint64_t id, const ChangeMembers& change, const NodeId& leader);
  /// Asks another directory who leads, the next one each time: some may not answer.
  [[nodiscard]] Turn seek_leader(GroupId group);
  [[nodiscard]] Turn answered(const Answered& input);

 private:
  enum class Purpose : std::uint8_t { survey, change, leader, probe };
  struct Survey {
    ClusterSurvey found;
    std::size_t awaited = 0;
    GroupId group{};
  };
  struct Asked {
    Purpose purpose = Purpose::survey;
    std::uint64_t id = 0;   // of the request
    std::size_t place = 0;  // in the survey
    GroupId group{};
    NodeId node;
  };

  template <class Message>
  [[nodiscard]] Ask ask(const Message& message, Asked asked);
  void take_replica(const Asked& asked, const Result<Envelope>& answer, Turn& turn);
  void end(std::uint64_t id, Turn& turn);

  NodeId self_;
  std::vector<ListedDirectory> listed_;
  std::uint32_t groups_ = 1;
  std::map<std::uint64_t, Survey> surveys_;  // by request
  std::map<std::uint64_t, Asked> asked_;     // by token
  std::uint64_t token_last_ = 0;
  std::size_t sought_last_ = 0;  // of those that are listed
  std::map<GroupId, NodeId> leader_seen_;
  std::map<NodeId, GroupId> silent_;  // when they were asked about this group
};

}  // namespace hearth::replication
