#include "messages/base/error.hpp"

namespace hearth {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::none: return "none";
    case ErrorCode::name_taken: return "name_taken";
    case ErrorCode::account_unknown: return "account_unknown";
    case ErrorCode::device_unknown: return "device_unknown";
    case ErrorCode::device_exists: return "device_exists";
    case ErrorCode::not_allowed: return "not_allowed";
    case ErrorCode::home_unknown: return "home_unknown";
    case ErrorCode::ticket_invalid: return "ticket_invalid";
    case ErrorCode::item_unknown: return "item_unknown";
    case ErrorCode::item_gone: return "item_gone";
    case ErrorCode::item_changed: return "item_changed";
    case ErrorCode::range_invalid: return "range_invalid";
    case ErrorCode::cursor_invalid: return "cursor_invalid";
    case ErrorCode::value_invalid: return "value_invalid";
    case ErrorCode::actor_unknown: return "actor_unknown";
    case ErrorCode::certificate_invalid: return "certificate_invalid";
    case ErrorCode::stream_number_used: return "stream_number_used";
    case ErrorCode::limit_reached: return "limit_reached";
    case ErrorCode::identity_unknown: return "identity_unknown";
    case ErrorCode::request_too_old: return "request_too_old";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::in_use: return "in_use";
    case ErrorCode::not_readable: return "not_readable";
    case ErrorCode::pairing_unknown: return "pairing_unknown";
    case ErrorCode::too_many_attempts: return "too_many_attempts";
    case ErrorCode::chain_moved: return "chain_moved";
    case ErrorCode::chain_forked: return "chain_forked";
    case ErrorCode::share_unknown: return "share_unknown";
    case ErrorCode::folder_unknown: return "folder_unknown";
    case ErrorCode::timed_out: return "timed_out";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::overloaded: return "overloaded";
    case ErrorCode::sequence_moved: return "sequence_moved";
    case ErrorCode::outcome_unknown: return "outcome_unknown";
    case ErrorCode::home_offline: return "home_offline";
    case ErrorCode::stopping: return "stopping";
    case ErrorCode::session_ended: return "session_ended";
    case ErrorCode::not_leader: return "not_leader";
    case ErrorCode::no_quorum: return "no_quorum";
    case ErrorCode::change_under_way: return "change_under_way";
    case ErrorCode::learner_behind: return "learner_behind";
    case ErrorCode::claim_under_way: return "claim_under_way";
    case ErrorCode::message_malformed: return "message_malformed";
    case ErrorCode::handshake_failed: return "handshake_failed";
    case ErrorCode::frame_oversized: return "frame_oversized";
    case ErrorCode::version_unsupported: return "version_unsupported";
    case ErrorCode::decryption_failed: return "decryption_failed";
    case ErrorCode::log_corrupt: return "log_corrupt";
    case ErrorCode::log_lost: return "log_lost";
    case ErrorCode::disk_failed: return "disk_failed";
    case ErrorCode::disk_full: return "disk_full";
    case ErrorCode::format_newer: return "format_newer";
    case ErrorCode::wrong_role: return "wrong_role";
  }
  return {};
}

std::string_view explanation_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::item_unknown:
      return "no item has this id: list the library for those there are";
    case ErrorCode::item_gone:
      return "the file is no longer there: put it back, or list the library";
    case ErrorCode::item_changed: return "the file has changed: ask for it again from the start";
    case ErrorCode::range_invalid: return "the range is not within the file: ask for its size";
    case ErrorCode::cursor_invalid: return "the cursor was never given: begin with the first page";
    case ErrorCode::value_invalid: return "a value is out of its bounds";
    case ErrorCode::not_allowed: return "this device may not do this: have the owner admit it";
    case ErrorCode::home_unknown: return "no such home is in this household: list the homes";
    case ErrorCode::home_offline: return "the home is offline: switch it on, or try again later";
    case ErrorCode::not_readable: return "the home may not read the file: check its permissions";
    case ErrorCode::device_unknown: return "no such device is in the account: list the devices";
    case ErrorCode::device_exists: return "the device belongs to an account already";
    case ErrorCode::name_taken: return "the name is taken: choose another";
    case ErrorCode::pairing_unknown:
      return "no device shows this code now: compare it, or have the device make a new one";
    case ErrorCode::too_many_attempts: return "too many wrong codes: try again in ten minutes";
    case ErrorCode::chain_moved: return "the account has changed meanwhile: try again";
    case ErrorCode::chain_forked:
      return "the directories tell another history of the account than this device has verified: "
             "nothing new is trusted; compare with another device of yours, and tell the operator";
    case ErrorCode::account_unknown: return "no account has this name: compare its spelling";
    case ErrorCode::share_unknown:
      return "no share of the account has this number: list the shares";
    case ErrorCode::folder_unknown:
      return "no such folder is in the home's library: list the library";
    case ErrorCode::limit_reached: return "too much goes on at once: try again in a moment";
    case ErrorCode::overloaded: return "the other side is overloaded: try again in a moment";
    case ErrorCode::stopping: return "the other side is stopping: try again in a moment";
    case ErrorCode::timed_out: return "no answer came in time: try again";
    case ErrorCode::unreachable: return "the other side cannot be reached: check the network";
    case ErrorCode::session_ended: return "the session is over: try again";
    case ErrorCode::not_leader: return "another directory decides now: try again";
    case ErrorCode::no_quorum:
      return "too many directories are away for a change: what is known is still served, try again "
             "later";
    case ErrorCode::change_under_way:
      return "another change of the members is not committed yet: try again in a moment";
    case ErrorCode::learner_behind:
      return "the new member has not caught up yet: try again in a moment";
    case ErrorCode::claim_under_way:
      return "this name or device is being given away just now: try again in a moment";
    default: break;
  }
  switch (kind_of(code)) {
    case ErrorKind::refused: return "the other side refuses this: the code tells why";
    case ErrorKind::transient: return "this did not work now: try again in a moment";
    case ErrorKind::malformed: return "what came makes no sense: both sides may need an update";
    case ErrorKind::fatal: break;
  }
  return "the other side is broken: its log tells more";
}

ErrorCode error_code_from(std::uint16_t number) {
  const auto code = static_cast<ErrorCode>(number);
  return name_of(code).empty() ? ErrorCode::message_malformed : code;
}

}  // namespace hearth
