#pragma once
// What directories say to each other for the groups that they replicate, and what an entry holds
// that a group's machines decided.

#include "messages/base/ids.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/message_kind.hpp"
#include "messages/replication/raft_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication {

/// A `Message` of one group. Who sends it, and to whom, is what the link has proven.
struct GroupMessage {
  GroupId group{};
  Term term = 0;
  Body body;
  /// Of a `SnapshotChunk`, and of nothing else: its rows, see docs/formats/replication.md. At most
  /// `limits::snapshot_chunk_bytes_max`.
  Bytes chunk;
  friend bool operator==(const GroupMessage&, const GroupMessage&) = default;
};

/// All that a directory has to say to another in one turn, to the actor "replicas": a tell of the
/// class consensus. In several frames where it is much, see `frames_of`.
struct ReplicationFrame {
  static constexpr MessageKind kind = MessageKind::replication_frame;
  std::vector<GroupMessage> messages;  ///< At most `limits::replication_messages_max`.
  friend bool operator==(const ReplicationFrame&, const ReplicationFrame&) = default;
};

/// The most bytes that `message` takes in a frame.
[[nodiscard]] std::size_t encoded_bytes_max(const GroupMessage& message);

/// Frames that fit an envelope each, with `messages` in their order. Precondition: every message is
/// within its limits, so that it fits a frame alone.
[[nodiscard]] std::vector<ReplicationFrame> frames_of(std::vector<GroupMessage> messages);

// ---- payloads of entries ----

/// Followers write rows as they are told and derive nothing: replicas of different versions cannot
/// come to different states.
struct RowChange {
  std::string key;             ///< 1 to `limits::replicated_row_key_bytes_max` bytes.
  std::optional<Bytes> value;  ///< Nothing: the row is removed.
  friend bool operator==(const RowChange&, const RowChange&) = default;
};

/// What one stream of a group gets: events, and the rows that they change.
struct StreamEvents {
  std::uint64_t stream = 0;
  std::vector<Bytes> records;
  std::vector<RowChange> rows;
  friend bool operator==(const StreamEvents&, const StreamEvents&) = default;
};

/// What an entry of the kind `events` carries: decided at once, applied at once.
struct GroupEvents {
  static constexpr std::size_t encoded_bytes_max = limits::raft_entry_bytes_max;
  static constexpr std::size_t streams_max = 256;
  static constexpr std::size_t records_max = 16'384;  ///< Of each stream.
  static constexpr std::size_t rows_max = 16'384;     ///< Likewise.

  /// Of the group's last event before these: its events are numbered over all its streams.
  std::uint64_t sequence = 0;
  std::vector<StreamEvents> streams;
  friend bool operator==(const GroupEvents&, const GroupEvents&) = default;
};

}  // namespace hearth::replication
