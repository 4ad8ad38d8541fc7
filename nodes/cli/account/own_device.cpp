#include "nodes/cli/account/own_device.hpp"

#include "messages/base/limits.hpp"
#include "nodes/cli/account/chain_memory.hpp"
#include "nodes/support/cluster_file.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace hearth::cli::account {

namespace {

namespace fs = std::filesystem;

constexpr const char* role = "client";

fs::path user_data() {
  const char* xdg = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  const auto base = xdg != nullptr && *xdg != '\0' ? fs::path(xdg)
                    : home != nullptr              ? fs::path(home) / ".local/share"
                                                   : fs::path("/var/lib");
  return base / "hearth";
}

Result<OwnDevice> open(const Places& places, bool make) {
  auto nodes = load_cluster_nodes(places.cluster, places.node_list);
  if (!nodes) {
    return nodes.error();
  }
  const auto path =
      absolute_path(places.data.empty() ? user_data() / "client" : fs::path(places.data));
  if (!path) {
    return path.error();
  }
  auto folder =
      make ? DataFolder::open(path.value(), role) : DataFolder::open_existing(path.value(), role);
  auto identity = !folder ? Result<seal::Identity>(folder.error())
                  : make  ? folder.value()->load_or_create_identity()
                          : folder.value()->identity();
  if (identity) {
    auto memory = chain_memory_in(folder.value()->path());
    return memory
               ? Result<OwnDevice>(OwnDevice{std::move(folder.value()), identity.value(),
                                             std::move(nodes.value()), std::move(memory.value())})
               : memory.error();
  }
  if (identity.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::not_found,
                 fmt::format("no device of yours in {}: make an account with `hearth account "
                             "create`, or come into one with `hearth pair --new`",
                             path.value().string())};
  }
  return identity.error();
}

}  // namespace

fs::path place_of(const std::string& given, const char* file) {
  if (!given.empty()) {
    return given;
  }
  const auto installed = fs::path("/etc/hearth") / file;
  const auto tried = user_data() / "up" / file;
  return !is_there(installed) && is_there(tried) ? tried : installed;
}

Result<OwnDevice> open_device(const Places& places) {
  return open(places, false);
}

Result<OwnDevice> open_or_make_device(const Places& places) {
  return open(places, true);
}

Result<seal::NodeList> load_cluster_nodes(const std::string& cluster,
                                          const std::string& node_list) {
  const auto trusted = load_cluster(place_of(cluster, "cluster.toml"));
  if (!trusted) {
    return trusted.error();
  }
  const auto path = place_of(node_list, "node_list");
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  auto loaded = load_current_node_list(path, trusted.value(), now);
  if (!loaded) {
    return loaded.error();
  }
  const auto& nodes = loaded.value().list.nodes;
  if (std::none_of(nodes.begin(), nodes.end(),
                   [](const auto& node) { return node.role == Role::directory; })) {
    return Error{ErrorCode::value_invalid, path.string() + " names no directory"};
  }
  return std::move(loaded.value().list);
}

std::string host_name() {
  std::array<char, limits::name_bytes_max> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data()
                                                                             : "computer";
}

}  // namespace hearth::cli::account
