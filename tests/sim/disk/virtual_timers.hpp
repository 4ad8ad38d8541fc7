#pragma once

#include "sim/timers.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

namespace hearth::test {

/// Time that goes on when the test says so, from one timer to the next.
class VirtualTimers final : public sim::Timers {
 public:
  [[nodiscard]] Instant now() const override { return now_; }

  void after(std::chrono::nanoseconds delay, std::function<void()> action) override {
    const auto when = now_ + std::chrono::duration_cast<Instant::duration>(delay);
    timers_.emplace(std::pair(when, ++number_), std::move(action));
  }

  /// The next timer, if there is one.
  bool step() {
    if (timers_.empty()) {
      return false;
    }
    auto next = timers_.extract(timers_.begin());
    now_ = next.key().first;
    next.mapped()();
    return true;
  }

  void run_all() {
    while (step()) {
    }
  }

 private:
  Instant now_{};
  std::size_t number_ = 0;
  std::map<std::pair<Instant, std::size_t>, std::function<void()>> timers_;
};

}  // namespace hearth::test
