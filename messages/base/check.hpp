#pragma once

namespace hearth {

/// Prints place and condition to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace hearth

/// Aborts when an invariant of our own code is broken, in every build. Input from outside is
/// never checked with this: it gets an `Error`.
#define HEARTH_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::hearth::check_failed(#condition, __FILE__, __LINE__))
