#pragma once
// A snapshot on its way in: the rows of the next generation, chunk by chunk. With the last one they
// must add up to the hash that they came with.

#include "actors/replication/applied_rows.hpp"
#include "actors/replication/group_rows.hpp"
#include "actors/replication/pending_rows.hpp"
#include "storage/event_log.hpp"

#include <optional>
#include <vector>

namespace hearth::replication {

/// A chunk that the machine keeps, with its rows.
struct ChunkRows {
  Staged after;  ///< What is staged with it.
  std::vector<storage::Row> rows;
};

/// Threads: one at a time. `log` outlives it.
class StagedRows {
 public:
  StagedRows(GroupId group, Generation generation, const storage::LogReader& log);

  /// What a broken transfer left, if anything. Errors: `log_corrupt`, `disk_failed`.
  [[nodiscard]] Result<Staged> recover();

  [[nodiscard]] Generation generation() const { return generation_; }
  /// Whether the snapshot `id` is all there.
  [[nodiscard]] bool is_whole(const SnapshotId& id) const;

  /// The append `number`: the chunk, which follows those before; the first one clears what was
  /// there. Errors: `log_corrupt` where the last one does not complete what the hash stands for.
  [[nodiscard]] Result<storage::Append> add(ChunkRows chunk, AppendNumber number);

  /// What the rows begin with when they count. Precondition: `is_whole`.
  [[nodiscard]] AppliedRows::Start take();

  void durable(AppendNumber number) { pending_.durable(number); }

 private:
  Result<void> check_whole() const;

  storage::StreamId stream_;
  Generation generation_;
  const storage::LogReader* log_;
  StagingMark mark_;
  std::optional<Applied> applied_;
  PendingRows pending_;
  SequenceByStream sequences_;
};

}  // namespace hearth::replication
