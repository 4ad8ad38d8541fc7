#pragma once

#include "actors/replication/group_replica.hpp"
#include "messages/replication/member_messages.hpp"

namespace hearth::replication {

/// How `replica` of `group` is now, for operators.
[[nodiscard]] ReplicaDescribed describe(GroupId group, const GroupReplica& replica, Instant now);

}  // namespace hearth::replication
