#pragma once
// The span of time in which a signed document is good.

#include "messages/base/limits.hpp"
#include "messages/base/types.hpp"

namespace hearth::seal {

/// Whether the span is neither empty nor longer than `life`.
[[nodiscard]] inline bool lasts_at_most(WallTime not_before, WallTime not_after, Millis life) {
  return not_before < not_after && not_after - not_before <= life;
}

/// Null when the document is good at `now`, by clocks that may differ by `clock_tolerance`.
[[nodiscard]] inline const char* why_not_now(WallTime not_before, WallTime not_after,
                                             WallTime now) {
  if (now + limits::clock_tolerance < not_before) {
    return "it is not yet valid";
  }
  if (now - limits::clock_tolerance > not_after) {
    return "it is no longer valid";
  }
  return nullptr;
}

}  // namespace hearth::seal
