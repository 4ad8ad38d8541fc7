#pragma once
// The rows of a group at one replica, of the generation that counts: entries become changes of
// rows, and the hash of all rows is kept up with them.

#include "actors/replication/group_rows.hpp"
#include "actors/replication/pending_rows.hpp"
#include "messages/replication/replication_messages.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <map>
#include <span>

namespace hearth::replication {

/// How many events each stream has, of those that were asked for.
using SequenceByStream = std::map<storage::StreamId, storage::Sequence>;

/// Threads: one at a time. `log` outlives it. Errors: `log_corrupt`, `disk_failed`.
class AppliedRows {
 public:
  /// What a snapshot brings along that may not be durable yet.
  struct Start {
    Applied applied;
    PendingRows pending;
    SequenceByStream sequences;
  };

  AppliedRows(GroupId group, Generation generation, const storage::LogReader& log, Start start);

  /// Reads what the log has applied. For a generation that is durable.
  [[nodiscard]] Result<void> recover();

  [[nodiscard]] Generation generation() const { return generation_; }
  [[nodiscard]] const Applied& applied() const { return applied_; }
  /// Rows that are kept in memory until they are durable.
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

  /// The append `number`: all rows that `entries` change, and what is applied then.
  /// Precondition: they follow what is applied; at least one.
  [[nodiscard]] Result<storage::Append> apply(std::span<const Entry> entries, AppendNumber number);

  void durable(AppendNumber number) { pending_.durable(number); }

 private:
  Result<void> apply(BytesView payload);
  Result<void> put(std::string key, std::optional<Bytes> value);
  Result<RowHash> hash_of(std::string_view key) const;
  Result<storage::Sequence> sequence_of(storage::StreamId stream) const;

  storage::StreamId stream_;
  Generation generation_;
  const storage::LogReader* log_;
  Applied applied_;
  PendingRows pending_;
  SequenceByStream sequences_;
  storage::Append append_;   // under construction
  AppendNumber number_ = 0;  // likewise
};

}  // namespace hearth::replication
