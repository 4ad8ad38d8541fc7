// LinkMachine: what peers say.

#include "actors/link/authorization.hpp"
#include "actors/link/link_machine.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/header.hpp"

#include <utility>

namespace hearth::link {

void LinkMachine::received(std::uint64_t connection, BytesView bytes, const LinkTime& at) {
  auto* session = find(connection);
  if (session == nullptr) {
    return;
  }
  session->heard = at.now;
  session->channel.feed(bytes);
  drain(connection, at);
}

void LinkMachine::drain(std::uint64_t number, const LinkTime& at) {
  // Any event may end the session: look it up anew for each.
  while (auto* session = find(number)) {
    Bytes out;
    const auto event = session->channel.next(at.wall, out);
    if (!out.empty()) {
      transmit(*session, std::move(out));
    }
    if (!event) {
      return;
    }
    if (const auto* failed = std::get_if<ChannelFailed>(&*event)) {
      reject(number, failed->reason, at);
    } else if (const auto* proven = std::get_if<PeerProven>(&*event)) {
      on_proven(number, *proven, at);
    } else {
      on_frame(*session, std::get<FrameReceived>(*event), at);
      reject_if_flooded(number, at);
    }
  }
}

/// A wire stops reading for us, a tunnel cannot: whoever goes on asking there must go.
void LinkMachine::reject_if_flooded(std::uint64_t number, const LinkTime& at) {
  const auto* session = find(number);
  if (session != nullptr && session->backlog() > limits_.backlog_max) {
    reject(number, Rejection::backlog, at);
  }
}

void LinkMachine::on_frame(LinkSession& session, const FrameReceived& frame, const LinkTime& at) {
  const auto& header = frame.header;
  const bool is_message = header.kind == FrameKind::request || header.kind == FrameKind::answer ||
                          header.kind == FrameKind::tell;
  const bool has_body = is_message || header.kind == FrameKind::tunnel;
  if ((header.flags != 0 && !is_message) || (!has_body && !frame.body.empty())) {
    reject(session.number, Rejection::malformed, at);
    return;
  }
  switch (header.kind) {
    case FrameKind::failure:
      on_answer(session, header.correlation,
                Error{header.error, std::string(explanation_of(header.error))}, at.now);
      break;
    case FrameKind::ping: on_ping(session, header.correlation); break;
    case FrameKind::pong: on_pong(session, header.correlation); break;
    case FrameKind::tunnel: on_tunnel(session, header.correlation, frame.body, at); break;
    case FrameKind::tunnel_closed:
      on_tunnel_closed(TunnelEnd{session.number, header.correlation}, at);
      break;
    case FrameKind::introduction: reject(session.number, Rejection::malformed, at); break;
    default: on_message(session, frame, at);
  }
}

void LinkMachine::on_message(LinkSession& session, const FrameReceived& frame, const LinkTime& at) {
  const auto whole = session.reassembly.add(frame.header, frame.body);
  if (!whole) {
    reject(session.number,
           whole.error().code == ErrorCode::frame_oversized ? Rejection::oversized
                                                            : Rejection::malformed,
           at);
    return;
  }
  if (!whole.value()) {
    return;
  }
  const auto& header = whole.value()->header;
  auto envelope = Envelope::from_bytes(whole.value()->body);
  if (!envelope) {
    reject(session.number, Rejection::malformed, at);
    return;
  }
  count(LinkCount::envelopes);
  if (header.kind == FrameKind::answer) {
    on_answer(session, header.correlation, std::move(envelope.value()), at.now);
    return;
  }
  const auto verdict = judge(session, header.traffic, envelope.value());
  if (verdict.rejection) {
    reject(session.number, *verdict.rejection, at);
  } else if (header.kind == FrameKind::tell) {
    on_tell(session, verdict, header.traffic, std::move(envelope.value()), at.now);
  } else {
    on_request(session, verdict, header, std::move(envelope.value()), at.now);
  }
}

LinkMachine::Verdict LinkMachine::judge(const LinkSession& session, TrafficClass traffic,
                                        const Envelope& envelope) const {
  const auto header = header_of(envelope);
  if (!header && header.error().code == ErrorCode::version_unsupported) {
    return Verdict{{}, ErrorCode::version_unsupported, std::nullopt};
  }
  if (!header || header.value().to.node != self_.identity.id) {
    return Verdict{{}, ErrorCode::none, Rejection::malformed};
  }
  const auto& to = header.value().to.actor;
  const auto role = session.peer->role;
  if (header.value().from.node != session.peer->node || !may_use(role, traffic) ||
      !may_send(role, header.value().kind, to)) {
    return Verdict{{}, ErrorCode::none, Rejection::not_allowed};
  }
  if (actors_.count(to) == 0) {
    return Verdict{{}, ErrorCode::actor_unknown, std::nullopt};
  }
  return Verdict{to, ErrorCode::none, std::nullopt};
}

void LinkMachine::on_request(LinkSession& session, const Verdict& verdict,
                             const FrameHeader& header, Envelope envelope, Instant now) {
  if (verdict.refusal != ErrorCode::none) {
    refuse(session, header, verdict.refusal);
    return;
  }
  switch (session.inbound.admit(header, envelope.bytes().size(), now)) {
    case InboundTable::Admission::duplicate: return;  // the first copy will be answered
    case InboundTable::Admission::overloaded:
      refuse(session, header, ErrorCode::overloaded);
      return;
    case InboundTable::Admission::admitted: break;
  }
  const auto& peer = *session.peer;
  Delivered delivered;
  delivered.reply_to = ReplyTo{peer.node, session.number, header.correlation};
  delivered.from = peer.node;
  delivered.role = peer.role;
  delivered.session = session.number;
  delivered.envelope = std::move(envelope);
  outputs_.emplace_back(DeliverTo{verdict.actor, std::move(delivered)});
}

void LinkMachine::on_tell(LinkSession& session, const Verdict& verdict, TrafficClass traffic,
                          Envelope envelope, Instant now) {
  if (verdict.refusal != ErrorCode::none ||
      !session.inbound.admit_tell(traffic, envelope.bytes().size(), now)) {
    HEARTH_PROBE(true, "link: a tell is dropped");
    count(LinkCount::tells_dropped);
    return;
  }
  Delivered delivered;
  delivered.from = session.peer->node;
  delivered.role = session.peer->role;
  delivered.session = session.number;
  delivered.envelope = std::move(envelope);
  outputs_.emplace_back(DeliverTo{verdict.actor, std::move(delivered)});
}

void LinkMachine::on_answer(LinkSession& session, std::uint64_t correlation,
                            Result<Envelope> result, Instant now) {
  if (auto settled = requests_.settle(session.number, correlation, std::move(result))) {
    answer(std::move(*settled));
    pump(session.peer->node, now);
  }
}

void LinkMachine::refuse(LinkSession& session, const FrameHeader& header, ErrorCode why) {
  FrameHeader failure;
  failure.kind = FrameKind::failure;
  failure.traffic = header.traffic;
  failure.error = why;
  failure.correlation = header.correlation;
  push(session, OutFrame{failure, {}, {}});
  flush(session);
}

void LinkMachine::on_ping(LinkSession& session, std::uint64_t correlation) {
  if (session.via && session.paused) {
    HEARTH_PROBE(true, "link: a tunnel owes a pong");
    session.pong_owed = correlation;
    return;
  }
  pong(session, correlation);
}

void LinkMachine::on_pong(LinkSession& session, std::uint64_t correlation) {
  if (session.via && correlation <= session.sent && session.sent - correlation < session.unsent) {
    session.unsent = session.sent - correlation;
    flush(session);
  }
}

}  // namespace hearth::link
