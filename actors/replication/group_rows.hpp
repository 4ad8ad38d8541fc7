#pragma once
// The rows in which a replica keeps its group: docs/formats/replication.md has the bytes. All
// readers answer `log_corrupt` for what their writer does not write.

#include "actors/replication/group_streams.hpp"
#include "actors/replication/row_hash.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/result.hpp"
#include "messages/replication/raft_types.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::replication {

// ---- the stream of the Raft log ----

inline constexpr std::string_view base_key = "b";
inline constexpr std::string_view hard_state_key = "h";
inline constexpr char entry_prefix = 'e';

/// Where the log begins, and whose rows stand for what is before.
struct LogBase {
  Generation generation = 0;
  Snapshot snapshot;
  friend bool operator==(const LogBase&, const LogBase&) = default;
};

[[nodiscard]] Bytes encode(const LogBase& base);
[[nodiscard]] Result<LogBase> decode_base(BytesView bytes);

[[nodiscard]] Bytes encode(const HardState& state);
[[nodiscard]] Result<HardState> decode_hard_state(BytesView bytes);

[[nodiscard]] std::string entry_key(Index index);
/// The index stands in the key.
[[nodiscard]] Bytes encode(const Entry& entry);
[[nodiscard]] Result<Entry> decode_entry(std::string_view key, BytesView bytes);

// ---- a stream of rows: a snapshot is all of them but the mark ----

inline constexpr std::string_view applied_key{"\x00", 1};
inline constexpr std::string_view mark_key{"\x01", 1};  ///< In front of rows that are staged.
inline constexpr char sequence_prefix = 2;
inline constexpr char row_prefix = 3;
inline constexpr std::size_t row_prefix_bytes = 9;  ///< Of the rows of one stream.

static_assert(row_prefix_bytes + limits::replicated_row_key_bytes_max <=
              storage::row_key_bytes_max);

/// What the rows beside it have applied.
struct Applied {
  Index index = 0;
  storage::Sequence sequence = 0;  ///< Of the group's last event.
  RowHash hash;                    ///< Of all rows but this one.
  friend bool operator==(const Applied&, const Applied&) = default;
};

[[nodiscard]] Bytes encode(const Applied& applied);
[[nodiscard]] Result<Applied> decode_applied(BytesView bytes);
/// Of the rows of `group` that count in `log`. Nothing: it has applied nothing.
[[nodiscard]] Result<std::optional<Applied>> read_applied(const storage::LogReader& log,
                                                          GroupId group);

/// How much of a snapshot is there.
struct StagingMark {
  Staged staged;
  RowHash hash;  ///< Of the rows so far.
  friend bool operator==(const StagingMark&, const StagingMark&) = default;
};

[[nodiscard]] Bytes encode(const StagingMark& mark);
[[nodiscard]] Result<StagingMark> decode_mark(BytesView bytes);

/// Of the number of events that a stream of the group has.
[[nodiscard]] std::string sequence_key(storage::StreamId stream);
[[nodiscard]] Bytes encode_sequence(storage::Sequence sequence);
[[nodiscard]] Result<storage::Sequence> decode_sequence(BytesView bytes);
/// Precondition: a key of `sequence_key`, or of `row_key`.
[[nodiscard]] storage::StreamId stream_in(std::string_view key);

/// Of the row `key` of one of the group's streams.
[[nodiscard]] std::string row_key(storage::StreamId stream, std::string_view key);

}  // namespace hearth::replication
