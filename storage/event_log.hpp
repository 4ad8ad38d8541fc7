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
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  std::vector<Bytes> records;  ///< Get the numbers from `expected` + 1 on; from 1 with `clear`.
  std::vector<Row> rows;       ///< Of the projection of the same stream.
  /// State after the last record, of which there is one: replay may begin there.
  std::optional<Bytes> snapshot;
  /// Records below may go; those that no durable snapshot stands for are kept all the same.
  Sequence trim_below = 0;
  /// First all goes that the stream had: records, rows, snapshot. It begins anew with this append.
  bool clear = false;

  /// The stream's last sequence after it.
  [[nodiscard]] Sequence last() const { return (clear ? 0 : expected) + records.size(); }
};

struct Batch {
  BatchNumber number = 0;
  std::vector<Append> appends;
};

struct Snapshot {
  Sequence sequence = 0;  ///< Of the last record that is in it.
  Bytes state;
};

/// What a log can be asked. Threads: any.
class LogReader {
 public:
  using Visitor = std::function<Result<void>(Sequence, BytesView record)>;
  using RowVisitor = std::function<Result<void>(std::string_view key, BytesView value)>;

  LogReader() = default;
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;
  virtual ~LogReader() = default;

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
  /// Rows whose key begins with `prefix`, in order of key, as they all were at one moment.
  virtual Result<void> rows(StreamId stream, std::string_view prefix,
                            const RowVisitor& visit) const = 0;

  /// Visits the id of every stream that has records, in order.
  virtual Result<void> streams(const std::function<void(StreamId)>& visit) const = 0;
};

/// Rows that follow each other in order of key, each with its value.
struct RowPiece {
  std::vector<Row> rows;
  std::string next;  ///< Key of the first row behind them; empty: there is none.
};

/// The rows of one stream as they were at one moment, for as long as this lives; the log, which
/// outlives it, keeps what is replaced meanwhile. Threads: one at a time.
class FrozenRows {
 public:
  FrozenRows() = default;
  FrozenRows(const FrozenRows&) = delete;
  FrozenRows& operator=(const FrozenRows&) = delete;
  virtual ~FrozenRows() = default;

  /// Rows from the first one on whose key is not below `from`: at least one where there are any,
  /// and no more than have `bytes_max` in keys and values. Errors: `log_corrupt`, `format_newer`.
  [[nodiscard]] virtual Result<RowPiece> read(std::string_view from,
                                              std::size_t bytes_max) const = 0;
};

/// Threads: `commit` from one caller at a time, the rest from any. Owned by the node, outlives its
/// actors.
class EventLog : public LogReader {
 public:
  using Done = std::function<void(Result<void>)>;

  /// Makes `batch` durable. Returns at once; `done` is called exactly once, later, from any
  /// thread, never from inside this call. One batch at a time: the next one only after `done`.
  ///
  /// Errors to `done`: `sequence_moved` (an append does not follow its stream; nothing was
  /// written), `disk_full`, `disk_failed` (outcome unknown). After the last two the log takes no
  /// more: the node must stop and recover.
  virtual void commit(Batch batch, Done done) = 0;

  /// The last batch that was made durable, in this life or before.
  [[nodiscard]] virtual BatchNumber last_batch() const = 0;

  /// The durable rows of `stream` as they are now.
  [[nodiscard]] virtual std::unique_ptr<FrozenRows> freeze(StreamId stream) const = 0;
};

}  // namespace hearth::storage
