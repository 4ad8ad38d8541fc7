#include "sim/world/network.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds syn_retry = 1s;
constexpr std::uint32_t syn_tries_max = 6;
constexpr std::chrono::nanoseconds user_timeout = 30s;
/// Progress is told to a sender in steps of this: what TCP_NOTSENT_LOWAT is for.
constexpr std::size_t room_step = std::size_t{64} << 10U;

std::size_t index_of(SocketId socket) {
  return static_cast<std::size_t>(socket & 1U);
}

std::size_t index_of(HostId host) {
  return static_cast<std::size_t>(host);
}

}  // namespace

Network::Network(Timers& timers, Random random) : timers_(timers), random_(std::move(random)) {}

Network::~Network() = default;

// ---- machines ----

HostId Network::add_host(const std::string& name, const std::string& region, bool behind_nat) {
  const auto host = static_cast<HostId>(hosts_.size());
  hosts_.push_back({name, true, {}, {}, {}, {}});
  host_by_name_.emplace(name, host);
  routes_.add_host(host, region, behind_nat);
  return host;
}

HostId Network::host(std::string_view name) const {
  const auto found = host_by_name_.find(name);
  HEARTH_CHECK(found != host_by_name_.end());
  return found->second;
}

void Network::listen(HostId host, std::uint16_t port, SocketSink sink) {
  hosts_[index_of(host)].listeners[port] = std::move(sink);
}

std::vector<SocketId> Network::sockets_of(HostId host) const {
  std::vector<SocketId> open;
  for (const auto socket : hosts_[index_of(host)].sockets) {
    if (pipe_of(socket)->ends[index_of(socket)].open) {
      open.push_back(socket);
    }
  }
  return open;
}

void Network::abandon(HostId host, bool tell_peers) {
  hosts_[index_of(host)].listeners.clear();
  for (const auto socket : sockets_of(host)) {
    auto* end = end_of(socket);
    end->open = false;
    end->sink = nullptr;
    end->held.clear();
    if (tell_peers) {
      transmit(socket, {SocketEvent::Kind::closed, peer_of(socket)});
    }
    forget_if_over(socket);
  }
}

void Network::process_died(HostId host) {
  abandon(host, true);
}

void Network::power_lost(HostId host) {
  hosts_[index_of(host)].powered = false;
  abandon(host, false);
}

void Network::power_back(HostId host) {
  hosts_[index_of(host)].powered = true;
}

void Network::rebind(HostId host) {
  for (const auto socket : sockets_of(host)) {
    pipe_of(socket)->rebound[index_of(socket)] = true;
  }
}

void Network::reset(HostId a, HostId b) {
  for (const auto socket : sockets_of(a)) {
    if (end_of(peer_of(socket))->host == b) {
      fail(socket, 0ns);
      fail(peer_of(socket), 0ns);
    }
  }
}

void Network::half_open(HostId a, HostId b) {
  for (const auto socket : sockets_of(a)) {
    if (end_of(peer_of(socket))->host == b) {
      pipe_of(socket)->silent = true;
      fail(peer_of(socket), 0ns);
    }
  }
}

void Network::routes_changed() {
  for (SocketId socket = 0; socket / 2 < pipes_.size(); socket += 2) {
    auto* pipe = pipe_of(socket);
    if (pipe == nullptr || !pipe->stalled_since) {
      continue;
    }
    // The next retransmission comes at latest when the stall has lasted twice as long.
    const auto stalled = timers_.now() - *pipe->stalled_since;
    const auto wait = std::min<std::chrono::nanoseconds>(stalled, 15s) + 1ms;
    const auto drawn =
        std::chrono::nanoseconds(random_.below(static_cast<std::uint64_t>(wait.count())));
    pipe->stalled_since.reset();
    release(socket, drawn);
    release(socket + 1, drawn);
  }
}

// ---- sockets ----

Network::End* Network::end_of(SocketId socket) {
  auto* pipe = pipe_of(socket);
  return pipe == nullptr ? nullptr : &pipe->ends[index_of(socket)];
}

