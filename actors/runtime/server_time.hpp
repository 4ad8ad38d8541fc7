#pragma once

#include "messages/base/types.hpp"

#include <algorithm>
#include <optional>

namespace hearth {

/// The time of day of homes and clients: the steady clock plus an offset that nodes of the
/// service told in their authenticated introductions. Their own wall clock decides nothing.
/// Never goes back. Pure.
class ServerTime {
 public:
  /// A node of the service said that it was `told` at our `now`.
  void observe(WallTime told, Instant now) {
    const auto current = at(now);
    anchor_ = now;
    wall_ = current ? std::max(*current, told) : told;
  }

  /// Nothing before the first observation.
  [[nodiscard]] std::optional<WallTime> at(Instant now) const {
    if (!wall_) {
      return std::nullopt;
    }
    return *wall_ + std::chrono::duration_cast<Millis>(now - anchor_);
  }

 private:
  std::optional<WallTime> wall_;
  Instant anchor_{};
};

}  // namespace hearth
