#include "nodes/cli/trust/list_signing.hpp"

#include "nodes/support/data_folder.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <utility>

namespace hearth::cli::trust {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_size_max = 64;

bool is_cluster_name(const std::string& name) {
  return !name.empty() && name.size() <= name_size_max &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

std::vector<NodeId> directories_of(const std::vector<seal::ListedNode>& nodes) {
  std::vector<NodeId> found;
  for (const auto& node : nodes) {
    if (node.role == Role::directory) {
      found.push_back(node.id());
    }
  }
  return found;
}

Result<seal::Identity> load_root(const fs::path& path, const Cluster& cluster) {
  auto root = load_identity(path);
  const auto& known = cluster.roots;
  if (root && std::find(known.begin(), known.end(), root.value().keys.signing) == known.end()) {
    return Error{ErrorCode::identity_unknown,
                 fmt::format("{}, {}, is no root key of the cluster {}: cluster.toml names {} and "
                             "signs with none else",
                             path.string(), to_text(root.value().keys.signing), cluster.name,
                             to_text(known.front()))};
  }
  return root;
}

/// What the list that is to be replaced says; serial 0 before the first one.
Result<seal::NodeList> list_before(const fs::path& path, const Cluster& cluster) {
  auto loaded = load_node_list(path, cluster);
  if (loaded) {
    return std::move(loaded.value().list);
  }
  if (loaded.error().code != ErrorCode::not_found) {
    return loaded.error();
  }
  if (!cluster.founders.empty()) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} is not there, and cluster.toml has founders: lists were signed "
                             "before. Take the last one from any node, its serial is needed",
                             path.string())};
  }
  return seal::NodeList{};
}

}  // namespace

Result<Cluster> make_trust_root(const fs::path& folder, const std::string& name,
                                std::uint32_t groups) {
  if (!is_cluster_name(name)) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("'{}' is no name of a cluster: 1 to {} letters, digits, '.', '-' and "
                             "'_' are wanted",
                             name, name_size_max)};
  }
  if (auto made = make_folder(folder); !made) {
    return made.error();
  }
  Cluster cluster{name, {}, {}, groups};
  for (const auto file : root_files) {
    auto root = load_or_create_identity(folder / file);
    if (!root) {
      return root.error();
    }
    cluster.roots.push_back(root.value().keys.signing);
  }
  auto saved = save_cluster(folder / cluster_file, cluster);
  return saved ? Result<Cluster>(cluster) : saved.error();
}

Result<ListSigned> sign_nodes(const ListOrder& order, std::vector<seal::ListedNode> nodes,
                              WallTime now) {
  auto cluster = load_cluster(order.cluster);
  auto root = cluster ? load_root(order.root, cluster.value()) : cluster.error();
  auto before = root ? list_before(order.list, cluster.value()) : root.error();
  if (!before) {
    return before.error();
  }
  ListSigned done{{before.value().serial + 1, now + order.life, std::move(nodes)},
                  std::move(before.value().nodes),
                  cluster.value().founders.empty()};
  if (auto checked = seal::check_node_list(done.list); !checked) {
    return checked.error();
  }
  const auto directories = directories_of(done.list.nodes);
  if (directories.empty()) {
    return Error{ErrorCode::value_invalid,
                 "no directory is listed: nobody would know accounts and homes"};
  }
  const auto bytes = seal::sign_node_list(done.list, root.value().signing_seed);
  if (auto written = write_file(order.list, bytes, 0644); !written) {
    return written.error();
  }
  // After the list: what a crash leaves without founders is founded by the next one.
  if (done.founded) {
    cluster.value().founders = directories;
    if (auto saved = save_cluster(order.cluster, cluster.value()); !saved) {
      return saved.error();
    }
  }
  return done;
}

}  // namespace hearth::cli::trust
