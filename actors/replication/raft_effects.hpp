#pragma once
// What a machine wants done, and in which order.

#include "messages/base/error.hpp"
#include "messages/replication/raft_messages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hearth::replication {

/// One write of a group, to become durable as a whole and after all writes before it. The
/// log-writer takes it as one append.
struct Write {
  WriteNumber number = 0;  ///< For `persisted`.
  std::optional<HardState> hard_state;
  /// Switch to this staged snapshot: log and state of before are gone, the log begins after it.
  std::optional<Snapshot> snapshot;
  /// In place of whatever the log has from the first one's index on.
  std::vector<Entry> entries;
};

/// The shell keeps the chunk that came from `from`, as number `position` of the staged snapshot;
/// position 0 drops what was staged before.
struct StageChunk {
  NodeId from;
  SnapshotId id;
  std::uint32_t chunks = 0;
  std::uint32_t position = 0;
  friend bool operator==(const StageChunk&, const StageChunk&) = default;
};

/// The read with this token may be answered from state that has `index` applied.
struct ReadReady {
  std::uint64_t token = 0;
  Index index = 0;
};

struct Leadership {
  RaftRole role = RaftRole::follower;
  Term term = 0;
  NodeId leader;  ///< Zero: unknown.
  friend bool operator==(const Leadership&, const Leadership&) = default;
};

/// The outcome of a turn: to be executed in the order of the fields.
///
/// Whatever depends on the disk is not in here before `persisted` said that it is durable: the
/// machine holds votes and acknowledgements back itself. So `messages` may leave at once, before
/// `write` is durable, and the leader's own sync is nothing that a commit waits for.
struct Effects {
  std::optional<Error> stop;  ///< This replica cannot go on; nothing else is set.
  /// Changed. Who is no longer leader drops its reads and what it has proposed.
  std::optional<Leadership> leadership;
  std::vector<StageChunk> stage;  ///< Through the same log-writer, so before a `write` of it.
  std::optional<Write> write;
  std::vector<Message> messages;
  /// To be applied, in order. Behind `write` in the same log-writer: a state never becomes durable
  /// before the entries that it comes from, or the snapshot that it goes on from.
  std::vector<Entry> committed;
  std::vector<ReadReady> reads;
  bool open_snapshot = false;  ///< Open one of the applied state, and say `snapshot_opened`.

  void clear();
};

}  // namespace hearth::replication
