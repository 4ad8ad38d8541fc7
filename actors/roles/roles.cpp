#include "actors/roles/roles.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace hearth {

namespace {

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
  config.region = member.region;
  config.nodes = member.nodes;
  return actor_of(std::make_shared<home::HomeMachine>(std::move(config), clock), std::move(door));
}

NodeActor client_actor(const Membership& member, MachineDoor<client::ClientMachine> door) {
  client::ClientMachine::Config config;
  config.self = member.self.id;
  config.region = member.region;
  config.nodes = member.nodes;
  return actor_of(std::make_shared<client::ClientMachine>(std::move(config)), std::move(door));
}

}  // namespace hearth
