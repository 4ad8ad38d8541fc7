#include "actors/link/link_machine.hpp"

#include "messages/envelope/header.hpp"

#include <algorithm>
#include <utility>

namespace hearth::link {

namespace {

/// Deadlines of handshakes are kept this exactly.
constexpr Millis sweep_period{100};

}  // namespace

LinkMachine::LinkMachine(LinkOptions options)
    : self_(std::move(options.self)),
      nodes_(std::move(options.nodes)),
      roots_(std::move(options.roots)),
      limits_(options.limits),
      requests_(limits_),
      tunnels_(limits_),
      plan_(options.seed) {}

void LinkMachine::ask(std::uint64_t asker, const Ask& ask, const LinkTime& at) {
  Question question;
  question.asker = asker;
  question.token = ask.token;
  question.to = ask.to;
  question.asked = at.now;
  question.deadline = at.now + std::min<Millis>(ask.budget, limits::request_budget_max);
  question.traffic = ask.traffic;
  question.envelope = ask.envelope;
  if (!ask.envelope) {
    answer({asker, ask.token, Error{ErrorCode::message_malformed, "a request without envelope"}});
    return;
  }
  if (ask.to != self_.identity.id && session_of(ask.to) == nullptr && !is_coming(ask.to)) {
    answer({asker, ask.token,
            Error{ErrorCode::unreachable, "no connection to node " + to_text(ask.to)}});
    return;
  }
  if (auto refused = requests_.add(std::move(question))) {
    answer(std::move(*refused));
    return;
  }
  pump(ask.to, at.now);
}

void LinkMachine::pump(const NodeId& peer, Instant now) {
  if (peer == self_.identity.id) {
    return pump_own(now);
  }
  auto* session = session_of(peer);
  if (session == nullptr) {
    return;
  }
  while (auto departure = requests_.depart(peer, session->number, now)) {
    push(*session, OutFrame{departure->header, std::move(departure->envelope), {}});
  }
  flush(*session);
}

/// What actors of this node ask each other: with the same credit, and no wire between them.
void LinkMachine::pump_own(Instant now) {
  const auto& own = self_.identity.id;
  while (auto departure = requests_.depart(own, own_session, now)) {
    const auto correlation = departure->header.correlation;
    const auto header = header_of(departure->envelope);
    const bool is_known = header && actors_.count(header.value().to.actor) != 0;
    if (!is_known) {
      const Error unknown{ErrorCode::actor_unknown, "this node has no such actor"};
      if (auto settled = requests_.settle(own_session, correlation, unknown)) {
        answer(std::move(*settled));
      }
      continue;
    }
    outputs_.emplace_back(DeliverTo{header.value().to.actor,
                                    {ReplyTo{own, own_session, correlation}, own, self_.role,
                                     own_session, std::move(departure->envelope)}});
  }
}

bool LinkMachine::is_coming(const NodeId& peer) const {
  return plan_.wants(peer) ||
         std::any_of(expected_.begin(), expected_.end(),
                     [&](std::uint64_t number) { return sessions_.at(number).expected == peer; });
}

void LinkMachine::tell(const Tell& tell, const LinkTime&) {
  auto* session = session_of(tell.to);
  const bool vital = tell.traffic == TrafficClass::consensus;
  const std::size_t share = tell.traffic == TrafficClass::bulk ? 2 : 1;
  if (session == nullptr || !tell.envelope ||
      (!vital && session->backlog() > limits_.backlog_high / share)) {
    count(LinkCount::tells_dropped);
    return;
  }
  FrameHeader header;
  header.kind = FrameKind::tell;
  header.traffic = tell.traffic;
  push(*session, OutFrame{header, tell.envelope, {}});
  flush(*session);
}

void LinkMachine::reply(const Reply& reply, const LinkTime& at) {
  if (reply.to.node == self_.identity.id) {
    if (auto settled = requests_.settle(reply.to.session, reply.to.correlation, reply.answer)) {
      answer(std::move(*settled));
      pump_own(at.now);
    }
    return;
  }
  auto* session = find(reply.to.session);
  if (session == nullptr || !session->peer || session->peer->node != reply.to.node) {
    return;
  }
  const auto traffic = session->inbound.finish(reply.to.correlation);
  if (!traffic) {
    return;
  }
  FrameHeader header;
  header.kind = FrameKind::failure;
  header.traffic = *traffic;
  header.correlation = reply.to.correlation;
  Envelope envelope;
  if (!reply.answer) {
    header.error = reply.answer.error().code;
  } else if (!reply.answer.value() ||
             session->backlog() + reply.answer.value().bytes().size() > limits_.backlog_max) {
    header.error = ErrorCode::overloaded;
  } else {
    header.kind = FrameKind::answer;
    envelope = reply.answer.value();
  }
  push(*session, OutFrame{header, std::move(envelope), {}});
  flush(*session);
}

void LinkMachine::order(const LinkOrder& order, const LinkTime& at) {
  if (const auto* dial = std::get_if<Dial>(&order)) {
    if (nodes_.find(dial->node) != nullptr && dial->node != self_.identity.id) {
      plan_.want(dial->node);
      if (session_of(dial->node) != nullptr) {
        plan_.came(dial->node, at.now);
      }
      dial_due(at);
    }
  } else if (const auto* left = std::get_if<LetGo>(&order)) {
    let_go(left->node, at);
  } else if (const auto* tunnel = std::get_if<AttachTunnel>(&order)) {
    attach(*tunnel, at);
  } else if (const auto* both = std::get_if<BridgeTunnel>(&order)) {
    bridge(*both);
  } else if (const auto* end = std::get_if<EndBridge>(&order)) {
    end_bridge(*end);
  } else if (const auto* peer = std::get_if<DropPeer>(&order)) {
    const auto* session = find(peer->session);
    if (session != nullptr && session->peer && session->peer->node == peer->node) {
      drop(peer->session, at);
    }
  }
}

void LinkMachine::let_go(const NodeId& node, const LinkTime& at) {
  plan_.forget(node);
  answer_all(requests_.give_up(node));
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, session] : sessions_) {
    const bool is_dial = session.dialled && !session.via && session.expected == node;
    if (session_of(node) == &session || (!session.peer && is_dial)) {
      numbers.push_back(number);
    }
  }
  for (const auto number : numbers) {
    drop(number, at);
  }
}

