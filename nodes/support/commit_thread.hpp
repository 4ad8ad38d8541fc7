#pragma once

#include "messages/base/types.hpp"
#include "storage/commit_engine.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace hearth {

/// Makes batches durable on a thread of its own, so that no actor ever waits for a disk. A second
/// thread syncs marks beside the batches that follow, the newest one every 5 ms: a mark a batch
/// would cost a third of the throughput of small batches.
///
/// Done callbacks come on the first thread and may start the next commit. The end of its life
/// waits for the commit under way and for the last mark.
class CommitThread final : public storage::CommitEngine {
 public:
  /// A batch is marked `mark_after` its end, or sooner by the mark of a later one.
  explicit CommitThread(Millis mark_after = Millis{5});
  ~CommitThread() override;

  void run(storage::CommitSteps steps, Done done) override;

 private:
  using Mark = std::function<Result<void>()>;
  struct Job {
    storage::CommitSteps steps;
    Done done;
  };

  void write_batches();
  void write_marks();
  std::optional<Job> next_job();
  Mark next_mark();
  void batch_is_durable(Mark mark);

  const Millis mark_after_;
  std::mutex mutex_;
  std::condition_variable wake_writer_;
  std::condition_variable wake_marker_;
  std::optional<Job> job_;
  Mark unmarked_;  // of the last durable batch; empty: marked, or with the marker
  bool stopping_ = false;
  bool last_mark_ = false;
  // Last: they start when all else is there.
  std::thread marker_;
  std::thread writer_;
};

}  // namespace hearth
