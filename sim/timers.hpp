#pragma once

#include "messages/base/types.hpp"

#include <chrono>
#include <functional>

namespace hearth::sim {

/// Virtual time, as the parts of a simulation see it: nothing waits, things happen later.
class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  virtual ~Timers() = default;

  [[nodiscard]] virtual Instant now() const = 0;

  /// Does `action` once, `delay` from now; never from inside this call.
  virtual void after(std::chrono::nanoseconds delay, std::function<void()> action) = 0;
};

}  // namespace hearth::sim