void LinkMachine::answer(Settled settled) {
  outputs_.emplace_back(
      AnswerAsker{settled.asker, Answered{settled.token, std::move(settled.answer)}});
}

void LinkMachine::answer_all(std::vector<Settled> settled) {
  for (auto& one : settled) {
    answer(std::move(one));
  }
}

Result<void> LinkMachine::replace_nodes(BytesView signed_list, const LinkTime& at) {
  auto list = seal::verify_node_list(signed_list, roots_, at.wall);
  if (!list) {
    return list.error();
  }
  if (list.value().serial <= nodes_.serial) {
    return Error{ErrorCode::value_invalid, "node list " + std::to_string(list.value().serial) +
                                               " is not newer than " +
                                               std::to_string(nodes_.serial)};
  }
  nodes_ = std::move(list.value());
  for (const auto& node : plan_.wanted()) {
    if (nodes_.find(node) == nullptr) {
      plan_.forget(node);
      answer_all(requests_.give_up(node));
    }
  }
  std::vector<std::uint64_t> struck;
  for (const auto& [number, session] : sessions_) {
    if (session.peer && is_listed(session.peer->role)) {
      const auto* listed = nodes_.find(session.peer->node);
      if (listed == nullptr || listed->keys != session.peer->keys ||
          listed->role != session.peer->role) {
        struck.push_back(number);
      }
    }
  }
  for (const auto number : struck) {
    reject(number, Rejection::identity, at);
  }
  outputs_.emplace_back(NodesListed{nodes_});
  return {};
}

void LinkMachine::sweep(const LinkTime& at) {
  if (auto late = requests_.expire(at.now); !late.empty()) {
    answer_all(std::move(late));
    for (const auto& entry : session_by_peer_) {
      pump(entry.first, at.now);  // with the credit that came back
    }
    pump_own(at.now);
  }
  sweep_strangers(at);
  sweep_sessions(at);
  dial_due(at);
}

std::optional<Instant> LinkMachine::wake_at(Instant now) const {
  auto wake = std::min(plan_.next().value_or(Instant::max()), requests_.next_deadline());
  if (!strangers_.empty() || !expected_.empty()) {
    wake = std::min(wake, now + sweep_period);
  }
  if (!sessions_.empty()) {
    wake = std::min(wake, next_check_);
  }
  return wake == Instant::max() ? std::nullopt : std::optional(wake);
}

std::vector<LinkOutput> LinkMachine::take_outputs() {
  return std::exchange(outputs_, {});
}

LinkSession* LinkMachine::session_of(const NodeId& peer) {
  const auto found = session_by_peer_.find(peer);
  return found == session_by_peer_.end() ? nullptr : find(found->second);
}

LinkSession* LinkMachine::find(std::uint64_t number) {
  const auto found = sessions_.find(number);
  return found == sessions_.end() ? nullptr : &found->second;
}

}  // namespace hearth::link
