#pragma once
// A device comes into an account: it shows a code, and waits until a manager has approved.

#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <functional>
#include <string>

namespace hearth::cli::account {

struct Joiner {
  seal::Identity identity;
  Role role = Role::client;  ///< Or home.
  directory::DeviceKind kind = directory::DeviceKind::player;
  std::string name;
};

struct Joined {
  directory::DevicesListed account;
  bool was_in = false;  ///< Already: nothing was offered.
};

/// Calls `show` with the code, the words of the keys and the seconds that they hold, and blocks
/// until the device is in an account. Errors: `timed_out` (nobody approved), `not_allowed` (it was
/// revoked), `limit_reached`, `value_invalid`, `unreachable`.
using ShowCode =
    std::function<void(const std::string& code, const std::string& words, std::int64_t seconds)>;
[[nodiscard]] Result<Joined> join_account(const Joiner& joiner, const seal::NodeList& nodes,
                                          const ShowCode& show);

/// For people, on stderr: what a service prints there is in its journal.
void show_code(const std::string& code, const std::string& words, std::int64_t seconds);

}  // namespace hearth::cli::account
