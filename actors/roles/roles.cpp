#include "actors/roles/roles.hpp"

#include "actors/runtime/placement.hpp"
#include "messages/base/limits.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace hearth {

namespace {

constexpr std::size_t directories_wanted = 2;

std::vector<NodeId> nearest(const Membership& member, Role role, std::size_t count) {
  return choose_nodes(member.nodes, role, member.region, member.self.id, count);
}

template <class M>
NodeActor actor_of(std::shared_ptr<M> machine, MachineDoor<M> door) {
  return node_actor<M>(std::move(machine), std::move(door.command), std::move(door.spawned));
}

/// Of machines that their node neither orders nor asks.
template <class M>
MachineDoor<M> no_door() {
  return {[](std::monostate) {}, [](const caf::actor&) {}};
}

}  // namespace

NodeActor super_peer_actor(const Membership& member, const WallClock& clock,
                           MachineDoor<relay::RelayMachine> door,
                           const relay::RelayLimits& limits) {
  return actor_of(
      std::make_shared<relay::RelayMachine>(member.self.id, member.nodes, clock, limits),
      std::move(door));
}

NodeActor home_actor(const Membership& member, HomeSettings settings, const WallClock& clock,
                     MachineDoor<home::HomeMachine> door) {
  home::HomeMachine::Config config;
  config.self = member.self;
  config.home_name = std::move(settings.name);
  config.media_folders = std::move(settings.media_folders);
  config.library = settings.library;
  config.nodes = member.nodes;
  config.directories = nearest(member, Role::directory, directories_wanted);
  config.super_peers = nearest(member, Role::super_peer, limits::super_peers_per_home_max);
  return actor_of(std::make_shared<home::HomeMachine>(std::move(config), clock), std::move(door));
}

NodeActor client_actor(const Membership& member, MachineDoor<client::ClientMachine> door) {
  client::ClientMachine::Config config;
  config.self = member.self.id;
  config.nodes = member.nodes;
  config.directories = nearest(member, Role::directory, directories_wanted);
  return actor_of(std::make_shared<client::ClientMachine>(std::move(config)), std::move(door));
}

}  // namespace hearth
