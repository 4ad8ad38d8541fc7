#pragma once
// The way back for a group that has lost a majority of its voters for good: one replica that is
// left becomes the only voter. Nothing here can know whether the others are gone; operators say so,
// and see to it that none of them is ever let in again. docs/operating/quorum_loss.md. Pure.
//
// All that is in the replica's log stays, committed or not: what a majority has acknowledged may be
// in it alone. What is gone is what a majority acknowledged without it.

#include "messages/base/result.hpp"
#include "messages/replication/raft_types.hpp"
#include "storage/event_log.hpp"

#include <compare>
#include <optional>
#include <vector>

namespace hearth::replication {

/// Terms that a recovery skips: more than elections that it cannot know of have used. It keeps
/// nobody out, for a majority of before that lives goes on counting: their ids must be struck.
inline constexpr Term recovery_terms_skipped = 1'000'000;

/// What one replica has of a group.
struct GroupRemains {
  GroupId group{};
  HardState hard_state;
  SnapshotId last;        ///< The last entry of its log.
  Index applied = 0;      ///< Committed at least up to here.
  Configuration members;  ///< The newest in its log, committed or not.
  Index members_index = 0;
  friend bool operator==(const GroupRemains&, const GroupRemains&) = default;
};

[[nodiscard]] GroupRemains remains_of(GroupId group, Recovered recovered);

/// Less: the log of `one` is behind that of `other`, as votes compare them. Of replicas that are
/// left, one that is behind nobody has all that any of them knows to be acknowledged.
[[nodiscard]] std::strong_ordering compare_logs(const GroupRemains& one, const GroupRemains& other);

/// What a recovery puts behind what is there.
struct GroupRecovery {
  HardState hard_state;  ///< Of a later term, in which nobody has been voted for.
  Entry members;         ///< `self` alone, from this entry of that term on.
};

/// Nothing where `self` is the only voter already. Errors: `not_found` where it is no member: its
/// log ended when it was removed, or never began.
[[nodiscard]] Result<std::optional<GroupRecovery>> recovery_of(const GroupRemains& remains,
                                                               const NodeId& self);

/// Of the log of the node of the replica.
[[nodiscard]] storage::Append append_of(GroupId group, const GroupRecovery& recovery);

}  // namespace hearth::replication
