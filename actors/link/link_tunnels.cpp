// LinkMachine: byte pipes inside sessions.

#include "actors/link/link_machine.hpp"

#include <utility>

namespace hearth::link {

/// The session that is to carry a tunnel, if it is what the order says. Tunnels do not nest.
LinkSession* LinkMachine::carrier(const NodeId& node, std::uint64_t number) {
  auto* session = find(number);
  return session != nullptr && !session->via && session->peer && session->peer->node == node
             ? session
             : nullptr;
}

void LinkMachine::attach(const AttachTunnel& order, const LinkTime& at) {
  const TunnelEnd end{order.via_session, order.tunnel};
  const bool complete = !order.initiator || order.peer_keys.has_value();
  if (carrier(order.via, order.via_session) == nullptr || !complete ||
      !tunnels_.attach(end, session_last_ + 1)) {
    outputs_.emplace_back(PeerDown{order.peer, 0});
    return;
  }
  auto channel = order.initiator ? ChannelMachine(self_, Purpose::tunnel,
                                                  Contact{*order.peer_keys, Role::home, {}})
                                 : ChannelMachine(self_, Purpose::tunnel, nodes_, order.peer);
  auto& session = add_session(std::move(channel), at.now);
  session.via = end;
  session.dialled = order.initiator;
  expect(session, order.peer);
  if (order.initiator) {
    Bytes hello;
    session.channel.open(hello);
    transmit(session, std::move(hello));
  }
}

void LinkMachine::bridge(const BridgeTunnel& order) {
  const TunnelEnd a{order.a_session, order.a_tunnel};
  const TunnelEnd b{order.b_session, order.b_tunnel};
  const bool both =
      carrier(order.a, order.a_session) != nullptr && carrier(order.b, order.b_session) != nullptr;
  if (both && tunnels_.bridge(a, b)) {
    return;
  }
  // The ends that are there must not wait for the other. An end in use is another tunnel's.
  for (const auto& end : {a, b}) {
    if (tunnels_.find(end) == nullptr) {
      say_closed(end);
    }
  }
}

void LinkMachine::end_bridge(const EndBridge& order) {
  const TunnelEnd end{order.a_session, order.a_tunnel};
  const auto* route = tunnels_.find(end);
  if (carrier(order.a, order.a_session) != nullptr && route != nullptr && route->opposite) {
    close_tunnel(end);
  }
}

void LinkMachine::on_tunnel(LinkSession& session, std::uint64_t tunnel, BytesView bytes,
                            const LinkTime& at) {
  const TunnelEnd end{session.number, tunnel};
  const auto* route = tunnels_.find(end);
  if (route == nullptr) {
    say_closed(end);
    return;
  }
  if (!route->opposite) {
    received(route->inner, bytes, at);
    return;
  }
  const auto out = *route->opposite;
  auto* next = find(out.session);
  // However many tunnels there are: together they must not cost the session that carries them.
  if (next == nullptr || next->backlog() > limits_.backlog_max / 2 ||
      !tunnels_.queue(out, bytes.size())) {
    count(LinkCount::tunnels_overflowed);
    close_tunnel(end);
    return;
  }
  FrameHeader header;
  header.kind = FrameKind::tunnel;
  header.traffic = TrafficClass::bulk;
  header.correlation = out.tunnel;
  push(*next, OutFrame{header, {}, Bytes(bytes.begin(), bytes.end())});
  flush(*next);
}

void LinkMachine::on_tunnel_closed(const TunnelEnd& end, const LinkTime& at) {
  const auto route = tunnels_.remove(end);
  if (!route) {
    return;
  }
  if (route->opposite) {
    say_closed(*route->opposite);
  } else {
    forget(route->inner, false, at);
  }
}

void LinkMachine::close_tunnel(const TunnelEnd& end) {
  if (const auto route = tunnels_.remove(end)) {
    say_closed(end);
    say_closed(*route->opposite);
  }
}

void LinkMachine::say_closed(const TunnelEnd& end) {
  auto* session = find(end.session);
  if (session != nullptr && session->peer) {
    push_frame(*session, FrameKind::tunnel_closed, end.tunnel, TrafficClass::bulk);
    flush(*session);
  }
}

}  // namespace hearth::link
