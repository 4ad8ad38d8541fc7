#pragma once
// The processes that Hearth consists of, each as a function that returns when it was asked to
// stop. Options are checked for their form; files are not opened yet. Logs have been started.
//
// Every function opens the data folder, binds its ports, announces itself on `ready_fd` once it
// serves, and waits on `stop`. Errors end the process with `exit_code_of`: `in_use` (a port, the
// data folder), `wrong_role`, `format_newer`, `not_readable`, `disk_full`, `log_lost`, …

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/stop_signals.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli {

/// What every role is started with.
struct NodeOptions {
  std::filesystem::path data;
  seal::Endpoint admin;             ///< For /healthz, /readyz and /metrics; port 0: any.
  std::filesystem::path cluster;    ///< cluster.toml.
  std::filesystem::path node_list;  ///< Signed by a root of the cluster.
  std::string region;               ///< Of a home or gateway: the one to prefer, or empty.
  int ready_fd = -1;                ///< For `announce_ready`.
};

struct DirectoryOptions {
  NodeOptions node;
  std::vector<seal::Endpoint> listen;
};

struct SuperPeerOptions {
  NodeOptions node;
  std::vector<seal::Endpoint> listen;
  std::vector<seal::Endpoint> data_listen;
};

struct HomeOptions {
  NodeOptions node;
  std::vector<std::filesystem::path> media;  ///< Absolute.
  std::string name;                          ///< As its household sees it.
};

struct GatewayOptions {
  NodeOptions node;
  seal::Endpoint http;
  std::filesystem::path token_file;  ///< Holds the token, mode 0600.
};

/// Makes what a data folder of a role begins with: an empty event log, and then the keys, which
/// say that it is complete. A folder that has keys is left as it is.
/// Errors: those of `DataFolder` and of the log.
[[nodiscard]] Result<seal::Identity> init_node_folder(const std::filesystem::path& data,
                                                      std::string_view role);

[[nodiscard]] Result<void> run_directory(const DirectoryOptions& options, StopSignals& stop);
[[nodiscard]] Result<void> run_super_peer(const SuperPeerOptions& options, StopSignals& stop);
[[nodiscard]] Result<void> run_home(const HomeOptions& options, StopSignals& stop);
[[nodiscard]] Result<void> run_gateway(const GatewayOptions& options, StopSignals& stop);

}  // namespace hearth::cli
