#include "sim/drill/nodes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr std::array<std::string_view, 5> role_names = {"directory", "super-peer", "home", "client",
                                                        "gateway"};

void add_service(std::vector<Node>& nodes, Role role, const std::string& region,
                 std::uint32_t count) {
  for (std::uint32_t i = 1; i <= count; ++i) {
    nodes.push_back({fmt::format("{}/{}/{}", region, name_of(role), i), role, region});
  }
}

void add_people(std::vector<Node>& nodes, Role role, const Topology& topology,
                std::uint32_t count) {
  for (std::uint32_t i = 1; i <= count; ++i) {
    nodes.push_back({fmt::format("{}/{}", name_of(role), i), role,
                     topology.regions[(i - 1) % topology.regions.size()]});
  }
}

bool matches(const NodeChoice& choice, const Node& node) {
  if (!choice.names.empty()) {
    return std::count(choice.names.begin(), choice.names.end(), node.name) > 0;
  }
  return (!choice.role || *choice.role == node.role) &&
         (choice.region.empty() || choice.region == node.region);
}

}  // namespace

std::string_view name_of(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_from(std::string_view name) {
  const auto found = std::find(role_names.begin(), role_names.end(), name);
  if (found == role_names.end()) {
    return std::nullopt;
  }
  return static_cast<Role>(found - role_names.begin());
}

std::vector<Node> nodes_of(const Topology& topology) {
  std::vector<Node> nodes;
  for (const auto& region : topology.regions) {
    add_service(nodes, Role::directory, region, topology.directories_per_region);
    add_service(nodes, Role::super_peer, region, topology.super_peers_per_region);
  }
  if (!topology.regions.empty()) {
    add_people(nodes, Role::home, topology, topology.homes);
    add_people(nodes, Role::client, topology, topology.clients);
    add_people(nodes, Role::gateway, topology, topology.gateways);
  }
  return nodes;
}

std::vector<Node> candidates(const NodeChoice& choice, const Topology& topology) {
  auto nodes = nodes_of(topology);
  std::erase_if(nodes, [&choice](const Node& node) { return !matches(choice, node); });
  return nodes;
}

std::size_t chosen_count(const NodeChoice& choice, std::size_t candidates) {
  if (choice.count > 0) {
    return std::min<std::size_t>(choice.count, candidates);
  }
  return choice.percent > 0 ? (candidates * choice.percent + 99) / 100 : candidates;
}

std::vector<Node> choose(const NodeChoice& choice, const Topology& topology, const Chance& chance) {
  auto nodes = candidates(choice, topology);
  for (auto excess = nodes.size() - chosen_count(choice, nodes.size()); excess > 0; --excess) {
    nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(chance(nodes.size())));
  }
  return nodes;
}

}  // namespace hearth::drill
