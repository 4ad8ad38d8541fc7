#pragma once
// A device comes into an account: it shows a code, and waits until a manager has approved.

#include "actors/client/account_wishes.hpp"
#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/roles/directory_session.hpp"

#include <functional>
#include <string>

namespace hearth::cli::account {

struct Joiner {
  seal::Identity identity;
  Role role = Role::client;  ///< Or home.
  directory::DeviceKind kind = directory::DeviceKind::player;
  std::string name;
  ChainMemory memory = {};
};

struct Joined {
  client::DevicesListed account;
  bool was_in = false;  ///< Already: nothing was offered.
};

/// Calls `show` with the code, the words of the keys and the seconds that they hold, and blocks
/// until the device is in an account. Errors: `timed_out` (nobody approved), `not_allowed` (it was
/// revoked), `limit_reached`, `value_invalid`, `unreachable`.
using ShowCode =
    std::function<void(const std::string& code, const std::string& words, std::int64_t seconds)>;
[[nodiscard]] Result<Joined> join_account(const Joiner& joiner, const seal::NodeList& nodes,
                                          const ShowCode& show);

/// Which account it is, with words that every device of it shows: somebody between could have put
/// in another one.
[[nodiscard]] std::string to_text(const Joined& joined);

/// For people, on stderr: what a service prints there is in its journal.
void show_code(const std::string& code, const std::string& words, std::int64_t seconds);

}  // namespace hearth::cli::account
