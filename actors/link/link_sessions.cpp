// LinkMachine: sessions come and go.

#include "actors/link/link_machine.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::link {

namespace {

constexpr Millis check_period_least{1000};

/// Silence is noticed this exactly.
Millis check_period(const LinkLimits& limits) {
  return std::max(check_period_least, limits.ping_after / 4);
}

void decrease(std::map<std::string, std::size_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) {
    counts.erase(found);
  }
}

std::size_t count_of(const std::map<std::string, std::size_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

LinkSession& LinkMachine::add_session(ChannelMachine channel, Instant now) {
  if (sessions_.empty()) {
    next_check_ = now + check_period(limits_);
  }
  const auto number = ++session_last_;
  return sessions_.emplace(number, LinkSession(number, std::move(channel), limits_, now))
      .first->second;
}

void LinkMachine::expect(LinkSession& session, const NodeId& peer) {
  session.expected = peer;
  expected_.insert(session.number);
}

std::uint64_t LinkMachine::accepted(const std::string& source, const LinkTime& at) {
  make_room(source, at);
  auto& session =
      add_session(ChannelMachine(self_, Purpose::control, nodes_, std::nullopt), at.now);
  session.source = source;
  strangers_.insert(session.number);
  ++strangers_by_source_[source];
  count(LinkCount::accepted);
  return session.number;
}

/// An honest handshake takes a few round trips, so the stranger that has been here longest is the
/// one least likely to be honest: it goes, and newcomers are let in even under attack.
void LinkMachine::make_room(const std::string& source, const LinkTime& at) {
  const bool crowd = strangers_.size() >= limits_.strangers;
  if (!crowd && count_of(strangers_by_source_, source) < limits_.strangers_per_source) {
    return;
  }
  const auto oldest = std::find_if(strangers_.begin(), strangers_.end(), [&](std::uint64_t number) {
    return crowd || sessions_.at(number).source == source;
  });
  if (oldest != strangers_.end()) {
    HEARTH_PROBE(true, "link: a stranger makes room");
    reject(*oldest, Rejection::strangers, at);
  }
}

void LinkMachine::dial_due(const LinkTime& at) {
  for (const auto& attempt : plan_.due(at.now)) {
    dial(attempt, at);
  }
}

void LinkMachine::dial(const DialPlan::Try& attempt, const LinkTime& at) {
  const auto* node = nodes_.find(attempt.node);
  if (node == nullptr || node->control.empty()) {
    plan_.failed(attempt.node);
    return;
  }
  const auto endpoints = static_cast<std::uint32_t>(node->control.size());
  auto& session = add_session(
      ChannelMachine(self_, Purpose::control, Contact{node->keys, node->role, node->region}),
      at.now);
  session.dialled = true;
  expect(session, attempt.node);
  count(LinkCount::dialled);
  outputs_.emplace_back(OpenConnection{session.number, node->control[attempt.number % endpoints],
                                       attempt.number / endpoints});
  Bytes hello;
  session.channel.open(hello);
  transmit(session, std::move(hello));
}

void LinkMachine::on_proven(std::uint64_t number, const PeerProven& proven, const LinkTime& at) {
  auto& session = sessions_.at(number);
  if (is_crowded(session)) {
    reject(number, Rejection::crowded, at);
    return;
  }
  PeerInfo info;
  info.node = proven.node;
  info.role = proven.role;
  info.keys = proven.keys;
  info.session = number;
  info.tunnelled = session.via.has_value();
  info.wall = proven.wall;
  info.handshake_hash = proven.handshake_hash;
  info.exported = proven.exported;
  info.source = session.source;
  if (!wins(session, proven.node, at)) {
    drop(number, at);
    return;
  }
  expected_.erase(number);
  if (strangers_.erase(number) != 0) {
    decrease(strangers_by_source_, session.source);
    ++sessions_by_source_[session.source];
  }
  if (!session.dialled) {
    Bytes welcome;
    session.channel.welcome(at.wall, welcome);
    transmit(session, std::move(welcome));
  }
  session.peer = std::move(info);
  session.up_since = at.now;
  session_by_peer_[proven.node] = number;
  plan_.came(proven.node, at.now);
  count(LinkCount::proven);
  outputs_.emplace_back(PeerUp{*session.peer});
  pump(proven.node, at.now);
}

/// The newest session of a peer wins, because the older one may be dead without our knowing.
/// Only if each side dialled the other at the same moment the two ends see the two in different
/// order; then both keep the one of the smaller node id.
bool LinkMachine::wins(const LinkSession& fresh, const NodeId& peer, const LinkTime& at) {
  const auto* old = session_of(peer);
  if (old == nullptr) {
    return true;
  }
  count(LinkCount::displaced);
  HEARTH_PROBE(true, "link: a newer connection displaces an older one");
  const auto dialler = [&](const LinkSession& session) {
    return session.dialled ? self_.identity.id : peer;
  };
  const bool crossed =
      old->dialled != fresh.dialled && at.now - old->up_since < limits_.crossing_window;
  HEARTH_PROBE(crossed, "link: two connections cross");
  if ((crossed && dialler(*old) < dialler(fresh)) ||
      (fresh.via && fresh.via->session == old->number)) {
    return false;
  }
  drop(old->number, at);
  return true;
}

bool LinkMachine::is_crowded(const LinkSession& fresh) const {
  if (fresh.dialled || fresh.via) {
    return false;
  }
  return sessions_.size() - strangers_.size() - expected_.size() >= limits_.sessions ||
         count_of(sessions_by_source_, fresh.source) >= limits_.sessions_per_source;
}

void LinkMachine::reject(std::uint64_t number, Rejection reason, const LinkTime& at) {
  outputs_.emplace_back(Rejected{reason});
  drop(number, at);
}

void LinkMachine::drop(std::uint64_t number, const LinkTime& at) {
  if (const auto* session = find(number)) {
    if (!session->via) {
      outputs_.emplace_back(CloseConnection{number});
    }
    forget(number, true, at);
  }
}

void LinkMachine::closed(std::uint64_t connection, const LinkTime& at) {
  forget(connection, false, at);
}

/// The one end of every session. First nothing finds it any more, then everybody is told.
void LinkMachine::forget(std::uint64_t number, bool tell_far_end, const LinkTime& at) {
  const auto found = sessions_.find(number);
  if (found == sessions_.end()) {
    return;
  }
  const auto session = std::move(found->second);
  sessions_.erase(found);
  expected_.erase(number);
  if (strangers_.erase(number) != 0) {
    decrease(strangers_by_source_, session.source);
  } else if (!session.source.empty()) {
    decrease(sessions_by_source_, session.source);
  }
  count(LinkCount::closed);
  if (session.via) {
    tunnels_.remove(*session.via);
    if (tell_far_end) {
      say_closed(*session.via);
    }
  }
  for (const auto& end : tunnels_.of_session(number)) {
    if (const auto route = tunnels_.remove(end)) {
      if (route->opposite) {
        say_closed(*route->opposite);
      } else {
        forget(route->inner, false, at);
      }
    }
  }
  end_peer(session, at);
}

void LinkMachine::end_peer(const LinkSession& session, const LinkTime& at) {
  if (!session.peer) {
    if (session.expected) {
      plan_.failed(*session.expected);
      if (session_of(*session.expected) == nullptr && !is_coming(*session.expected)) {
        answer_all(requests_.give_up(*session.expected));
      }
      if (session.via) {  // whoever ordered the tunnel waits for it
        outputs_.emplace_back(PeerDown{*session.expected, session.number});
      }
    }
    return;
  }
  const auto& node = session.peer->node;
  const auto current = session_by_peer_.find(node);
  if (current != session_by_peer_.end() && current->second == session.number) {
    session_by_peer_.erase(current);
    plan_.went(node, at.now);
    outputs_.emplace_back(PeerDown{node, session.number});
  }
  HEARTH_PROBE(requests_.usage_of(node).in_flight > 0, "link: a session is lost under requests");
  answer_all(requests_.lose_session(session.number));
  if (session_of(node) == nullptr && !is_coming(node)) {
    answer_all(requests_.give_up(node));
  }
}

void LinkMachine::sweep_strangers(const LinkTime& at) {
  std::vector<std::uint64_t> late;
  for (const auto* unproven : {&strangers_, &expected_}) {
    for (const auto number : *unproven) {
      const auto& session = sessions_.at(number);
      const auto patience = session.dialled ? limits_.dial_deadline : limits_.accept_deadline;
      if (at.now - session.opened > patience) {
        late.push_back(number);
      }
    }
  }
  for (const auto number : late) {
    // A node that does not answer when we dial it has not been refused.
    if (sessions_.count(number) != 0 && sessions_.at(number).dialled) {
      HEARTH_PROBE(true, "link: a dialled node does not answer");
      drop(number, at);
    } else {
      reject(number, Rejection::late, at);
    }
  }
}

void LinkMachine::sweep_sessions(const LinkTime& at) {
  if (at.now < next_check_) {
    return;
  }
  next_check_ = at.now + check_period(limits_);
  std::vector<std::pair<std::uint64_t, Rejection>> over;
  for (auto& [number, session] : sessions_) {
    if (!session.peer) {
      continue;
    }
    session.inbound.expire(at.now);
    const auto silent = at.now - session.heard;
    if (silent > limits_.silence_max) {
      HEARTH_PROBE(true, "link: a silent peer is given up");
      over.emplace_back(number, Rejection::silent);
    } else if (session.backlog() > limits_.backlog_max) {
      HEARTH_PROBE(true, "link: a peer that takes nothing is given up");
      over.emplace_back(number, Rejection::backlog);
    } else if (silent >= limits_.ping_after) {
      push_frame(session, FrameKind::ping, session.sent, TrafficClass::command);
      flush(session);
    }
  }
  for (const auto& [number, reason] : over) {
    if (sessions_.count(number) != 0) {
      reject(number, reason, at);
    }
  }
}

}  // namespace hearth::link
