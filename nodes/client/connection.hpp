#pragma once
// How a command finds its gateway.

#include "messages/base/result.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace hearth::cli {

struct Connection {
  std::string gateway;  ///< "http://HOST:PORT", without a slash at the end.
  std::string token;
};

/// What the command line says; empty where it says nothing.
struct ConnectionOptions {
  std::string to;
  std::filesystem::path token_file;
  std::filesystem::path ready_file;
  std::string context;
};

/// A variable of the environment; empty where it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The gateway is that of --to, else of --ready-file, else HEARTH_TO, else of the context: the one
/// named, or the one that `$XDG_CONFIG_HOME/hearth/client.toml` says is current. Where none of them
/// is given it is the one gateway of this user that runs here (nodes/support/runtime_socket.hpp).
/// The token is that of --token-file, else the one that came with the gateway, else HEARTH_TOKEN,
/// else that of the gateway of this user with that URL. Asking a socket may block for 2 s.
///
/// Errors: `value_invalid` (several gateways run, a broken file), `unreachable` (none is named and
/// none runs), `not_found`, `not_readable`.
[[nodiscard]] Result<Connection> find_connection(const ConnectionOptions& options,
                                                 const Environment& environment);

}  // namespace hearth::cli
