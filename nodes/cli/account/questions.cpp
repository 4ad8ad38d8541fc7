#include "nodes/cli/account/questions.hpp"

#include <fmt/format.h>

namespace hearth::cli::account {

Error explained(const Error& error, std::string_view what) {
  if (error.code == ErrorCode::unreachable) {
    return {error.code,
            fmt::format("{}: no directory answered within {} s: is the network there, and does "
                        "the node list name directories that run?",
                        what, patience.count() / 1000)};
  }
  return {error.code, fmt::format("{}: {}", what, explanation_of(error.code))};
}

DirectorySession session_of(const OwnDevice& own) {
  return DirectorySession(own.identity, Role::client, own.nodes, own.memory);
}

Result<client::DevicesListed> own_account(DirectorySession& session) {
  auto listed = session.ask<client::DevicesListed>(client::ListDevices{}, patience);
  if (!listed && listed.error().code == ErrorCode::device_unknown) {
    return Error{ErrorCode::not_allowed,
                 "this device is in no account: make one with `hearth account create`, or have a "
                 "manager admit it with `hearth pair --new`; one that was revoked needs new keys"};
  }
  return listed ? listed : explained(listed.error(), "own account");
}

}  // namespace hearth::cli::account
