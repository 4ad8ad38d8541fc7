#pragma once

#include "messages/base/check.hpp"
#include "storage/commit_engine.hpp"

#include <optional>
#include <utility>

namespace hearth::test {

/// Does the work of a log when the test says so, on the test's thread.
class SteppedEngine final : public storage::CommitEngine {
 public:
  void run(storage::CommitSteps steps, Done done) override {
    HEARTH_CHECK(!steps_);
    steps_ = std::move(steps);
    done_ = std::move(done);
  }

  [[nodiscard]] bool idle() const { return !steps_; }

  /// The commit under way, up to its mark.
  void commit() {
    auto outcome = steps_->write_and_sync();
    const auto mark = steps_->mark;
    const bool durable = outcome.ok();
    finish(std::move(outcome));
    if (durable) {
      static_cast<void>(mark());
    }
  }

  /// The commit under way, but its mark.
  void commit_unmarked() { finish(steps_->write_and_sync()); }

  /// Half of a commit, for a power loss in the middle. Then `sync`, `fail` or `drop`.
  Result<void> write() { return steps_->write(); }
  void sync() { finish(steps_->sync()); }

  /// The disk fails instead of doing the work.
  void fail(Error error) { finish(std::move(error)); }

  /// The node is no more.
  void drop() { steps_.reset(); }

 private:
  void finish(Result<void> outcome) {
    steps_.reset();
    std::exchange(done_, {})(std::move(outcome));
  }

  std::optional<storage::CommitSteps> steps_;
  Done done_;
};

}  // namespace hearth::test
