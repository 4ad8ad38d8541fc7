#include "sim/world/sim_link.hpp"

#include "actors/link/link_shell.hpp"
#include "actors/link/wire.hpp"
#include "messages/base/limits.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::sim::SocketEvent)

namespace hearth::sim {

namespace {

/// What a real socket's buffer takes before `unsent` grows.
constexpr std::size_t socket_buffer = std::size_t{256} << 10U;

class SimWire final : public link::Wire {
 public:
  /// A link that sends no more than `unsent_max` before it hears is told in time.
  SimWire(Network& network, HostId host, std::size_t unsent_max)
      : network_(network), host_(host), told_every_(std::max<std::size_t>(unsent_max / 2, 1)) {}

  void start(link::LinkShell& shell, SocketSink sink, const std::vector<std::uint16_t>& ports) {
    shell_ = &shell;
    sink_ = std::move(sink);
    for (const auto port : ports) {
      network_.listen(host_, port, sink_);
    }
  }

  void dial(std::uint64_t connection, const seal::Endpoint& endpoint, std::uint32_t) override {
    adopt(network_.dial(host_, endpoint, sink_), connection);
  }
  void send(std::uint64_t connection, BytesView bytes) override {
    const auto socket = socket_of(connection);
    if (!socket) {
      return;
    }
    network_.send(*socket, {bytes.begin(), bytes.end()});
    auto& untold = untold_[*socket];
    untold += bytes.size();
    if (untold >= told_every_ && network_.under_way(*socket) < socket_buffer) {
      untold = 0;  // the kernel has taken them: a real socket is writable again at once
      sink_(std::chrono::nanoseconds(0), {SocketEvent::Kind::room, *socket});
    }
  }
  void close(std::uint64_t connection) override {
    if (const auto socket = socket_of(connection)) {
      forget(*socket);
      network_.close(*socket, true);
    }
  }
  void pause(std::uint64_t connection) override {
    if (const auto socket = socket_of(connection)) {
      network_.pause(*socket);
    }
  }
  void resume(std::uint64_t connection) override {
    if (const auto socket = socket_of(connection)) {
      network_.resume(*socket);
    }
  }

  void on_event(SocketEvent& event) {
    using Kind = SocketEvent::Kind;
    if (!network_.admit(event)) {
      if (event.kind == Kind::closed && event.count == 1) {
        end(event.socket);  // Told by the own kernel, which has forgotten the socket already.
      }
      return;
    }
    if (event.kind == Kind::accepted) {
      const auto peer = network_.host_of(Network::peer_of(event.socket));
      adopt(event.socket, shell_->accepted(std::to_string(static_cast<std::uint32_t>(peer))));
      return;
    }
    const auto found = connections_.find(event.socket);
    if (found == connections_.end()) {
      return;
    }
    const auto connection = found->second;
    switch (event.kind) {
      case Kind::bytes:
        tell_written(event.socket, connection);
        shell_->received(connection, event.bytes);
        break;
      case Kind::room: tell_written(event.socket, connection); break;
      case Kind::finished:
        forget(event.socket);
        network_.close(event.socket, false);
        shell_->closed(connection);
        break;
      case Kind::closed: end(event.socket); break;
      default: break;
    }
  }

 private:
  void end(SocketId socket) {
    if (const auto found = connections_.find(socket); found != connections_.end()) {
      const auto connection = found->second;
      forget(socket);
      shell_->closed(connection);
    }
  }
  void tell_written(SocketId socket, std::uint64_t connection) {
    const auto under_way = network_.under_way(socket);
    untold_[socket] = 0;
    shell_->written(connection, under_way - std::min(under_way, socket_buffer));
  }
  void adopt(SocketId socket, std::uint64_t connection) {
    connections_[socket] = connection;
    sockets_[connection] = socket;
  }
  void forget(SocketId socket) {
    sockets_.erase(connections_[socket]);
    untold_.erase(socket);
    connections_.erase(socket);
  }
  [[nodiscard]] std::optional<SocketId> socket_of(std::uint64_t connection) const {
    const auto found = sockets_.find(connection);
    return found == sockets_.end() ? std::nullopt : std::optional(found->second);
  }

