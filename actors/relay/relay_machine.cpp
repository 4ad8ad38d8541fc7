#include "actors/relay/relay_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "actors/runtime/placement.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hearth::relay {
namespace {

constexpr std::uint32_t tick_timer = 1;
/// A ticket's end is acted upon within a second.
constexpr Millis tick_interval{500};

}  // namespace

RelayMachine::RelayMachine(NodeId self, seal::NodeList nodes, const WallClock& clock,
                           RelayLimits limits)
    : self_(self),
      admission_(self, nodes, clock),
      clock_(clock),
      limits_(limits),
      presence_(self, nodes) {}

Result<void> RelayMachine::recover(const storage::LogReader& log) {
  log_ = &log;
  const auto snapshot = log.snapshot(stream);
  if (!snapshot) {
    return snapshot.error();
  }
  const bool has_rows = snapshot.value().has_value();
  const auto take = [this, has_rows](storage::Sequence number, BytesView record) -> Result<void> {
    const auto event = decode<RelayEvent>(record);
    if (!event) {
      return Error{ErrorCode::log_corrupt, "relay event: " + event.error().detail};
    }
    sequence_ = number;
    recover_event(event.value(), has_rows);
    return {};
  };
  if (has_rows) {
    snapshot_at_ = snapshot.value()->sequence;
    if (auto taken = take(snapshot_at_, snapshot.value()->state); !taken) {
      return taken;
    }
  }
  return log.replay(stream, snapshot_at_, take);
}

Header RelayMachine::header_to(const NodeId& node, const char* actor) const {
  return {.kind = MessageKind::none,
          .from = {self_, name},
          .to = {node, actor},
          .request = {},
          .trace = {}};
}

void RelayMachine::ask(Pending pending, Ask request, Effects& out) {
  request.token = next_token_++;
  pending_.emplace(request.token, std::move(pending));
  out.asks.push_back(std::move(request));
}

RelayMachine::Effects RelayMachine::start(Instant /*now*/) {
  Effects out;
  ++epoch_;
  storage::Append append;
  append.stream = stream;
  append.records.push_back(encode(RelayEvent(EpochBegun{epoch_})));
  ++sequence_;
  for (auto& [parties, total] : totals_) {  // of a log that has no rows yet
    append.rows.push_back(row_of(parties, total.usage));
    total.written = sequence_;
  }
  snapshot_into(append);
  out.appends.push_back(std::move(append));
  for (const auto& directory : presence_.directories()) {
    out.link.emplace_back(Dial{directory});
  }
  out.timers.push_back({tick_timer, tick_interval});
  return out;
}

RelayMachine::Effects RelayMachine::step(const TimerFired&, Instant now) {
  Effects out;
  out.timers.push_back({tick_timer, tick_interval});
  end_overdue(now, out);
  report_presence(now, out);
  flush_usage(out);  // of streams that ended since the last tick
  return out;
}

/// Who issued a ticket or certificate that was taken may be struck: both end soon, or with their
/// session.
RelayMachine::Effects RelayMachine::step(const NodesListed& listed, Instant /*now*/) {
  Effects out;
  const auto before = presence_.directories();
  admission_.replace_nodes(listed.nodes);
  presence_.replace_nodes(listed.nodes);
  move_connections(before, presence_.directories(), out.link);
  return out;
}

// ---- sessions ----

RelayMachine::Effects RelayMachine::step(const PeerUp& up, Instant now) {
  Effects out;
  const auto& peer = up.peer;
  if (peer.tunnelled) {
    return out;
  }
  forget_session(peer.node, out);
  peers_[peer.node] = {.info = peer, .certified_until = {}, .tunnel_last = 0};
  if (peer.role == Role::directory) {
    presence_.directory_up(peer.node);
    report_presence(now, out);
  } else if (peer.role == Role::client || peer.role == Role::home) {
    out.commands.emplace_back(InstallKey{seal::data_key(peer.exported), peer.node, peer.role});
  }
  return out;
}

RelayMachine::Effects RelayMachine::step(const PeerDown& down, Instant) {
  Effects out;
  const auto peer = peers_.find(down.node);
  if (peer != peers_.end() && peer->second.info.session == down.session) {
    forget_session(down.node, out);
  }
  return out;
}

