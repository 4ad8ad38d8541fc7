#pragma once

#include "messages/base/types.hpp"

namespace hearth::cli::up {

/// How long a process that ended waits before it is started again: 0.2 s, doubled with every
/// death up to 5 s, from the start again once it lived for 30 s.
class BackOff {
 public:
  void started(Instant now) { started_ = now; }

  [[nodiscard]] Millis died(Instant now) {
    if (now - started_ >= steady_after) {
      next_ = first;
    }
    const auto wait = next_;
    next_ = next_ * 2 > most ? most : next_ * 2;
    return wait;
  }

  static constexpr Millis first{200};
  static constexpr Millis most{5000};
  static constexpr Millis steady_after{30000};

 private:
  Instant started_;
  Millis next_ = first;
};

}  // namespace hearth::cli::up
