#pragma once
// Runs a step machine as its shell does, without CAF: appends go to a log in memory at once, all
// other effects are handed to the test.

#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "storage/memory_event_log.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <utility>

namespace hearth::test {

/// Noon on 2026-01-01 UTC: the "now" of unit tests, unless they say otherwise.
inline constexpr WallTime noon{std::chrono::milliseconds{1'767'268'800'000}};

struct FixedClock final : WallClock {
  [[nodiscard]] WallTime now() const override { return time; }
  WallTime time = noon;
};

/// Commits when asked to, on the caller's thread.
class PumpedEngine final : public storage::CommitEngine {
 public:
  void run(storage::CommitSteps steps, Done done) override {
    job_ = [steps = std::move(steps), done = std::move(done)] { done(steps.write_and_sync()); };
  }
  void pump() {
    if (auto job = std::exchange(job_, {})) {
      job();
    }
  }

 private:
  std::function<void()> job_;
};

/// What a machine remembers: it outlives the machine, as a disk does.
struct Disk {
  PumpedEngine engine;
  storage::MemoryEventLog log{engine};

  void write(storage::Append append) {
    append.expected = log.last_sequence(append.stream).value();
    Result<void> outcome = Error{ErrorCode::timed_out, "never committed"};
    log.commit({log.last_batch() + 1, {std::move(append)}},
               [&](Result<void> result) { outcome = std::move(result); });
    engine.pump();
    EXPECT_TRUE(outcome.ok()) << outcome.error().detail;
  }
};

template <class M>
class MachineBench {
 public:
  template <class... Args>
  explicit MachineBench(Disk& disk, Args&&... args)
      : disk_(disk), machine_(std::forward<Args>(args)...) {
    const auto recovered = machine_.recover(disk.log);
    EXPECT_TRUE(recovered.ok());
  }

  Effects<typename M::Command> start() { return written(machine_.start(now)); }

  template <class Input>
  Effects<typename M::Command> step(const Input& input) {
    return written(machine_.step(input, now));
  }

  /// Delivers `envelope` as a request of `from` and returns the answer.
  Result<Envelope> ask(const NodeId& from, Role role, const Envelope& envelope) {
    effects = step(Delivered{ReplyTo{from, 1, ++correlation_}, from, role, 1, envelope});
    for (auto& reply : effects.replies) {
      if (reply.to.correlation == correlation_) {
        return reply.answer;
      }
    }
    return Error{ErrorCode::timed_out, "no answer"};
  }

  M& machine() { return machine_; }

  Instant now{std::chrono::hours{1}};
  Effects<typename M::Command> effects;  ///< Of the last `ask`.

 private:
  Effects<typename M::Command> written(Effects<typename M::Command> from) {
    for (auto& append : from.appends) {
      disk_.write(std::move(append));
    }
    from.appends.clear();
    return from;
  }

  Disk& disk_;
  M machine_;
  std::uint64_t correlation_ = 0;
};

}  // namespace hearth::test
