#pragma once
// One node: the same tree of actors in a process and in the simulator. Only the ports differ.

#include "actors/link/link_maker.hpp"
#include "actors/runtime/log_writer.hpp"
#include "actors/runtime/machine_actor.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth {

/// What a node borrows from its world. All of it outlives the actors.
struct NodePorts {
  LinkMaker link;
  storage::EventLog* log = nullptr;          ///< Null: a node without durable state.
  LogDoor* door = nullptr;                   ///< With `log`.
  std::function<void(const Error&)> failed;  ///< Why the node is about to stop. Any thread.
};

/// One domain actor of a node.
struct NodeActor {
  std::string name;
  std::function<caf::actor(caf::event_based_actor* root, const NodePorts& ports,
                           const caf::actor& writer, const caf::actor& link)>
      spawn;
};

/// An actor around `machine`. `command` is the node's port for its orders and must not block;
/// `spawned` gets the handle for external inputs, on the root's thread.
template <class M>
[[nodiscard]] NodeActor node_actor(std::shared_ptr<M> machine,
                                   std::function<void(typename M::Command)> command,
                                   std::function<void(caf::actor)> spawned) {
  return {M::name,
          [machine = std::move(machine), command = std::move(command),
           spawned = std::move(spawned)](caf::event_based_actor* root, const NodePorts& ports,
                                         const caf::actor& writer, const caf::actor& link) {
            auto actor = root->spawn<caf::linked>(
                machine_actor<M>, machine,
                MachinePorts<M>{ports.log, ports.door, writer, link, command, ports.failed});
            spawned(actor);
            return actor;
          }};
}

/// Spawns the node and returns its root, which takes newer node lists (`link::OfferNodeList`).
/// Whoever of the tree dies, the whole node dies: a restart
/// from the log is the only recovery that is tested, so it is the only one there is.
[[nodiscard]] caf::actor spawn_node(caf::actor_system& system, NodePorts ports,
                                    std::vector<NodeActor> actors);

}  // namespace hearth
