#pragma once

#include "messages/base/types.hpp"

namespace hearth {

/// The node's wall clock: for records, tickets and certificates. Durations never use it; they use
/// the `Instant` that every step is given.
class WallClock {
 public:
  WallClock() = default;
  WallClock(const WallClock&) = delete;
  WallClock& operator=(const WallClock&) = delete;
  virtual ~WallClock() = default;

  [[nodiscard]] virtual WallTime now() const = 0;
};

}  // namespace hearth