  Network& network_;
  HostId host_;
  std::size_t told_every_;
  SocketSink sink_;
  link::LinkShell* shell_ = nullptr;
  std::unordered_map<SocketId, std::uint64_t> connections_;  // never iterated
  std::unordered_map<std::uint64_t, SocketId> sockets_;      // never iterated
  std::unordered_map<SocketId, std::size_t> untold_;         ///< Bytes sent since `written`.
};

struct SimLinkState {
  static inline const char* name = "link";
  std::unique_ptr<SimWire> wire;
  std::unique_ptr<link::LinkShell> shell;
};

/// Before the shell has them: messages that the filters drop. Who asks hears in the end what it
/// would of one that was lost; who answers is heard as one whose answer did not come. What is lost
/// takes no credit of the link.
caf::message_handler sieve(caf::event_based_actor* self, const std::shared_ptr<SimLinkParts>& parts,
                           caf::message_handler shell) {
  const auto is_lost = [parts](const NodeId& to, const Envelope& envelope) {
    return parts->filters->drops(parts->link.self.identity.id, to, envelope);
  };
  auto pass = [shell](auto& input) mutable {
    auto message = caf::make_message(std::move(input));
    shell(message);
  };
  const Error lost{ErrorCode::timed_out, "the message was lost"};
  const auto answer_late = [self, lost](const Ask& ask) {
    if (const auto& asker = self->current_sender()) {
      caf::delayed_anon_send(caf::actor_cast<caf::actor>(asker),
                             std::min<Millis>(ask.budget, limits::request_budget_max),
                             Answered{ask.token, lost});
    }
  };
  return {
      [is_lost, pass, answer_late](Ask& ask) mutable {
        if (is_lost(ask.to, ask.envelope)) {
          answer_late(ask);
        } else {
          pass(ask);
        }
      },
      [is_lost, pass](Tell& tell) mutable {
        if (!is_lost(tell.to, tell.envelope)) {
          pass(tell);
        }
      },
      [is_lost, pass, lost](Reply& reply) mutable {
        if (reply.answer && is_lost(reply.to.node, reply.answer.value())) {
          reply.answer = lost;
        }
        pass(reply);
      },
  };
}

caf::behavior sim_link(caf::stateful_actor<SimLinkState>* self,
                       const std::shared_ptr<SimLinkParts>& parts) {
  auto& state = self->state;
  state.wire =
      std::make_unique<SimWire>(*parts->network, parts->host, parts->link.limits.unsent_max);
  state.shell = std::make_unique<link::LinkShell>(
      link::LinkShell::Parts{self, state.wire.get(), parts->wall, parts->counters.get()},
      parts->link);
  state.wire->start(*state.shell, sink_of(*parts->timers, self), parts->listen);
  const auto shell = state.shell->handlers();
  return sieve(self, parts, shell)
      .or_else(shell)
      .or_else([wire = state.wire.get()](SocketEvent& event) { wire->on_event(event); });
}

}  // namespace

SocketSink sink_of(Timers& timers, const caf::actor& actor) {
  return [&timers, address = caf::actor_cast<caf::actor_addr>(actor)](
             std::chrono::nanoseconds delay, SocketEvent event) {
    timers.after(delay, [address, event = std::move(event)]() mutable {
      if (const auto to = caf::actor_cast<caf::actor>(address)) {
        caf::anon_send(to, std::move(event));
      }
    });
  };
}

LinkMaker sim_link_maker(SimLinkParts parts) {
  auto shared = std::make_shared<SimLinkParts>(std::move(parts));
  return [shared](caf::event_based_actor* root) -> caf::actor {
    return root->spawn<caf::linked>(sim_link, shared);
  };
}

}  // namespace hearth::sim