HostId Network::host_of(SocketId socket) const {
  return pipe_of(socket)->ends[index_of(socket)].host;
}

const Way& Network::way_from(SocketId socket) {
  auto& end = *end_of(socket);
  if (end.way_number != routes_.version()) {
    end.way_number = routes_.version();
    end.way = routes_.way(end.host, end_of(peer_of(socket))->host);
  }
  return end.way;
}

SocketId Network::dial(HostId from, const seal::Endpoint& to, SocketSink sink) {
  const SocketId socket = pipes_.size() * 2;
  auto pipe = std::make_unique<Pipe>();
  pipe->port = to.port;
  pipe->ends[0].host = from;
  pipe->ends[0].sink = std::move(sink);
  const auto found = host_by_name_.find(to.host);
  pipe->ends[1].host = found == host_by_name_.end() ? from : found->second;
  pipe->ends[1].open = false;
  for (const std::size_t side : {0U, 1U}) {
    hosts_[index_of(pipe->ends[side].host)].sockets.insert(socket + side);
  }
  pipes_.push_back(std::move(pipe));
  if (found == host_by_name_.end()) {
    fail(socket, 1ms);
  } else {
    transmit(socket, {SocketEvent::Kind::accepted, peer_of(socket)});
  }
  return socket;
}

/// Sends `event` to the other end: it arrives when the line and the way let it.
void Network::transmit(SocketId from, SocketEvent event) {
  auto& pipe = *pipe_of(from);
  auto& end = pipe.ends[index_of(from)];
  auto& peer = pipe.ends[1 - index_of(from)];
  const auto& way = way_from(from);
  const auto now = timers_.now();
  const auto size = event.bytes.size();
  const auto doubled = way.duplicates > 0 && random_.chance(way.duplicates) ? 2.0 : 1.0;
  const auto handled = std::max(now, hosts_[index_of(end.host)].busy_until);
  end.line_free = std::max(end.line_free, handled) +
                  std::chrono::nanoseconds(static_cast<std::int64_t>(
                      doubled * static_cast<double>(size) / way.bytes_per_ns));
  end.last_arrival = std::max(end.last_arrival, end.line_free + travel_time(way, size, random_));
  bytes_carried_ += size;
  if (event.kind == SocketEvent::Kind::accepted) {
    const auto& listeners = hosts_[index_of(peer.host)].listeners;
    const auto listener = listeners.find(pipe.port);
    if (listener != listeners.end() && !peer.sink) {
      peer.sink = listener->second;
    }
  }
  if (peer.sink) {
    peer.sink(end.last_arrival - now, std::move(event));
    return;
  }
  // Nobody there: a kernel without such a socket answers with a reset, a dead machine not at all.
  timers_.after(end.last_arrival - now, [this, event = std::move(event)]() mutable {
    [[maybe_unused]] const bool heard = admit(event);
  });
}

void Network::send(SocketId socket, Bytes bytes) {
  auto* end = end_of(socket);
  if (end == nullptr || !end->open || end->finished || bytes.empty()) {
    return;
  }
  end->under_way += bytes.size();
  transmit(socket, {SocketEvent::Kind::bytes, peer_of(socket), std::move(bytes)});
}

void Network::shut_down(SocketId socket) {
  auto* end = end_of(socket);
  if (end != nullptr && end->open && !std::exchange(end->finished, true)) {
    transmit(socket, {SocketEvent::Kind::finished, peer_of(socket)});
  }
}

void Network::close(SocketId socket, bool abort) {
  auto* end = end_of(socket);
  if (end == nullptr || !std::exchange(end->open, false)) {
    return;
  }
  // Bytes that came and were not read are answered with a reset, as by Linux.
  const bool reset = abort || !end->held.empty();
  end->held.clear();
  end->sink = nullptr;
  if (reset) {
    end->last_arrival = Instant{};  // A reset waits for nothing.
    transmit(socket, {SocketEvent::Kind::closed, peer_of(socket)});
  } else if (!std::exchange(end->finished, true)) {
    transmit(socket, {SocketEvent::Kind::finished, peer_of(socket)});
  }
  forget_if_over(socket);
}

