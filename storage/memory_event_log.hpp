#pragma once
// The event log without a disk: for tests, for nodes without durable state, and for the many small
// nodes of a simulation. It keeps the promises of EventLog, errors and crashes included, as far as
// memory can: a batch that was written and not synced is not seen, and `crash` drops it.

#include "storage/commit_engine.hpp"
#include "storage/event_log.hpp"

#include <memory>

namespace hearth::storage {

/// Threads: as EventLog; `crash` from the committing caller's.
class MemoryEventLog final : public EventLog {
 public:
  /// `engine` outlives the last commit.
  explicit MemoryEventLog(CommitEngine& engine);
  ~MemoryEventLog() override;

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

  /// A power loss and the start after it: what was not synced is gone, a commit that is under way
  /// ends with `disk_failed` and changes nothing, and the log takes batches again.
  void crash();

 private:
  struct State;
  CommitEngine& engine_;
  std::shared_ptr<State> state_;  // shared with steps that an engine has not run yet
};

}  // namespace hearth::storage
