#pragma once
// A snapshot that is being sent: the rows of a group as they were at one moment, cut into chunks.

#include "messages/replication/raft_types.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication {

/// Threads: one at a time. Lives no longer than the log.
class SnapshotSource final {
 public:
  /// Of rows, in a chunk; one row alone may have more.
  static constexpr std::size_t chunk_bytes = std::size_t{512} << 10U;

  /// Errors: `log_corrupt`.
  [[nodiscard]] static Result<SnapshotSource> open(std::unique_ptr<storage::FrozenRows> rows);

  /// What the state has applied. For `RaftMachine::snapshot_opened`.
  [[nodiscard]] Index index() const { return index_; }

  /// Looks for the ends of the next chunks, `chunks_max` of them at most, so that a large state
  /// keeps nobody waiting. How many chunks there are, as soon as all are found.
  /// Errors: `log_corrupt`.
  [[nodiscard]] Result<std::optional<std::uint32_t>> measure(std::size_t chunks_max);

  /// The bytes that go with `SnapshotChunk::position`. Precondition: `measure` has told that there
  /// are more chunks than that. Errors: `log_corrupt`.
  [[nodiscard]] Result<Bytes> chunk(std::uint32_t position) const;

 private:
  SnapshotSource(std::unique_ptr<storage::FrozenRows> rows, Index index);

  std::unique_ptr<storage::FrozenRows> rows_;
  Index index_;
  std::vector<std::string> begins_;  // the first key of each chunk that was found
  bool measured_ = false;
};

}  // namespace hearth::replication
