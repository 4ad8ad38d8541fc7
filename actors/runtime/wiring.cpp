#include "actors/runtime/wiring.hpp"

#include "actors/link/link_messages.hpp"

#include <utility>

namespace hearth {

namespace {

/// Holds its children: an actor that nobody refers to ends as `unreachable`, and as it is linked,
/// it would take the whole node with it.
struct RootState {
  static inline const char* name = "node";
  std::vector<caf::actor> children;
};
using Root = caf::stateful_actor<RootState>;

caf::behavior node_root(Root* self, const NodePorts& ports, const std::vector<NodeActor>& actors) {
  auto& children = self->state.children;
  const auto link = ports.link(self);
  children.push_back(link);
  caf::actor writer;
  if (ports.log != nullptr) {
    writer =
        self->spawn<caf::linked>(log_writer, LogWriterPorts{ports.log, ports.door, ports.failed});
    children.push_back(writer);
  }
  for (const auto& each : actors) {
    const auto actor = each.spawn(self, ports, writer, link);
    children.push_back(actor);
    self->send(link, BindActor{each.name, actor});
    self->send(link, WatchPeers{actor});
  }
  return {[self](link::OfferNodeList& offer) {
    self->send(self->state.children.front(), std::move(offer));  // the link
  }};
}

}  // namespace

caf::actor spawn_node(caf::actor_system& system, NodePorts ports, std::vector<NodeActor> actors) {
  // As arguments, not as captures: UBSan stops at what CAF does for a spawn without arguments.
  return system.spawn(node_root, std::move(ports), std::move(actors));
}

}  // namespace hearth
