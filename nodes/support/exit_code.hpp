#pragma once

#include "messages/base/error.hpp"

#include <string_view>

namespace hearth {

/// What the process tells its caller. Documented in README.md: never renumber.
enum class ExitCode : int {
  ok = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  conflict = 4,  ///< Already there, in use, or of another role.
  auth = 5,
  unreachable = 6,
  degraded = 7,
  try_again = 75,
  interrupted = 130,
};

[[nodiscard]] ExitCode exit_code_of(ErrorCode code);

/// Writes `text` to stderr at once. Where stderr is full, broken or closed, it is lost: nothing
/// ends because of what it could not say.
void write_stderr(std::string_view text);

/// Sends what stdout still holds. False when something that was printed did not get there.
[[nodiscard]] bool flush_stdout();

/// The one line that says why a command ended: "hearth: DETAIL" on stderr. Returns the exit code.
int report_failure(const Error& error);

}  // namespace hearth
