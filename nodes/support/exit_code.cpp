#include "nodes/support/exit_code.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace hearth {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::none: return ExitCode::ok;
    case ErrorCode::value_invalid: return ExitCode::usage;
    case ErrorCode::account_unknown:
    case ErrorCode::device_unknown:
    case ErrorCode::home_unknown:
    case ErrorCode::item_unknown:
    case ErrorCode::item_gone:
    case ErrorCode::pairing_unknown:
    case ErrorCode::share_unknown:
    case ErrorCode::folder_unknown:
    case ErrorCode::not_found: return ExitCode::not_found;
    case ErrorCode::name_taken:
    case ErrorCode::device_exists:
    case ErrorCode::already_exists:
    case ErrorCode::in_use:
    case ErrorCode::wrong_role: return ExitCode::conflict;
    case ErrorCode::not_allowed:
    case ErrorCode::identity_unknown:
    case ErrorCode::ticket_invalid:
    case ErrorCode::certificate_invalid: return ExitCode::auth;
    case ErrorCode::timed_out:
    case ErrorCode::unreachable:
    case ErrorCode::home_offline: return ExitCode::unreachable;
    case ErrorCode::overloaded:
    case ErrorCode::outcome_unknown:
    case ErrorCode::no_quorum:
    case ErrorCode::not_leader:
    case ErrorCode::too_many_attempts:
    case ErrorCode::stopping:
    case ErrorCode::change_under_way:
    case ErrorCode::learner_behind:
    case ErrorCode::claim_under_way:
    case ErrorCode::session_ended: return ExitCode::try_again;
    default: return ExitCode::failed;
  }
}

void write_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool flush_stdout() {
  const bool flushed = std::fflush(stdout) == 0;
  return flushed && std::ferror(stdout) == 0;
}

int report_failure(const Error& error) {
  write_stderr(
      fmt::format("hearth: {}\n", error.detail.empty() ? name_of(error.code) : error.detail));
  return static_cast<int>(exit_code_of(error.code));
}

}  // namespace hearth
