#include "actors/replication/replica_report.hpp"

#include <algorithm>
#include <limits>

namespace hearth::replication {

namespace {

std::uint32_t milliseconds(Instant::duration since) {
  const auto count = std::chrono::duration_cast<Millis>(since).count();
  return static_cast<std::uint32_t>(
      std::clamp<Millis::rep>(count, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

ReplicaDescribed describe(GroupId group, const GroupReplica& replica, Instant now) {
  const auto& raft = replica.raft();
  const auto& log = raft.log();
  ReplicaDescribed described;
  described.group = group;
  described.role = raft.role();
  described.term = raft.term();
  described.leader = raft.leader();
  described.first_index = log.base().index + 1;
  described.last_index = log.last_index();
  described.committed = raft.committed();
  described.applied = replica.applied().index;
  described.log_bytes = log.bytes();
  described.members_index = log.configuration_index();
  described.members = log.configuration();
  described.recalled = raft.recalled();
  if (raft.role() == RaftRole::leader) {
    for (const auto& peer : raft.peers()) {
      described.followers.push_back(
          {peer.member.node, peer.progress.match(), milliseconds(now - peer.heard_at)});
    }
  }
  return described;
}

}  // namespace hearth::replication
