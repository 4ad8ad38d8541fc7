#pragma once
// The event log on RocksDB: one database for all streams of a node, and beside it the mark of what
// was acknowledged (rocks_acked_mark.hpp). docs/formats/event_log.md has the bytes.

#include "storage/commit_engine.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace rocksdb {
class Env;
}

namespace hearth::storage {

struct RocksOptions {
  std::string folder;  ///< Of the log alone.
  rocksdb::Env* env =
      nullptr;  ///< Files and clock; null: the operating system's. Outlives the log.

  /// Memory of a log that is in use: three of these buffers at most, and a cache of what is read;
  /// 0: nothing is cached.
  std::size_t write_buffer_bytes = std::size_t{20} << 20U;
  std::size_t cache_bytes = std::size_t{16} << 20U;
};

/// Threads: as EventLog. Engines may hold on to steps: the folder is free for another `open` when
/// both the log and its engine are gone.
class RocksEventLog final : public EventLog {
 public:
  /// Makes a new, empty log. Creates the folder, not the one above it.
  ///
  /// Errors: `already_exists`, `in_use`, `disk_full`, `disk_failed`.
  static Result<void> create(const RocksOptions& options);

  /// Opens the log that `create` made. It is read first without touching a file; where anything
  /// is wrong, all evidence stays as it was found. `engine` outlives the last commit.
  ///
  /// Errors: `not_found` (no log there, or its creation never ended), `in_use`, `log_lost` (what
  /// was acknowledged is missing), `log_corrupt`, `format_newer`, `disk_full`, `disk_failed`.
  static Result<std::unique_ptr<RocksEventLog>> open(const RocksOptions& options,
                                                     CommitEngine& engine);

  ~RocksEventLog() override;

  void commit(Batch batch, Done done) override;
  [[nodiscard]] BatchNumber last_batch() const override;
  [[nodiscard]] Result<Sequence> last_sequence(StreamId stream) const override;
  Result<void> replay(StreamId stream, Sequence after, const Visitor& visit) const override;
  [[nodiscard]] Result<std::optional<Snapshot>> snapshot(StreamId stream) const override;
  [[nodiscard]] Result<std::optional<Bytes>> row(StreamId stream,
                                                 std::string_view key) const override;
  Result<void> rows(StreamId stream, std::string_view prefix,
                    const RowVisitor& visit) const override;
  Result<void> streams(const std::function<void(StreamId)>& visit) const override;
  [[nodiscard]] std::unique_ptr<FrozenRows> freeze(StreamId stream) const override;

 private:
  class Core;
  RocksEventLog(std::shared_ptr<Core> core, CommitEngine& engine);

  std::shared_ptr<Core> core_;  // shared with steps that an engine has not run yet
  CommitEngine& engine_;
};

}  // namespace hearth::storage
