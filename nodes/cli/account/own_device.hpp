#pragma once
// The keys of the person who types: a device of its own, in a folder of the user. A program that
// only asks; nothing of it runs when no command does.

#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/roles/directory_session.hpp"
#include "nodes/support/data_folder.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace hearth::cli::account {

/// Where a command finds keys and cluster. Empty: the usual place.
struct Places {
  std::string data;       ///< Else $XDG_DATA_HOME/hearth/client.
  std::string cluster;    ///< Else /etc/hearth/cluster.toml, or that of this user's `hearth up`.
  std::string node_list;  ///< Likewise, beside it.
};

/// Holds the folder, so that two commands do not take each other's connection.
struct OwnDevice {
  std::unique_ptr<DataFolder> folder;
  seal::Identity identity;
  seal::NodeList nodes;
  ChainMemory memory;  ///< The file `chain` in the folder.
};

/// The device that was made before. Errors: `not_found` (it was never made), `in_use`,
/// `not_readable`, and those of cluster and node list.
[[nodiscard]] Result<OwnDevice> open_device(const Places& places);

/// Likewise, and makes it where it is missing.
[[nodiscard]] Result<OwnDevice> open_or_make_device(const Places& places);

/// The list of a cluster, verified; it names a directory. Errors: `not_found`, `not_readable`,
/// `value_invalid`, and those of `seal::verify_node_list`.
[[nodiscard]] Result<seal::NodeList> load_cluster_nodes(const std::string& cluster,
                                                        const std::string& node_list);

/// `given`, or where `file` of a cluster usually is when that is empty: in /etc/hearth, or else
/// in the folder of this user's `hearth up`.
[[nodiscard]] std::filesystem::path place_of(const std::string& given, const char* file);

/// Of this machine.
[[nodiscard]] std::string host_name();

}  // namespace hearth::cli::account
