#pragma once
// Which nodes of a topology a fault means, and what they are called.
//
// The service's nodes are named by region, "eu/directory/1" and "eu/super-peer/2"; households and
// their guests by number, "home/3", "client/12", "gateway/1". These live near a region all the
// same: number n near the region of index (n - 1) modulo the regions.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

enum class Role : std::uint8_t { directory, super_peer, home, client, gateway };

/// "super-peer" and so on.
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);

struct Topology {
  std::vector<std::string> regions;  ///< At least one; leaders are rather in the first.
  std::uint32_t directories_per_region = 1;
  std::uint32_t super_peers_per_region = 1;
  std::uint32_t gateways = 0;
  std::uint32_t homes = 0;
  std::uint32_t clients = 0;
  std::uint32_t rocks_homes = 0;  ///< That many homes run real RocksDB, home/1 first.

  friend bool operator==(const Topology&, const Topology&) = default;
};

struct Node {
  std::string name;
  Role role = Role::directory;
  std::string region;  ///< It stands in, or lives near.

  friend bool operator==(const Node&, const Node&) = default;
};

/// Every node, by region and role, then homes, clients, gateways by number. Stable: seeds count on
/// this order.
[[nodiscard]] std::vector<Node> nodes_of(const Topology& topology);

/// A set of nodes: those named, and else all of `role` near `region`. Empty fields match
/// everything. Of these, at most `count` or `percent` (rounded up) are drawn when the fault
/// strikes.
struct NodeChoice {
  std::vector<std::string> names;  ///< Not with `role` or `region`.
  std::optional<Role> role;
  std::string region;
  std::uint32_t count = 0;    ///< 0: all.
  std::uint32_t percent = 0;  ///< 0: all, else 1 to 100. Not with `count`.

  /// Nothing is chosen: every node, or for a link's far end every node but the near one's.
  [[nodiscard]] bool empty() const { return names.empty() && !role && region.empty(); }
  friend bool operator==(const NodeChoice&, const NodeChoice&) = default;
};

/// A number below `bound`, which is at least 1. The one source of chance in this layer.
using Chance = std::function<std::uint64_t(std::uint64_t bound)>;

/// Those that `choice` may mean, before count and percent; in the order of `nodes_of`.
[[nodiscard]] std::vector<Node> candidates(const NodeChoice& choice, const Topology& topology);

/// How many of `candidates` a choice takes.
[[nodiscard]] std::size_t chosen_count(const NodeChoice& choice, std::size_t candidates);

/// Those that are meant, drawn where the choice leaves room; in the order of `nodes_of`.
[[nodiscard]] std::vector<Node> choose(const NodeChoice& choice, const Topology& topology,
                                       const Chance& chance);

}  // namespace hearth::drill
