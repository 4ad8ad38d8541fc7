#pragma once

#include "actors/runtime/clock.hpp"

#include <chrono>

namespace hearth::cli {

/// The operating system's time of day.
struct SystemClock final : WallClock {
  [[nodiscard]] WallTime now() const override {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  }
};

}  // namespace hearth::cli
