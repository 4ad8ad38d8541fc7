#pragma once
// How a replica is, and who shall be a member: what directories ask each other for an operator.

#include "messages/base/ids.hpp"
#include "messages/envelope/message_kind.hpp"
#include "messages/replication/configuration.hpp"
#include "messages/replication/raft_types.hpp"

#include <cstdint>
#include <vector>

namespace hearth::replication {

/// "How is your replica?" To the actor "replicas" of a directory.
struct DescribeReplica {
  static constexpr MessageKind kind = MessageKind::describe_replica;
  GroupId group{};
  friend bool operator==(const DescribeReplica&, const DescribeReplica&) = default;
};

/// What a leader knows of another member.
struct FollowerState {
  NodeId node;
  Index match = 0;              ///< All up to here is on its disk.
  std::uint32_t silent_ms = 0;  ///< Since it was heard last.
  friend bool operator==(const FollowerState&, const FollowerState&) = default;
};

struct ReplicaDescribed {
  static constexpr MessageKind kind = MessageKind::replica_described;
  GroupId group{};
  RaftRole role = RaftRole::follower;
  Term term = 0;
  NodeId leader;          ///< Zero: none is known.
  Index first_index = 0;  ///< Of its log.
  Index last_index = 0;
  Index committed = 0;
  Index applied = 0;  ///< And durable.
  std::uint64_t log_bytes = 0;
  Index members_index = 0;  ///< Of the entry that `members` come from; 0: of none.
  Configuration members;    ///< As its log has them, committed or not.
  bool recalled = false;    ///< Else it does not know yet that its disk is what it was.
  std::vector<FollowerState> followers;  ///< Of a leader; at most `Configuration::members_max`.
  friend bool operator==(const ReplicaDescribed&, const ReplicaDescribed&) = default;
};

/// To the leader: `members` shall follow those of `members_index`. May be repeated: an index that
/// has moved is refused.
struct ChangeMembers {
  static constexpr MessageKind kind = MessageKind::change_members;
  GroupId group{};
  Index members_index = 0;
  Configuration members;
  friend bool operator==(const ChangeMembers&, const ChangeMembers&) = default;
};

/// The change is in the leader's log. It is done when the entry is committed.
struct MembersProposed {
  static constexpr MessageKind kind = MessageKind::members_proposed;
  Index index = 0;
  friend bool operator==(const MembersProposed&, const MembersProposed&) = default;
};

}  // namespace hearth::replication
