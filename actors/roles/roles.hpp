#pragma once
// What each role consists of, said once: a process and the simulator both build their nodes of
// these, and differ in ports only.

#include "actors/client/client_machine.hpp"
#include "actors/directory/directory_machine.hpp"
#include "actors/home/home_machine.hpp"
#include "actors/relay/relay_machine.hpp"
#include "actors/replication/group_replica.hpp"
#include "actors/replication/operator_desk.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/wiring.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hearth {

/// The groups of accounts that a cluster begins with: more than it has regions, so that leaders
/// spread evenly and a group can move alone.
inline constexpr std::uint32_t groups_founded = 16;

/// Who a node is in its cluster.
struct Membership {
  seal::Identity self;
  seal::NodeList nodes;
  std::string region;  ///< Of the node list, or for homes and clients the one to prefer.
  /// The directories that the groups of accounts began with. Who is none of them joins.
  std::vector<NodeId> founders;
  std::uint32_t groups = groups_founded;  ///< That there are, from group 0 on.
};

/// A machine's way to its node and back; see `node_actor`.
template <class M>
struct MachineDoor {
  std::function<void(typename M::Command)> command;
  std::function<void(caf::actor)> spawned;
};

struct DirectorySettings {
  std::size_t accounts_held = directory::AccountGroup::accounts_max;
  replication::GroupOptions group = {};
};

/// The operator's way to a directory's replicas and back.
struct OperatorDoor {
  std::function<void(replication::OperatorReply)> answer;  ///< Must not block.
  std::function<void(caf::actor)> spawned;                 ///< Takes `OperatorInput`.
};

/// The replicas of a directory, and the accounts that they replicate. A founder forms the groups
/// with the others, where it has not been in any yet, and leaders are rather those that come first
/// in a group, which is another one for each; who is none waits until an operator adds it. `clock`
/// outlives the actors, here and below.
[[nodiscard]] std::vector<NodeActor> directory_actors(const Membership& member,
                                                      const WallClock& clock, OperatorDoor door,
                                                      const DirectorySettings& settings = {});

[[nodiscard]] NodeActor super_peer_actor(const Membership& member, const WallClock& clock,
                                         MachineDoor<relay::RelayMachine> door,
                                         const relay::RelayLimits& limits = {});

struct HomeSettings {
  std::string name;                        ///< As its household sees it.
  std::vector<std::string> media_folders;  ///< Absolute.
  home::LibraryLimits library = {};
};

[[nodiscard]] NodeActor home_actor(const Membership& member, HomeSettings settings,
                                   const WallClock& clock, MachineDoor<home::HomeMachine> door);

[[nodiscard]] NodeActor client_actor(const Membership& member,
                                     MachineDoor<client::ClientMachine> door);

}  // namespace hearth
