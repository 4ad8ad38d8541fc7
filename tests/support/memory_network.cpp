#include "tests/support/memory_network.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

namespace hearth::testing {

/// One link's end of the network.
class MemoryWire final : public link::Wire {
 public:
  MemoryWire(MemoryNetwork& network, std::string host)
      : network_(network), host_(std::move(host)) {}

  void start(link::LinkShell& shell) { shell_ = &shell; }

  void dial(std::uint64_t connection, const seal::Endpoint& endpoint, std::uint32_t) override {
    const bool there = network_.links_.count(endpoint.host) != 0 &&
                       network_.cuts_.count(MemoryNetwork::pair_of(host_, endpoint.host)) == 0;
    const auto pipe = ++network_.pipe_last_;
    network_.pipes_[pipe] = {{host_, endpoint.host}};
    adopt(pipe, connection);
    if (there) {
      network_.say(endpoint.host, {PipeEvent::Kind::opened, pipe});
    } else {
      network_.say(host_, {PipeEvent::Kind::closed, pipe});
    }
  }

  void send(std::uint64_t connection, BytesView bytes) override {
    const auto pipe = pipe_by_connection_.find(connection);
    if (pipe == pipe_by_connection_.end()) {
      return;
    }
    const auto peer = peer_of(pipe->second);
    Bytes copy(bytes.begin(), bytes.end());
    if (network_.on_bytes) {
      network_.on_bytes(host_, peer, copy);
    }
    unsent_[connection] += copy.size();
    network_.say(peer, {PipeEvent::Kind::bytes, pipe->second, std::move(copy)});
  }

  void close(std::uint64_t connection) override {
    const auto found = pipe_by_connection_.find(connection);
    if (found != pipe_by_connection_.end()) {
      const auto pipe = found->second;
      network_.say(peer_of(pipe), {PipeEvent::Kind::closed, pipe});
      forget(pipe);
    }
  }

  // Bytes under way cannot be held back here: a paused link takes them all the same.
  void pause(std::uint64_t) override {}
  void resume(std::uint64_t) override {}

  void on_event(PipeEvent& event) {
    if (event.kind == PipeEvent::Kind::opened) {
      if (network_.pipes_.count(event.pipe) != 0) {
        adopt(event.pipe, shell_->accepted(peer_of(event.pipe)));
      }
      return;
    }
    const auto found = connection_by_pipe_.find(event.pipe);
    if (found == connection_by_pipe_.end()) {
      return;
    }
    const auto connection = found->second;
    if (event.kind == PipeEvent::Kind::bytes) {
      network_.say(peer_of(event.pipe),
                   {PipeEvent::Kind::taken, event.pipe, {}, event.bytes.size()});
      shell_->received(connection, event.bytes);
    } else if (event.kind == PipeEvent::Kind::taken) {
      auto& unsent = unsent_[connection];
      unsent -= std::min(unsent, event.count);
      shell_->written(connection, unsent);
    } else {
      forget(event.pipe);
      shell_->closed(connection);
    }
  }

  void close_all() {
    while (!pipe_by_connection_.empty()) {
      close(pipe_by_connection_.begin()->first);
    }
  }

 private:
  void adopt(std::uint64_t pipe, std::uint64_t connection) {
    connection_by_pipe_[pipe] = connection;
    pipe_by_connection_[connection] = pipe;
  }
  void forget(std::uint64_t pipe) {
    const auto connection = connection_by_pipe_[pipe];
    connection_by_pipe_.erase(pipe);
    pipe_by_connection_.erase(connection);
    unsent_.erase(connection);
  }
  [[nodiscard]] std::string peer_of(std::uint64_t pipe) const {
    const auto& hosts = network_.pipes_.at(pipe).hosts;
    return hosts[0] == host_ ? hosts[1] : hosts[0];
  }

  MemoryNetwork& network_;
  std::string host_;
  link::LinkShell* shell_ = nullptr;
  std::map<std::uint64_t, std::uint64_t> connection_by_pipe_;
  std::map<std::uint64_t, std::uint64_t> pipe_by_connection_;
  std::map<std::uint64_t, std::size_t> unsent_;  ///< By connection.
};

namespace {

struct MemoryLink {
  MemoryLink(caf::event_based_actor* self, MemoryNetwork& network, const std::string& host,
             const link::LinkOptions& options, const WallClock& wall, link::LinkCounters& counters)
      : wire(network, host), shell({self, &wire, &wall, &counters}, options) {
    wire.start(shell);
  }
  MemoryWire wire;
  link::LinkShell shell;
};

struct MemoryLinkState {
  static inline const char* name = "link";
  std::unique_ptr<MemoryLink> link;
};

/// What a link actor is made of; by pointer, because CAF copies arguments.
struct MemoryLinkParts {
  MemoryNetwork* network;
  std::string host;
  link::LinkOptions options;
  const WallClock* wall;
  link::LinkCounters* counters;
};

caf::behavior memory_link(caf::stateful_actor<MemoryLinkState>* self,
                          const std::shared_ptr<MemoryLinkParts>& parts) {
  auto& link = self->state.link;
  link = std::make_unique<MemoryLink>(self, *parts->network, parts->host, parts->options,
                                      *parts->wall, *parts->counters);
  self->set_exit_handler([self](const caf::exit_msg& m) {
    self->state.link->wire.close_all();
    self->quit(m.reason);
  });
  return link->shell.handlers().or_else(
      [self](PipeEvent& event) { self->state.link->wire.on_event(event); });
}

}  // namespace

LinkMaker MemoryNetwork::maker(const std::string& host, link::LinkOptions options,
                               const WallClock& wall) {
  auto& counters = counters_[host];
  if (!counters) {
    counters = std::make_unique<link::LinkCounters>();
  }
  auto parts = std::make_shared<MemoryLinkParts>(
      MemoryLinkParts{this, host, std::move(options), &wall, counters.get()});
  return [this, host, parts](caf::event_based_actor* root) -> caf::actor {
    auto link = root->spawn<caf::linked>(memory_link, parts);
    links_[host] = caf::actor_cast<caf::actor_addr>(link);
    return link;
  };
}

void MemoryNetwork::cut(const std::string& a, const std::string& b) {
  cuts_[pair_of(a, b)] = true;
  for (auto it = pipes_.begin(); it != pipes_.end(); ++it) {
    if (pair_of(it->second.hosts[0], it->second.hosts[1]) == pair_of(a, b)) {
      say(a, {PipeEvent::Kind::closed, it->first});
      say(b, {PipeEvent::Kind::closed, it->first});
    }
  }
}

void MemoryNetwork::say(const std::string& to, PipeEvent event) {
  const auto found = links_.find(to);
  if (found == links_.end()) {
    return;
  }
  if (const auto link = caf::actor_cast<caf::actor>(found->second)) {
    caf::anon_send(link, std::move(event));
  }
}

}  // namespace hearth::testing
