#pragma once
// The event log is the only durable state in Hearth: everything else can be rebuilt by replaying
// it. Streams of opaque records, one stream per aggregate; what a record means is the business of
// messages/ and actors/. docs/formats/event_log.md has the bytes.
//
// The log is asynchronous. Actors never see this class: they send `Append`s to the node's
// log-writer actor and get a message back when theirs is durable. The log-writer keeps one
// numbered `Batch` over all streams at the disk while the next one gathers.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hearth::storage {

enum class StreamId : std::uint64_t {};

/// Position of a record in its stream. The first record has number 1; 0 is before the first.
using Sequence = std::uint64_t;

/// Batches of one log are numbered without gaps from 1. 0 is before the first.
using BatchNumber = std::uint64_t;

inline constexpr std::size_t row_key_bytes_max = 256;

/// A row of a projection: what the events of a stream add up to. Written in the same batch as they
/// are, so a projection always stands at the last sequence of its stream.
struct Row {
  std::string key;             ///< 1 to `row_key_bytes_max` bytes, unique in its projection.
  std::optional<Bytes> value;  ///< Nothing: delete the row.
};

/// What one aggregate wants remembered. All of it becomes durable at once, or none.
struct Append {
  StreamId stream{};
  Sequence expected = 0;       ///< The last sequence that the writer knows of.
  std::vector<Bytes> records;  ///< Get the numbers from `expected` + 1 on.
  std::vector<Row> rows;       ///< Of the projection of the same stream.
  /// State after the last record, of which there is one: replay may begin there.
  std::optional<Bytes> snapshot;
  /// Records below may go; those that no durable snapshot stands for are kept all the same.
  Sequence trim_below = 0;
};

struct Batch {
  BatchNumber number = 0;
  std::vector<Append> appends;
};

struct Snapshot {
  Sequence sequence = 0;  ///< Of the last record that is in it.
  Bytes state;
};

/// Threads: `commit` from one caller at a time; the readers from any thread. Owned by the node,
/// outlives its actors.
class EventLog {
 public:
  using Done = std::function<void(Result<void>)>;
  using Visitor = std::function<Result<void>(Sequence, BytesView record)>;
  using RowVisitor = std::function<Result<void>(std::string_view key, BytesView value)>;

  EventLog() = default;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  virtual ~EventLog() = default;

  /// Makes `batch` durable. Returns at once; `done` is called exactly once, later, from any
  /// thread, never from inside this call. One batch at a time: the next one only after `done`.
  ///
  /// Errors to `done`: `sequence_moved` (an append does not follow its stream; nothing was
  /// written), `disk_full`, `disk_failed` (outcome unknown). After the last two the log takes no
  /// more: the node must stop and recover.
  virtual void commit(Batch batch, Done done) = 0;

  /// The last batch that was made durable, in this life or before.
  [[nodiscard]] virtual BatchNumber last_batch() const = 0;

  /// The last durable sequence of `stream`, 0 for one never written.
  [[nodiscard]] virtual Result<Sequence> last_sequence(StreamId stream) const = 0;

  /// Visits the records of `stream` numbered above `after`, in order.
  /// Errors: `log_corrupt` (checksum, gap, `after` trimmed away), `format_newer`, or whatever
  /// `visit` returned.
  virtual Result<void> replay(StreamId stream, Sequence after, const Visitor& visit) const = 0;

  /// The newest snapshot of `stream`, if there is one. Errors: `log_corrupt`, `format_newer`.
  [[nodiscard]] virtual Result<std::optional<Snapshot>> snapshot(StreamId stream) const = 0;

  /// One row of the projection of `stream`. Errors: `log_corrupt`.
  [[nodiscard]] virtual Result<std::optional<Bytes>> row(StreamId stream,
                                                         std::string_view key) const = 0;
  /// Rows whose key begins with `prefix`, in order of key.
  virtual Result<void> rows(StreamId stream, std::string_view prefix,
                            const RowVisitor& visit) const = 0;

  /// Visits the id of every stream that has records, in order.
  virtual Result<void> streams(const std::function<void(StreamId)>& visit) const = 0;
};

}  // namespace hearth::storage
