#include "sim/disk/sim_commit_engine.hpp"

#include "messages/base/check.hpp"

#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds answer_max = 50us;
constexpr std::chrono::nanoseconds mark_max = 5ms;
constexpr std::chrono::nanoseconds work_max = 10ms;

}  // namespace

SimCommitEngine::SimCommitEngine(Timers& timers, DiskFaults& faults,
                                 std::function<void()> background_work)
    : timers_(timers),
      faults_(faults),
      background_work_(std::move(background_work)),
      life_(std::make_shared<Life>()) {}

void SimCommitEngine::run(storage::CommitSteps steps, Done done) {
  if (life_ == nullptr) {
    return;
  }
  HEARTH_CHECK(!commit_);
  auto written = steps.write();
  const auto stage = written ? Stage::written : Stage::settled;
  commit_ = Commit{std::move(steps), std::move(done), stage};
  if (written) {
    after(faults_.sync_time(), [this] { sync(); });
  } else {
    after(moment(answer_max), [this, outcome = std::move(written)] { finish(outcome); });
  }
}

void SimCommitEngine::crash() {
  life_.reset();
  commit_.reset();
  unmarked_ = nullptr;
  work_waits_ = false;
}

void SimCommitEngine::boot() {
  crash();
  life_ = std::make_shared<Life>();
}

std::function<Result<void>()> SimCommitEngine::unsynced() const {
  return commit_ && commit_->stage == Stage::written ? commit_->steps.sync : nullptr;
}

void SimCommitEngine::sync() {
  if (const auto left = faults_.stall_left(); left.count() > 0) {
    after(left + faults_.sync_time(), [this] { sync(); });
    return;
  }
  auto synced = commit_->steps.sync();
  commit_->stage = Stage::settled;
  if (synced) {
    mark_soon();
  }
  work();  // of the commit before: jobs must not pile up
  after(moment(answer_max), [this, outcome = std::move(synced)] { finish(outcome); });
}

void SimCommitEngine::finish(Result<void> outcome) {
  const auto done = std::move(commit_->done);
  commit_.reset();
  work_soon();
  done(std::move(outcome));
}

/// The mark of a later batch stands for all before it.
void SimCommitEngine::mark_soon() {
  const bool planned = unmarked_ != nullptr;
  unmarked_ = commit_->steps.mark;
  if (!planned) {
    after(moment(mark_max), [this] { mark(); });
  }
}

void SimCommitEngine::mark() {
  if (const auto left = faults_.stall_left(); left.count() > 0) {
    after(left + moment(mark_max), [this] { mark(); });
    return;
  }
  // The log keeps an error and reports it with the next batch; this one is durable.
  static_cast<void>(std::exchange(unmarked_, nullptr)());
}

void SimCommitEngine::work_soon() {
  if (background_work_ != nullptr) {
    work_waits_ = true;
    after(moment(work_max), [this] { work(); });
  }
}

void SimCommitEngine::work() {
  if (std::exchange(work_waits_, false)) {
    background_work_();
  }
}

void SimCommitEngine::after(std::chrono::nanoseconds delay, std::function<void()> action) {
  timers_.after(delay, [life = std::weak_ptr(life_), action = std::move(action)] {
    if (!life.expired()) {
      action();
    }
  });
}

std::chrono::nanoseconds SimCommitEngine::moment(std::chrono::nanoseconds max) {
  return std::chrono::nanoseconds(
      faults_.random().between(1, static_cast<std::uint64_t>(max.count())));
}

}  // namespace hearth::sim
