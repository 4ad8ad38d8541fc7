#include "nodes/support/commit_thread.hpp"

#include "messages/base/check.hpp"

#include <utility>

namespace hearth {

CommitThread::CommitThread(Millis mark_after)
    : mark_after_(mark_after),
      marker_([this] { write_marks(); }),
      writer_([this] { write_batches(); }) {}

CommitThread::~CommitThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_writer_.notify_one();
  writer_.join();
  {
    const std::lock_guard lock(mutex_);
    last_mark_ = true;
  }
  wake_marker_.notify_one();
  marker_.join();
}

void CommitThread::run(storage::CommitSteps steps, Done done) {
  {
    const std::lock_guard lock(mutex_);
    HEARTH_CHECK(!job_);
    job_ = Job{std::move(steps), std::move(done)};
  }
  wake_writer_.notify_one();
}

std::optional<CommitThread::Job> CommitThread::next_job() {
  std::unique_lock lock(mutex_);
  wake_writer_.wait(lock, [this] { return stopping_ || job_; });
  return std::exchange(job_, std::nullopt);
}

void CommitThread::write_batches() {
  while (auto job = next_job()) {
    auto outcome = job->steps.write_and_sync();
    if (outcome) {
      batch_is_durable(std::move(job->steps.mark));
    }
    job->done(std::move(outcome));
  }
}

void CommitThread::batch_is_durable(Mark mark) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    unmarked_.swap(mark);
    first = mark == nullptr;
  }
  if (first) {
    wake_marker_.notify_one();
  }
}

CommitThread::Mark CommitThread::next_mark() {
  std::unique_lock lock(mutex_);
  wake_marker_.wait(lock, [this] { return last_mark_ || unmarked_; });
  wake_marker_.wait_for(lock, mark_after_, [this] { return last_mark_; });
  return std::exchange(unmarked_, nullptr);
}

void CommitThread::write_marks() {
  while (const auto mark = next_mark()) {
    // The log remembers a failure and reports it with the next batch; this one is durable.
    static_cast<void>(mark());
  }
}

}  // namespace hearth