void Network::pause(SocketId socket) {
  if (auto* end = end_of(socket); end != nullptr) {
    end->paused = true;
  }
}

void Network::resume(SocketId socket) {
  if (auto* end = end_of(socket); end != nullptr && std::exchange(end->paused, false)) {
    release(socket, 0ns);
  }
}

std::size_t Network::under_way(SocketId socket) const {
  const auto* pipe = pipe_of(socket);
  return pipe == nullptr ? 0 : pipe->ends[index_of(socket)].under_way;
}

// ---- arrivals ----

void Network::set_service(HostId host, const ServiceTimes& times) {
  hosts_[index_of(host)].service = times;
}

/// What is handled now is answered when the processor is through with it and with all before.
void Network::charge(HostId id, std::chrono::nanoseconds work) {
  auto& host = hosts_[index_of(id)];
  const auto cost = host.service.factor * static_cast<double>(work.count());
  host.busy_until = std::max(host.busy_until, timers_.now()) +
                    std::chrono::nanoseconds(static_cast<std::int64_t>(cost));
}

void Network::charge_for(HostId host, const SocketEvent& event) {
  const auto& service = hosts_[index_of(host)].service;
  const auto fixed = event.kind == SocketEvent::Kind::accepted ? service.connection : service.chunk;
  const auto bytes = service.nanoseconds_per_byte * static_cast<double>(event.bytes.size());
  charge(host, fixed + std::chrono::nanoseconds(static_cast<std::int64_t>(bytes)));
}

bool Network::is_blocked(Pipe& pipe, SocketId to) {
  const auto from = peer_of(to);
  const auto& receiver = pipe.ends[index_of(to)];
  return pipe.silent || pipe.rebound[index_of(to)] || way_from(from).blocked ||
         !hosts_[index_of(receiver.host)].powered ||
         !hosts_[index_of(pipe.ends[index_of(from)].host)].powered;
}

bool Network::admit_syn(SocketId to, Pipe& pipe) {
  auto& receiver = pipe.ends[index_of(to)];
  auto& dialler = pipe.ends[1 - index_of(to)];
  if (!dialler.open) {
    forget_if_over(to);
    return false;
  }
  if (is_blocked(pipe, to)) {
    if (++dialler.tries < syn_tries_max) {
      receiver.sink = nullptr;
      const auto wait = syn_retry * (1U << (dialler.tries - 1));
      timers_.after(wait, [this, to] {
        if (auto* end = end_of(peer_of(to)); end != nullptr && end->open) {
          transmit(peer_of(to), {SocketEvent::Kind::accepted, to});
        }
      });
    } else {
      fail(peer_of(to), 0ns);
    }
    return false;
  }
  if (hosts_[index_of(receiver.host)].listeners.count(pipe.port) == 0 || !receiver.sink) {
    fail(peer_of(to), way_from(to).latency);
    return false;
  }
  receiver.open = true;
  receiver.connected = true;
  dialler.connected = true;
  charge_for(receiver.host, {SocketEvent::Kind::accepted, to});
  transmit(to, {SocketEvent::Kind::connected, peer_of(to)});
  return true;
}