void RelayMachine::forget_session(const NodeId& node, Effects& out) {
  const auto at = peers_.find(node);
  if (at == peers_.end()) {
    return;
  }
  const auto& peer = at->second;
  if (peer.info.role == Role::directory) {
    presence_.directory_down(node);
  } else if (peer.info.role == Role::client || peer.info.role == Role::home) {
    out.commands.emplace_back(RemoveKey{seal::data_key(peer.info.exported).name});
  }
  if (peer.certified_until) {
    presence_.departed(node);
  }
  // The link ends tunnels together with their session: only our own list is left to clear.
  for (auto& [parties, standing] : standings_) {
    if (parties.client == node || parties.home == node) {
      standing.tunnels.clear();
    }
  }
  peers_.erase(at);
}

const RelayMachine::Peer* RelayMachine::session_of(const Delivered& message) const {
  const auto peer = peers_.find(message.from);
  const bool same = peer != peers_.end() && peer->second.info.session == message.session;
  return same ? &peer->second : nullptr;
}

const RelayMachine::Peer* RelayMachine::attached(const NodeId& home) const {
  const auto peer = peers_.find(home);
  return peer != peers_.end() && peer->second.certified_until ? &peer->second : nullptr;
}

std::vector<NodeId> RelayMachine::attached_homes() const {
  std::vector<NodeId> homes;
  for (const auto& [id, peer] : peers_) {
    if (peer.certified_until) {
      homes.push_back(id);
    }
  }
  return homes;
}

std::size_t RelayMachine::streams_of(const NodeId& node) const {
  const auto count = streams_by_node_.find(node);
  return count == streams_by_node_.end() ? 0 : count->second;
}

RelayCounts RelayMachine::counts() const {
  RelayCounts counts;
  for (const auto& [id, peer] : peers_) {
    counts.homes += peer.certified_until ? 1 : 0;
    counts.clients += peer.info.role == Role::client ? 1 : 0;
  }
  for (const auto& [parties, standing] : standings_) {
    counts.tunnels += standing.tunnels.size();
  }
  counts.streams = pairs_.size();
  return counts;
}

// ---- requests ----

RelayMachine::Effects RelayMachine::step(const Delivered& message, Instant now) {
  Effects out;
  const auto header = header_of(message.envelope);
  Result<void> done;
  if (!header) {
    done = header.error();
  } else if (session_of(message) == nullptr) {
    done = Error{ErrorCode::unreachable, "the session is over"};
  } else if (header.value().kind == MessageKind::attach_home) {
    done = attach(message);
    report_presence(now, out);
  } else if (header.value().kind == MessageKind::present_ticket) {
    done = present_ticket(message, now);
  } else if (header.value().kind == MessageKind::open_tunnel) {
    done = offer_tunnel(message, header.value(), now, out);
    if (done) {
      return out;  // Answered when the home has answered.
    }
  } else {
    done = Error{ErrorCode::message_malformed, "not for a relay"};
  }
  if (!message.reply_to) {
    return out;
  }
  if (!done) {
    out.replies.push_back({*message.reply_to, done.error()});
    return out;
  }
  out.replies.push_back({*message.reply_to, pack(answer_header(header.value()), Accepted{})});
  return out;
}

Result<void> RelayMachine::attach(const Delivered& message) {
  const auto request = unpack<AttachHome>(message.envelope);
  if (!request) {
    return request.error();
  }
  if (draining_) {
    return Error{ErrorCode::stopping, "this super-peer is draining"};
  }
  auto& peer = peers_.at(message.from);
  if (peer.info.role != Role::home) {
    return Error{ErrorCode::not_allowed, "only homes attach"};
  }
  const auto until = admission_.check_certificate(request.value().certificate, peer.info);
  if (!until) {
    return until.error();
  }
  if (!peer.certified_until && presence_.homes().size() >= limits_.homes) {
    return Error{ErrorCode::limit_reached, "homes of this super-peer"};
  }
  peer.certified_until = until.value();
  presence_.arrived(message.from);
  return {};
}

Result<void> RelayMachine::present_ticket(const Delivered& message, Instant now) {
  const auto request = unpack<PresentTicket>(message.envelope);
  if (!request) {
    return request.error();
  }
  const auto& client = peers_.at(message.from).info;
  const auto standing = extend_standing(client, request.value().home, request.value().ticket, now);
  return standing ? Result<void>() : standing.error();
}

