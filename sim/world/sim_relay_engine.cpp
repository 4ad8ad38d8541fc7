#include "sim/world/sim_relay_engine.hpp"

#include "sim/world/sim_socket.hpp"

#include <algorithm>
#include <utility>

namespace hearth::sim {

namespace {

/// Bytes under way to a slow reader; beyond, the other side is no longer read.
constexpr std::size_t pair_holds = std::size_t{512} << 10U;

}  // namespace

SimRelayEngine::SimRelayEngine(Network& network, Timers& timers, HostId host, std::uint16_t port,
                               MovedBytes& moved)
    : network_(network), timers_(timers), moved_(moved), engine_(relay::EngineLimits{}) {
  network_.listen(host, port, task_sink(network, timers, alive_, [this](SocketEvent& event) {
                    on_event(event);
                  }));
}

SimRelayEngine::~SimRelayEngine() = default;

SimRelayEngine::Leg* SimRelayEngine::find(relay::ConnectionId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : &found->second;
}

void SimRelayEngine::order(const relay::RelayCommand& command) {
  // As in a process, where orders wait in the queue of another thread.
  timers_.after(std::chrono::microseconds(20), [this, alive = std::weak_ptr(alive_), command] {
    if (!alive.expired()) {
      apply(engine_.order(command, timers_.now()));
    }
  });
}

void SimRelayEngine::on_event(SocketEvent& event) {
  using Kind = SocketEvent::Kind;
  if (event.kind == Kind::accepted) {
    const auto id = ++last_;
    legs_[id].socket = event.socket;
    legs_[id].host = network_.host_of(Network::peer_of(event.socket));
    by_socket_[event.socket] = id;
    apply(engine_.accepted(id, timers_.now()));
    return;
  }
  const auto found = by_socket_.find(event.socket);
  if (found == by_socket_.end()) {
    return;
  }
  const auto id = found->second;
  auto& leg = legs_.at(id);
  switch (event.kind) {
    case Kind::bytes:
      if (leg.inbox.empty()) {
        leg.inbox = std::move(event.bytes);
      } else {
        leg.inbox.insert(leg.inbox.end(), event.bytes.begin(), event.bytes.end());
      }
      break;
    case Kind::finished: leg.finished = true; break;
    case Kind::room:
      if (leg.other != 0) {
        pump(leg.other);
      }
      return;
    case Kind::closed: return broken(id);
    default: return;
  }
  pump(id);
}

/// Hands a preface to the machine as it wants it, and the bytes of a joined leg to the other.
void SimRelayEngine::pump(relay::ConnectionId id) {
  auto* leg = find(id);
  while (leg != nullptr && leg->other == 0 && leg->wanted > 0 && !leg->inbox.empty()) {
    const auto count = std::min(std::exchange(leg->wanted, 0), leg->inbox.size());
    const Bytes part(leg->inbox.begin(), leg->inbox.begin() + static_cast<std::ptrdiff_t>(count));
    leg->inbox.erase(leg->inbox.begin(), leg->inbox.begin() + static_cast<std::ptrdiff_t>(count));
    apply(engine_.bytes(id, part, timers_.now()));
    leg = find(id);
  }
  if (leg == nullptr) {
    return;
  }
  if (leg->other == 0) {
    if (leg->finished && leg->inbox.empty()) {
      broken(id);  // It leaves before it was joined.
    }
    return;
  }
  auto* other = find(leg->other);
  const bool full = network_.under_way(other->socket) >= pair_holds;
  if (full != leg->paused) {
    leg->paused = full;
    full ? network_.pause(leg->socket) : network_.resume(leg->socket);
  }
  if (!full && !leg->inbox.empty()) {
    auto chunk = std::exchange(leg->inbox, {});
    engine_.moved(id, chunk.size());
    count(*leg, *other, chunk.size());
    if (meddle) {
      meddle(chunk);
    }
    network_.send(other->socket, std::move(chunk));
  }
  if (leg->finished && leg->inbox.empty() && !std::exchange(leg->drained, true)) {
    apply(engine_.drained(id, timers_.now()));
  }
}

void SimRelayEngine::count(const Leg& from, const Leg& to, std::size_t bytes) {
  if (from.is_home) {
    moved_[{to.host, from.host}].to_client += bytes;
  } else {
    moved_[{from.host, to.host}].to_home += bytes;
  }
}

void SimRelayEngine::broken(relay::ConnectionId id) {
  auto* leg = find(id);
  if (leg == nullptr) {
    return;
  }
  perform(relay::Close{id, true});
  apply(engine_.broken(id, timers_.now()));
}

// ---- effects ----

void SimRelayEngine::apply(relay::EngineEffects effects) {
  for (auto& effect : effects) {
    std::visit([this](auto& each) { perform(each); }, effect);
  }
  tick_when_due();
}

void SimRelayEngine::perform(const relay::ReadUpTo& effect) {
  if (auto* leg = find(effect.connection); leg != nullptr) {
    leg->wanted = effect.bytes;
    if (!leg->inbox.empty()) {
      // Not from inside the machine's own step.
      timers_.after(std::chrono::nanoseconds(1),
                    [this, alive = std::weak_ptr(alive_), id = effect.connection] {
                      if (!alive.expired()) {
                        pump(id);
                      }
                    });
    }
  }
}

void SimRelayEngine::perform(const relay::SendBytes& effect) {
  if (auto* leg = find(effect.connection); leg != nullptr) {
    network_.send(leg->socket, effect.bytes);
  }
}

void SimRelayEngine::perform(const relay::Join& effect) {
  auto* client = find(effect.client);
  auto* home = find(effect.home);
  if (client == nullptr || home == nullptr) {
    return;
  }
  client->other = effect.home;
  home->other = effect.client;
  home->is_home = true;
  for (const auto id : {effect.client, effect.home}) {
    timers_.after(std::chrono::nanoseconds(1), [this, alive = std::weak_ptr(alive_), id] {
      if (!alive.expired()) {
        pump(id);
      }
    });
  }
}

void SimRelayEngine::perform(const relay::ShutDown& effect) {
  if (auto* leg = find(effect.connection); leg != nullptr) {
    network_.shut_down(leg->socket);
  }
}

void SimRelayEngine::perform(const relay::Close& effect) {
  auto* leg = find(effect.connection);
  if (leg == nullptr) {
    return;
  }
  if (auto* other = find(leg->other); other != nullptr) {
    other->other = 0;
    other->wanted = 0;
  }
  network_.close(leg->socket, effect.abort);
  by_socket_.erase(leg->socket);
  legs_.erase(effect.connection);
}

void SimRelayEngine::perform(relay::RelayExternal& effect) {
  machine(std::move(effect));
}

void SimRelayEngine::tick_when_due() {
  const auto due = engine_.next_tick();
  if (!due || (tick_at_ && *tick_at_ <= *due)) {
    return;
  }
  tick_at_ = *due;
  const auto wait = std::max(*due - timers_.now(), Instant::duration{0});
  timers_.after(wait, [this, alive = std::weak_ptr(alive_), at = *due] {
    if (!alive.expired() && tick_at_ == at) {
      tick_at_.reset();
      apply(engine_.tick(timers_.now()));
    }
  });
}

}  // namespace hearth::sim
