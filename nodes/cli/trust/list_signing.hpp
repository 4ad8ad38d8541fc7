#pragma once
// The trust root of a cluster, and the node lists that it signs. Operators do it by hand with
// `hearth cluster init` and `hearth cluster sign`, `hearth up` at each start.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/cluster_file.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli::trust {

inline constexpr std::array<std::string_view, 2> root_files{"root-1.key", "root-2.key"};
inline constexpr std::string_view cluster_file = "cluster.toml";
inline constexpr std::chrono::days node_list_life{30};

/// Makes two root keys, mode 0600, and a cluster.toml without founders in `folder`, which is made
/// where it is missing. Root keys that are there are kept.
/// Errors: `value_invalid` (the name), those of `load_identity` and of writing.
[[nodiscard]] Result<Cluster> make_trust_root(const std::filesystem::path& folder,
                                              const std::string& name, std::uint32_t groups);

struct ListOrder {
  std::filesystem::path cluster;  ///< cluster.toml.
  std::filesystem::path root;     ///< The key file of one of its root keys.
  std::filesystem::path list;     ///< To be replaced, if it is there.
  std::chrono::days life = node_list_life;
};

struct ListSigned {
  seal::NodeList list;
  std::vector<seal::ListedNode> before;  ///< Those of the list that was replaced.
  bool founded = false;                  ///< Its directories are the founders from now on.
};

/// Signs `nodes`, good from `now` for the order's life, under the serial above that of the list
/// that it replaces, whole. The directories of the first list become the founders in cluster.toml.
/// Errors: `identity_unknown` when cluster.toml does not name the root key, or the list there is of
/// another cluster; `not_found` when lists were signed before, and the last one is not there;
/// `value_invalid` for nodes out of their bounds; those of reading and writing files.
[[nodiscard]] Result<ListSigned> sign_nodes(const ListOrder& order,
                                            std::vector<seal::ListedNode> nodes, WallTime now);

}  // namespace hearth::cli::trust
