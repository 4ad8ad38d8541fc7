#pragma once

#include "sim/disk/disk_faults.hpp"
#include "sim/timers.hpp"
#include "storage/commit_engine.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hearth::sim {

/// Commits in virtual time. A batch is written at once; its sync takes the time that the disk
/// draws, and longer while it stalls; the answer follows a moment later, the mark within 5 ms. A
/// crash may come between any two of them, and then none of the rest happens.
class SimCommitEngine final : public storage::CommitEngine {
 public:
  /// `timers` and `faults` outlive this. `background_work` is done after every commit, at a moment
  /// before the end of the next.
  SimCommitEngine(Timers& timers, DiskFaults& faults, std::function<void()> background_work = {});

  void run(storage::CommitSteps steps, Done done) override;

  /// The node is dead: nothing that is under way goes on, and `run` does nothing, until `boot`.
  void crash();
  void boot();

  /// The sync of a batch that was written and not synced, where there is one: for logs that leave
  /// it to the simulator what a crash keeps.
  [[nodiscard]] std::function<Result<void>()> unsynced() const;

 private:
  enum class Stage : std::uint8_t { written, settled };
  struct Commit {
    storage::CommitSteps steps;
    Done done;
    Stage stage;
  };
  struct Life {};

  void sync();
  void finish(Result<void> outcome);
  void mark_soon();
  void mark();
  void work_soon();
  void work();
  void after(std::chrono::nanoseconds delay, std::function<void()> action);
  std::chrono::nanoseconds moment(std::chrono::nanoseconds max);

  Timers& timers_;
  DiskFaults& faults_;
  std::function<void()> background_work_;
  std::shared_ptr<Life> life_;  // timers of an ended life do nothing
  std::optional<Commit> commit_;
  std::function<Result<void>()> unmarked_;  // of the last durable batch
  bool work_waits_ = false;
};

}  // namespace hearth::sim
