#pragma once

#include "actors/runtime/clock.hpp"
#include "sim/timers.hpp"

#include <chrono>

namespace hearth::sim {

/// A node's time of day, which may be wrong. The steady clock, which all durations are of, is the
/// world's and always right.
class SimClock final : public WallClock {
 public:
  /// 2026-01-01 12:00 UTC, when every simulated world begins.
  static constexpr WallTime beginning{Millis{1'767'268'800'000}};

  explicit SimClock(const Timers& timers) : timers_(timers), since_(timers.now()) {}

  [[nodiscard]] WallTime now() const override {
    const auto passed = timers_.now() - since_;
    const auto drifted = std::chrono::duration_cast<Millis>(passed * (1 + drift_ / 1e6));
    return at_since_ + drifted;
  }

  void step(Millis by) { at_since_ += by; }
  void set_drift(double ppm) {
    at_since_ = now();
    since_ = timers_.now();
    drift_ = ppm;
  }
  /// As a time server would.
  void set_right() {
    since_ = timers_.now();
    at_since_ = beginning + std::chrono::duration_cast<Millis>(since_.time_since_epoch());
    drift_ = 0;
  }

 private:
  const Timers& timers_;
  Instant since_;
  WallTime at_since_ = beginning;
  double drift_ = 0;
};

}  // namespace hearth::sim
