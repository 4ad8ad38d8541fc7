#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth {

/// Why an operation did not happen.
///
/// The numbers travel in replies and are written to audit logs: append new ones,
/// never renumber or reuse. The hundreds digit is the `ErrorKind`.
enum class ErrorCode : std::uint16_t {
  none = 0,

  name_taken = 100,
  account_unknown = 101,
  device_unknown = 102,
  device_exists = 103,
  not_allowed = 104,  ///< The sender may not do this: wrong role, account or device.
  home_unknown = 105,
  ticket_invalid = 106,  ///< Forged, expired, for somebody else, or replayed.
  item_unknown = 107,    ///< An id never given.
  item_gone = 108,       ///< An id once given, whose file is no longer there.
  item_changed = 109,    ///< Another version of the file than the one asked for.
  range_invalid = 110,
  cursor_invalid = 111,
  value_invalid = 112,  ///< A field out of its bounds; the detail names it.
  actor_unknown = 113,
  certificate_invalid = 114,
  stream_number_used = 115,
  limit_reached = 116,
  identity_unknown = 117,  ///< A key that the node list does not know or has struck.
  request_too_old = 118,
  not_found = 119,  ///< A file, folder or process that was named does not exist.
  already_exists = 120,
  in_use = 121,             ///< A port, folder or lock is held by another process.
  not_readable = 122,       ///< No permission, or not of the expected kind.
  pairing_unknown = 123,    ///< No such code: mistyped, used, or over.
  too_many_attempts = 124,  ///< Wrong codes; the device or its account must wait.
  chain_moved = 125,        ///< The account has changed since: decide and sign anew.
  chain_forked = 126,       ///< Another history of the account than the one verified before.
  share_unknown = 127,      ///< No share of the account has this number, or it has ended.
  folder_unknown = 128,     ///< No folder of the home's library has this path.

  timed_out = 200,
  unreachable = 201,
  overloaded = 202,
  sequence_moved = 203,
  outcome_unknown = 204,  ///< Retry with the same request id.
  home_offline = 205,
  stopping = 206,
  session_ended = 207,     ///< The other side no longer has this session: open a new one.
  not_leader = 208,        ///< Nothing happened: another directory decides.
  no_quorum = 209,         ///< Nothing happened: no majority of directories can be reached.
  change_under_way = 210,  ///< Nothing happened: members change one after the other.
  learner_behind = 211,    ///< Nothing happened: it has not caught up enough to vote.
  claim_under_way = 220,   ///< Nothing happened: a name or device is being given away just now.

  message_malformed = 300,
  handshake_failed = 301,
  frame_oversized = 302,
  version_unsupported = 303,
  decryption_failed = 304,

  log_corrupt = 400,
  log_lost = 401,  ///< Records that were acknowledged are missing.
  disk_failed = 402,
  disk_full = 403,
  format_newer = 404,  ///< Written by a newer version of Hearth.
  wrong_role = 405,    ///< The data folder of another role.
};

/// What the caller should do about an error.
enum class ErrorKind : std::uint8_t {
  refused,    ///< The request breaks a rule. Tell the user, do not retry.
  transient,  ///< Retry after a back-off; the state did not change, or a request id guards it.
  malformed,  ///< The peer is broken or hostile. Count it and drop the session.
  fatal,      ///< This node cannot go on. Stop it and page the operator.
};

/// A failure that was expected and must be handled. Broken invariants are not
/// errors: they abort through `HEARTH_CHECK`.
struct Error {
  ErrorCode code = ErrorCode::none;
  std::string detail;  ///< For people: never parsed. Names the input and what to do.

  friend bool operator==(const Error&, const Error&) = default;
};

/// Returns the reaction that `code` asks for.
[[nodiscard]] constexpr ErrorKind kind_of(ErrorCode code) {
  switch (static_cast<std::uint16_t>(code) / 100) {
    case 1: return ErrorKind::refused;
    case 2: return ErrorKind::transient;
    case 3: return ErrorKind::malformed;
    default: return ErrorKind::fatal;
  }
}

/// Returns the stable lower-case name of `code`, as used in logs, metrics and API errors.
[[nodiscard]] std::string_view name_of(ErrorCode code);

/// What is wrong and what to do, for people who hear of an error that came without a detail: peers
/// send codes alone.
[[nodiscard]] std::string_view explanation_of(ErrorCode code);

/// `code` as a number from the network, or `message_malformed` where it is not one of ours.
[[nodiscard]] ErrorCode error_code_from(std::uint16_t number);

}  // namespace hearth
