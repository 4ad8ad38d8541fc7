#include "nodes/roles/short_node.hpp"

#include "messages/seal/random.hpp"
#include "nodes/link/tcp_link.hpp"
#include "nodes/roles/actor_system.hpp"
#include "nodes/roles/system_clock.hpp"
#include "nodes/support/commit_thread.hpp"
#include "storage/memory_event_log.hpp"

#include <caf/scoped_actor.hpp>

#include <utility>

namespace hearth::cli {

struct ShortNode::State {
  SystemClock clock;
  CommitThread commits;
  storage::MemoryEventLog log{commits};
  LogDoor door;
  SystemConfig config;
  caf::actor_system system{config};
  caf::actor root;
};

ShortNode::ShortNode(const seal::Identity& self, Role role, const seal::NodeList& nodes,
                     std::vector<NodeActor> actors)
    : state_(std::make_unique<State>()) {
  TcpLinkOptions tcp;
  tcp.link.self = {self, role, {}};
  tcp.link.nodes = nodes;
  tcp.link.seed = seal::random_u64();
  tcp.wall = &state_->clock;
  NodePorts ports;
  ports.link = tcp_link_maker(std::move(tcp));
  ports.log = &state_->log;
  ports.door = &state_->door;
  ports.failed = [](const Error&) {};  // whoever waits for an answer hears that none came
  state_->root = spawn_node(state_->system, std::move(ports), std::move(actors));
}

ShortNode::~ShortNode() {
  caf::scoped_actor self{state_->system};
  caf::anon_send_exit(state_->root, caf::exit_reason::user_shutdown);
  self->wait_for(state_->root);
  state_->root = nullptr;
}

}  // namespace hearth::cli
