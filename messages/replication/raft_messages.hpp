#pragma once
// What replicas of a group say to each other. Any of these may be lost, late, doubled or
// reordered; the machine checks each before it uses it.

#include "messages/replication/raft_types.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace hearth::replication {

/// Source: Raft paper 5.2, thesis 9.6 (pre-vote) and 3.10 (transfer).
struct VoteRequest {
  Index last_index = 0;
  Term last_term = 0;
  bool pre = false;       ///< Asks what would be; the message's term is the one it would have.
  bool transfer = false;  ///< The leader wants this election: its lease does not count.
  friend bool operator==(const VoteRequest&, const VoteRequest&) = default;
};
struct VoteReply {
  bool pre = false;
  bool granted = false;
  friend bool operator==(const VoteReply&, const VoteReply&) = default;
};

/// Source: Raft paper 5.3.
struct Append {
  Index prev_index = 0;
  Term prev_term = 0;
  Index commit = 0;
  std::vector<Entry> entries;  ///< From `prev_index` + 1 on.
  friend bool operator==(const Append&, const Append&) = default;
};
/// Everything up to `index` is the leader's and on the sender's disk.
struct AppendAccepted {
  Index index = 0;
  friend bool operator==(const AppendAccepted&, const AppendAccepted&) = default;
};
/// The sender has no such entry as `prev_index` names. Where its log may agree with the leader's:
/// at `hint_index` at the latest, where it has `hint_term`.
struct AppendRejected {
  Index prev_index = 0;
  Index hint_index = 0;
  Term hint_term = 0;
  friend bool operator==(const AppendRejected&, const AppendRejected&) = default;
};

/// "What you had applied at `stamp` of your own clock, of what was committed then, is all there as
/// soon as you have applied `index`": no two clocks are compared.
struct Confirmation {
  Instant stamp;
  Index index = 0;
  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

/// Promises and asks for nothing on a disk: never waits for one.
struct Heartbeat {
  Index commit = 0;         ///< At most what the receiver is known to have.
  std::uint64_t round = 0;  ///< Numbers rounds of heartbeats of a term, for ReadIndex.
  Confirmation confirmation;
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};
struct HeartbeatReply {
  std::uint64_t round = 0;
  Instant stamp;  ///< The sender's clock.
  friend bool operator==(const HeartbeatReply&, const HeartbeatReply&) = default;
};

/// One chunk of a snapshot. Its bytes travel beside this message and are the shells' business.
struct SnapshotChunk {
  Snapshot snapshot;
  std::uint32_t position = 0;
  std::uint32_t chunks = 0;  ///< In all.
  friend bool operator==(const SnapshotChunk&, const SnapshotChunk&) = default;
};
/// All chunks below `next` of the snapshot are staged at the sender.
struct SnapshotReply {
  SnapshotId id;
  std::uint32_t next = 0;
  friend bool operator==(const SnapshotReply&, const SnapshotReply&) = default;
};

/// Campaign now: you have all I have. Source: Raft thesis 3.10.
struct TimeoutNow {
  friend bool operator==(const TimeoutNow&, const TimeoutNow&) = default;
};

/// "What have you seen of me?" asks a replica that has started again.
struct RecallRequest {
  friend bool operator==(const RecallRequest&, const RecallRequest&) = default;
};
/// The highest term that the receiver has shown the sender, and in it the highest index that it
/// said was on its disk.
struct RecallReply {
  Term term = 0;
  Index index = 0;
  friend bool operator==(const RecallReply&, const RecallReply&) = default;
};

using Body = std::variant<VoteRequest, VoteReply, Append, AppendAccepted, AppendRejected, Heartbeat,
                          HeartbeatReply, SnapshotChunk, SnapshotReply, TimeoutNow, RecallRequest,
                          RecallReply>;

struct Message {
  NodeId from;  ///< As the link has proven it.
  NodeId to;
  Term term = 0;
  Body body;
};

}  // namespace hearth::replication