bool Network::admit(SocketEvent& event) {
  auto* pipe = pipe_of(event.socket);
  if (pipe == nullptr) {
    return false;
  }
  using Kind = SocketEvent::Kind;
  if (event.kind == Kind::accepted) {
    return admit_syn(event.socket, *pipe);
  }
  auto& end = pipe->ends[index_of(event.socket)];
  if (event.kind == Kind::room) {
    return end.open;
  }
  if (pipe->rebound[1 - index_of(event.socket)]) {
    // A stranger's packet, as the far end sees it since the rebinding.
    fail(peer_of(event.socket), way_from(event.socket).latency);
    return false;
  }
  if (is_blocked(*pipe, event.socket)) {
    if (event.kind != Kind::closed) {  // Resets are not repeated.
      hold(*pipe, std::move(event));
    }
    return false;
  }
  if (!end.open) {
    if (event.kind == Kind::bytes) {
      transmit(event.socket, {Kind::closed, peer_of(event.socket)});
    }
    return false;
  }
  if (event.kind == Kind::closed) {
    end.open = false;
    end.sink = nullptr;
    forget_if_over(event.socket);
    return true;
  }
  if (end.paused || !end.held.empty()) {
    end.held.push_back(std::move(event));
    return false;
  }
  charge_for(end.host, event);
  take(event.socket, event);
  if (event.kind == Kind::bytes && tamper) {
    tamper(pipe->ends[1 - index_of(event.socket)].host, end.host, event.bytes);
  }
  return true;
}

/// The application takes what has arrived: the sender gets room.
void Network::take(SocketId to, const SocketEvent& event) {
  const auto from = peer_of(to);
  auto& sender = *end_of(from);
  if (event.kind != SocketEvent::Kind::bytes) {
    return;
  }
  if (tap) {
    tap(sender.host, end_of(to)->host, event.bytes);
  }
  const auto before = sender.under_way;
  sender.under_way -= std::min(sender.under_way, event.bytes.size());
  sender.untold += event.bytes.size();
  // Told in steps, and when a large backlog is gone: a sender with little under way asks nothing.
  if (sender.open && sender.sink &&
      (sender.untold >= room_step || (before > room_step && sender.under_way <= room_step))) {
    sender.untold = 0;
    sender.sink(way_from(to).latency, {SocketEvent::Kind::room, from, {}, sender.under_way});
  }
}

void Network::hold(Pipe& pipe, SocketEvent event) {
  const auto socket = event.socket;
  pipe.ends[index_of(socket)].held.push_back(std::move(event));
  if (pipe.stalled_since) {
    return;
  }
  pipe.stalled_since = timers_.now();
  timers_.after(user_timeout, [this, socket, since = timers_.now()] {
    auto* same = pipe_of(socket);
    if (same != nullptr && same->stalled_since == since) {
      fail(peer_of(socket), 0ns);
    }
  });
}

/// What was held comes again, in its order.
void Network::release(SocketId socket, std::chrono::nanoseconds delay) {
  auto* end = end_of(socket);
  auto held = std::exchange(end->held, {});
  for (auto& event : held) {
    if (end->sink) {
      end->sink(delay, std::move(event));
    }
  }
  // What is under way behind these must not overtake them.
  auto& sender = *end_of(peer_of(socket));
  sender.last_arrival = std::max(sender.last_arrival, timers_.now() + delay);
}

/// The kernel of `socket` gives its connection up.
void Network::fail(SocketId socket, std::chrono::nanoseconds delay) {
  auto* end = end_of(socket);
  if (end == nullptr || !end->open) {
    return;
  }
  timers_.after(delay, [this, socket] {
    auto* same = end_of(socket);
    if (same == nullptr || !same->open) {
      return;
    }
    same->open = false;
    same->held.clear();
    const auto sink = std::exchange(same->sink, nullptr);
    sink(0ns, {SocketEvent::Kind::closed, socket, {}, 1});
    forget_if_over(socket);
  });
}

void Network::forget_if_over(SocketId socket) {
  const auto* pipe = pipe_of(socket);
  if (pipe != nullptr && !pipe->ends[0].open && !pipe->ends[1].open) {
    // Not at once: what is under way finds nobody, and a late answer needs the hosts.
    timers_.after(user_timeout, [this, number = socket / 2] { forget(number); });
  }
}

void Network::forget(std::uint64_t pipe) {
  if (!pipes_[pipe]) {
    return;
  }
  for (const std::size_t side : {0U, 1U}) {
    hosts_[index_of(pipes_[pipe]->ends[side].host)].sockets.erase(pipe * 2 + side);
  }
  pipes_[pipe] = nullptr;
}

}  // namespace hearth::sim
