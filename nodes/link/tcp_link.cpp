#include "nodes/link/tcp_link.hpp"

#include "nodes/link/tcp_wire.hpp"
#include "nodes/support/descriptors.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/middleman.hpp>

#include <algorithm>
#include <utility>

namespace hearth {

namespace {

/// Machine, shell and wire of one broker.
struct TcpLink {
  TcpLink(caf::io::broker* self, TcpLinkOptions& options)
      : counters(options.counters),
        wire(self),
        shell({self, &wire, options.wall, counters.get()}, std::move(options.link)) {
    wire.start(shell);
  }

  std::shared_ptr<link::LinkCounters> counters;
  TcpWire wire;
  link::LinkShell shell;
};

struct TcpLinkState {
  static inline const char* name = "link";
  std::unique_ptr<TcpLink> link;
};
using Broker = caf::io::stateful_broker<TcpLinkState>;

/// Peers must not use up the descriptors that the rest of the node needs.
void fit_into_descriptors(link::LinkLimits& limits) {
  const auto half = descriptor_limit() / 2;
  limits.strangers = std::min(limits.strangers, half / 4);
  limits.sessions = std::min(limits.sessions, half - limits.strangers);
}

caf::behavior tcp_link(Broker* self, const std::shared_ptr<TcpLinkOptions>& options) {
  fit_into_descriptors(options->link.limits);
  auto& link = self->state.link;
  link = std::make_unique<TcpLink>(self, *options);
  for (auto& listener : options->listeners) {
    self->add_doorman(listener.release());
  }
  self->set_exit_handler([self](const caf::exit_msg& m) { self->state.link->wire.stop(m.reason); });
  return link->shell.handlers()
      .or_else(link->wire.handlers())
      .or_else([self](const caf::io::acceptor_closed_msg&) {
        // A node that nobody can reach any more must not look healthy.
        self->state.link->wire.stop(caf::exit_reason::unhandled_exception);
      });
}

}  // namespace

LinkMaker tcp_link_maker(TcpLinkOptions options) {
  return [shared =
              std::make_shared<TcpLinkOptions>(std::move(options))](caf::event_based_actor* root) {
    auto link = root->system().middleman().spawn_broker(tcp_link, shared);
    root->link_to(link);
    return link;
  };
}

}  // namespace hearth
