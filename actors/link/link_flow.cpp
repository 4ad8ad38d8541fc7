// LinkMachine: bytes go out.

#include "actors/link/link_machine.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::link {

namespace {

/// A window is asked about this many times while it fills.
constexpr std::size_t marks_per_window = 4;

}  // namespace

void LinkMachine::push(LinkSession& session, OutFrame frame) {
  session.outbox.push(std::move(frame));
}

void LinkMachine::push_frame(LinkSession& session, FrameKind kind, std::uint64_t correlation,
                             TrafficClass traffic) {
  FrameHeader header;
  header.kind = kind;
  header.traffic = traffic;
  header.correlation = correlation;
  push(session, OutFrame{header, {}, {}});
}

void LinkMachine::flush(LinkSession& session) {
  const auto most = session.via ? limits_.tunnel_window : limits_.unsent_max;
  Bytes out;
  while (session.channel.proven() && session.unsent + out.size() < most) {
    const auto part = session.outbox.front();
    if (!part) {
      break;
    }
    session.channel.send(part->header, part->body, out);
    if (part->header.kind == FrameKind::tunnel) {
      tunnels_.unqueue(TunnelEnd{session.number, part->header.correlation}, part->body.size());
    }
    session.outbox.pop();
    mark_window(session, out);
  }
  if (!out.empty()) {
    transmit(session, std::move(out));
  }
  balance(session);
}

void LinkMachine::mark_window(LinkSession& session, Bytes& out) const {
  const auto sent = session.sent + out.size();
  if (!session.via || sent - session.marked < limits_.tunnel_window / marks_per_window) {
    return;
  }
  FrameHeader ping;
  ping.kind = FrameKind::ping;
  ping.correlation = sent;
  session.channel.send(ping, {}, out);
  session.marked = sent;
}

void LinkMachine::transmit(LinkSession& session, Bytes bytes) {
  session.unsent += bytes.size();
  session.sent += bytes.size();
  if (!session.via) {
    auto* last = outputs_.empty() ? nullptr : std::get_if<SendBytes>(&outputs_.back());
    if (last != nullptr && last->connection == session.number) {
      last->bytes.insert(last->bytes.end(), bytes.begin(), bytes.end());
    } else {
      outputs_.emplace_back(SendBytes{session.number, std::move(bytes)});
    }
    return;
  }
  auto* around = find(session.via->session);
  if (around == nullptr) {
    HEARTH_PROBE(true, "link: a tunnel sends into a session that closes");
    return;  // it is closing, and this session with it
  }
  auto rest = BytesView(bytes);
  while (!rest.empty()) {
    const auto part = rest.first(std::min(rest.size(), ChannelMachine::body_bytes_max));
    rest = rest.subspan(part.size());
    FrameHeader header;
    header.kind = FrameKind::tunnel;
    header.traffic = TrafficClass::bulk;
    header.correlation = session.via->tunnel;
    push(*around, OutFrame{header, {}, Bytes(part.begin(), part.end())});
  }
  flush(*around);
}

/// In a tunnel it goes past the window: what opens the other side's must not wait for our own,
/// whose pong the other side may owe until it has sent what it has.
void LinkMachine::pong(LinkSession& session, std::uint64_t correlation) {
  if (!session.via) {
    push_frame(session, FrameKind::pong, correlation, TrafficClass::command);
    return flush(session);
  }
  FrameHeader header;
  header.kind = FrameKind::pong;
  header.traffic = TrafficClass::command;
  header.correlation = correlation;
  Bytes out;
  session.channel.send(header, {}, out);
  transmit(session, std::move(out));
  balance(session);
}

/// Stops taking requests from a peer that does not take answers.
void LinkMachine::balance(LinkSession& session) {
  const auto backlog = session.backlog();
  if (!session.paused && backlog > limits_.backlog_high) {
    session.paused = true;
    HEARTH_PROBE(true, "link: reading pauses for back-pressure");
    count(LinkCount::paused);
    if (!session.via) {
      outputs_.emplace_back(PauseReading{session.number});
    }
  } else if (session.paused && backlog < limits_.backlog_low) {
    session.paused = false;
    if (!session.via) {
      outputs_.emplace_back(ResumeReading{session.number});
    } else if (session.pong_owed) {
      pong(session, *std::exchange(session.pong_owed, std::nullopt));
    }
  }
}

void LinkMachine::written(std::uint64_t connection, std::size_t unsent, const LinkTime& at) {
  auto* session = find(connection);
  if (session == nullptr) {
    return;
  }
  if (unsent < session->unsent) {
    session->heard = at.now;  // it takes what we send
  }
  session->unsent = unsent;
  flush(*session);
}

}  // namespace hearth::link