Result<RelayMachine::Standing*> RelayMachine::extend_standing(const PeerInfo& client,
                                                              const NodeId& home, BytesView ticket,
                                                              Instant now) {
  if (client.role != Role::client) {
    return Error{ErrorCode::not_allowed, "only clients bring tickets"};
  }
  const auto* here = attached(home);
  const auto home_keys = here != nullptr ? std::optional(here->info.keys) : std::nullopt;
  const auto until = admission_.check_ticket(ticket, client, home, home_keys);
  if (!until) {
    return until.error();
  }
  // The check tolerates clocks that differ; a standing never begins in its own past.
  const Instant ends = now + (until.value() - clock_.now());
  if (ends <= now) {
    HEARTH_PROBE(true, "relay: a ticket has ended");
    return Error{ErrorCode::ticket_invalid, "the ticket has ended"};
  }
  const ClientAndHome parties{client.node, home};
  if (!standings_.contains(parties)) {
    const auto first = standings_.lower_bound({client.node, NodeId{}});
    const auto past = std::find_if(first, standings_.end(), [&client](const auto& entry) {
      return entry.first.client != client.node;
    });
    if (static_cast<std::size_t>(std::distance(first, past)) >= limits_.standing_per_client) {
      return Error{ErrorCode::limit_reached, "homes of one client"};
    }
  }
  auto& standing = standings_[parties];
  standing.ends = std::max(standing.ends, ends);
  overdue_at_ = std::min(overdue_at_, standing.ends);
  return &standing;
}

// ---- tunnels ----

Result<void> RelayMachine::offer_tunnel(const Delivered& message, const Header& header, Instant now,
                                        Effects& out) {
  const auto request = unpack<OpenTunnel>(message.envelope);
  if (!request) {
    return request.error();
  }
  if (draining_) {
    return Error{ErrorCode::stopping, "this super-peer is draining"};
  }
  if (!message.reply_to) {
    return Error{ErrorCode::message_malformed, "a tunnel needs an answer"};
  }
  const auto& open = request.value();
  auto& client = peers_.at(message.from);
  const auto standing = extend_standing(client.info, open.home, open.ticket, now);
  if (!standing) {
    return standing.error();
  }
  if (open.tunnel <= client.tunnel_last) {
    HEARTH_PROBE(true, "relay: a tunnel number is used");
    return Error{ErrorCode::value_invalid, "the tunnel's number is not new in this session"};
  }
  client.tunnel_last = open.tunnel;
  const auto* home = attached(open.home);
  if (home == nullptr) {
    return Error{ErrorCode::home_offline, "the home is not here"};
  }
  TunnelOffer offer{.reply_to = *message.reply_to,
                    .request = header,
                    .parties = {message.from, open.home},
                    .tunnel = {message.session, open.tunnel, home->info.session},
                    .home_tunnel = next_tunnel_++};
  const OfferTunnel order{.tunnel = offer.home_tunnel, .client = message.from};
  ask(std::move(offer), {.to = open.home, .envelope = pack(header_to(open.home, "home"), order)},
      out);
  return {};
}

void RelayMachine::on(const TunnelOffer& offer, const Answered& answer, Instant, Effects& out) {
  const auto refuse = [&offer, &out](Error error) {
    out.replies.push_back({offer.reply_to, std::move(error)});
  };
  if (!answer.answer) {
    HEARTH_PROBE(true, "relay: a home takes no tunnel");
    return refuse({answer.answer.error().code, "the home took no tunnel"});
  }
  const auto& [client, home] = offer.parties;
  const auto* here = attached(home);
  const auto peer = peers_.find(client);
  const auto standing = standings_.find(offer.parties);
  if (here == nullptr || here->info.session != offer.tunnel.home_session) {
    HEARTH_PROBE(true, "relay: a home goes while it is offered a tunnel");
    return refuse({ErrorCode::home_offline, "the home has gone"});
  }
  if (peer == peers_.end() || peer->second.info.session != offer.tunnel.client_session ||
      standing == standings_.end()) {
    HEARTH_PROBE(true, "relay: a client goes while its tunnel is offered");
    return refuse({ErrorCode::ticket_invalid, "the ticket has ended"});
  }
  out.link.emplace_back(BridgeTunnel{.a = client,
                                     .a_session = offer.tunnel.client_session,
                                     .a_tunnel = offer.tunnel.client_tunnel,
                                     .b = home,
                                     .b_session = offer.tunnel.home_session,
                                     .b_tunnel = offer.home_tunnel});
  standing->second.tunnels.push_back(offer.tunnel);
  end_tunnels(offer.parties, standing->second, limits_.tunnels_per_standing, out);
  out.replies.push_back({offer.reply_to, pack(answer_header(offer.request), Accepted{})});
}

void RelayMachine::end_tunnels(const ClientAndHome& parties, Standing& standing, std::size_t keep,
                               Effects& out) {
  while (standing.tunnels.size() > keep) {
    const auto& tunnel = standing.tunnels.front();
    out.link.emplace_back(EndBridge{parties.client, tunnel.client_session, tunnel.client_tunnel});
    standing.tunnels.erase(standing.tunnels.begin());
  }
}

}  // namespace hearth::relay
