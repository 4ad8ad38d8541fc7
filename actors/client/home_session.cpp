#include "actors/client/home_session.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/ticket.hpp"

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr Millis phase_patience{3000};
constexpr Millis rest_first{100};
constexpr Millis rest_most{2000};
constexpr Millis ask_budget{3000};
constexpr Millis renewal_period{1000};

Header header_to(const NodeId& self, const NodeId& node, const char* actor) {
  Header header;
  header.from = {self, "client"};
  header.to = {node, actor};
  return header;
}

}  // namespace

HomeSession::HomeSession(NodeId self, PublicKeys home_keys, NewNumber new_number)
    : self_(self),
      home_(seal::node_id_of(home_keys.signing)),
      keys_(home_keys),
      new_number_(std::move(new_number)) {}

void HomeSession::enter(Phase phase, Instant now) {
  phase_ = phase;
  phase_since_ = now;
}

void HomeSession::rest(Instant now) {
  const auto pause = std::min(rest_most, rest_first * (1U << std::min(failures_, 5U)));
  ++failures_;
  pending_ = 0;
  renewing_ = false;
  attach_due_ = false;
  if (HEARTH_MUTANT("drop-the-last-ticket")) {
    ticket_.clear();
  }
  rest_until_ = now + pause;
  enter(Phase::resting, now);
}

void HomeSession::advance(const std::optional<NodeId>& directory, const SuperPeersUp& super_peers,
                          Instant now, ClientEffects& effects) {
  if (phase_ == Phase::up) {
    renew(super_peers, now, effects);
    return;
  }
  if (phase_ != Phase::resting && now - phase_since_ > phase_patience) {
    denied_ = denied_ || phase_ == Phase::wants_ticket;
    rest(now);
  }
  if (phase_ == Phase::resting && now >= rest_until_ && attached()) {
    const bool asks = needs_ticket(directory.has_value(), super_peers, now);
    denied_ = false;
    enter(asks ? Phase::wants_ticket : Phase::wants_super_peer, now);
  }
  if (phase_ == Phase::wants_ticket && pending_ == 0 && directory) {
    ask_ticket(*directory, now, effects);
  }
  if (phase_ == Phase::wants_super_peer) {
    open_tunnel(super_peers, now, effects);
  }
  if (phase_ == Phase::attaching && std::exchange(attach_due_, false)) {
    effects.link.emplace_back(AttachTunnel{via_, via_session_, tunnel_, home_, keys_, true});
  }
}

Instant HomeSession::wake_at() const {
  switch (phase_) {
    case Phase::up:
      return pending_ == 0 ? std::max(ticket_since_ + limits::ticket_renewal, renew_at_)
                           : Instant::max();
    case Phase::resting: return attached() ? rest_until_ : Instant::max();
    default: return phase_since_ + phase_patience + Millis{1};
  }
}

/// What was refused, failed twice, or failed and names nobody in contact, may name super-peers that
/// the home has left. But where no directory gives another one, it is tried for as long as it
/// lasts.
bool HomeSession::needs_ticket(bool has_directory, const SuperPeersUp& super_peers,
                               Instant now) const {
  const auto age = now - ticket_since_;
  if (ticket_.empty() || age >= limits::ticket_life) {
    return true;
  }
  const bool stranded = is_stranded(super_peers);
  if (denied_ && !refused_ && !stranded) {
    return false;  // the next time it is asked again
  }
  const auto failures_enough = stranded ? 1U : 2U;
  return has_directory &&
         (refused_ || failures_ >= failures_enough || age >= limits::ticket_renewal);
}

bool HomeSession::is_stranded(const SuperPeersUp& super_peers) const {
  return std::none_of(ticket_super_peers_.begin(), ticket_super_peers_.end(),
                      [&](const auto& id) { return super_peers.contains(id); });
}

void HomeSession::ask_ticket(const NodeId& to, Instant /*now*/, ClientEffects& effects) {
  pending_ = new_number_();
  effects.asks.push_back({pending_, to, ask_budget, link::TrafficClass::command,
                          pack(header_to(self_, to, "accounts"), directory::RequestTicket{home_})});
}

void HomeSession::open_tunnel(const SuperPeersUp& super_peers, Instant now,
                              ClientEffects& effects) {
  // After a failure the next one of the ticket has its turn.
  const auto count = ticket_super_peers_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = super_peers.find(ticket_super_peers_[(failures_ + i) % count]);
    if (found == super_peers.end()) {
      continue;
    }
    via_ = found->first;
    via_session_ = found->second.session;
    tunnel_ = new_number_();
    pending_ = new_number_();
    effects.asks.push_back(
        {pending_, via_, ask_budget, link::TrafficClass::command,
         pack(header_to(self_, via_, "relay"), relay::OpenTunnel{home_, tunnel_, ticket_})});
    enter(Phase::opening, now);
    return;
  }
}

void HomeSession::add_wanted(std::set<NodeId>& super_peers) const {
  super_peers.insert(ticket_super_peers_.begin(), ticket_super_peers_.end());
  if (phase_ == Phase::opening || phase_ == Phase::attaching || phase_ == Phase::up) {
    super_peers.insert(via_);
  }
}

void HomeSession::take_ticket(Bytes ticket, Instant now) {
  auto peeked = seal::peek_ticket(ticket);
  if (!peeked || peeked.value().home != home_) {
    rest(now);
    return;
  }
  ticket_ = std::move(ticket);
  ticket_since_ = now;
  ticket_super_peers_ = std::move(peeked.value().super_peers);
  presented_.clear();
  refused_ = false;
}

bool HomeSession::answered(const Answered& input, Instant now) {
  if (input.token == 0 || input.token != pending_) {
    return false;
  }
  pending_ = 0;
  if (phase_ == Phase::opening) {
    on_tunnel_opened(input, now);
    return true;
  }
  const bool was_renewal = std::exchange(renewing_, false);
  HEARTH_PROBE(was_renewal && !input.answer, "client: a renewal of a ticket fails");
  auto issued = input.answer ? unpack<directory::TicketIssued>(input.answer.value())
                             : Result<directory::TicketIssued>(input.answer.error());
  if (issued) {
    take_ticket(std::move(issued.value().ticket), now);
    if (phase_ == Phase::wants_ticket) {
      enter(Phase::wants_super_peer, now);
    }
  } else if (!was_renewal) {
    denied_ = true;
    rest(now);
  }
  return true;
}

void HomeSession::on_tunnel_opened(const Answered& input, Instant now) {
  if (!input.answer) {
    HEARTH_PROBE(true, "client: a tunnel is refused");
    refused_ = true;
    rest(now);
    return;
  }
  presented_[via_] = now;
  attach_due_ = true;
  enter(Phase::attaching, now);
}

void HomeSession::peer_up(const PeerInfo& peer) {
  peer_ = peer;
  phase_ = Phase::up;
  HEARTH_PROBE(pending_ != 0, "client: a session is up before its answer");
  pending_ = 0;  // what was asked for on the way here is no longer needed
  attach_due_ = false;
  stream_last_ = 0;
  failures_ = 0;
}

void HomeSession::peer_down(const PeerDown& down, Instant now) {
  if (peer_ && peer_->session == down.session) {
    peer_.reset();
    rest(now);
  } else if (phase_ == Phase::attaching && (down.node == home_ || via_session_ == down.session)) {
    HEARTH_PROBE(true, "client: a tunnel breaks under the handshake");
    rest(now);  // of the home: the tunnel that we ordered has failed
  }
}

void HomeSession::renew(const SuperPeersUp& super_peers, Instant now, ClientEffects& effects) {
  if (pending_ == 0 && now - ticket_since_ >= limits::ticket_renewal && now >= renew_at_) {
    renewing_ = true;
    renew_at_ = now + renewal_period;
    pending_ = new_number_();
    effects.asks.push_back({pending_, home_, ask_budget, link::TrafficClass::command,
                            pack(header_to(self_, home_, "home"), home::RenewTicket{})});
  }
  for (const auto& id : ticket_super_peers_) {
    const auto found = super_peers.find(id);
    if (found != super_peers.end() && presented_.emplace(id, now).second) {
      effects.asks.push_back(
          {new_number_(), id, ask_budget, link::TrafficClass::command,
           pack(header_to(self_, id, "relay"), relay::PresentTicket{home_, ticket_})});
    }
  }
  std::erase_if(presented_, [&](const auto& entry) { return !super_peers.contains(entry.first); });
}

Result<StreamPlan> HomeSession::plan(const PlanStream& question, const SuperPeersUp& super_peers,
                                     const seal::NodeList& nodes) {
  if (!peer_) {
    return Error{ErrorCode::home_offline, "no session with the home"};
  }
  std::vector<const PeerInfo*> usable;
  for (const auto& id : ticket_super_peers_) {
    if (const auto found = super_peers.find(id); found != super_peers.end()) {
      usable.insert(id == via_ ? usable.begin() : usable.end(), &found->second);
    }
  }
  if (usable.empty()) {
    HEARTH_PROBE(true, "client: a stream finds no super-peer");
    return Error{ErrorCode::unreachable, "no super-peer of the home is connected"};
  }
  const auto& super_peer = *usable[question.attempt % usable.size()];
  const auto* listed = nodes.find(super_peer.node);
  if (listed == nullptr) {
    return Error{ErrorCode::unreachable, "super-peer is not in the node list"};
  }
  seal::StreamContext context{peer_->exported, peer_->handshake_hash,
                              HEARTH_MUTANT("reuse-a-stream-number") ? 1 : ++stream_last_};
  auto sealed = home::seal_request(context, question.request);
  return StreamPlan{listed->data,
                    seal::data_key(super_peer.exported),
                    home_,
                    ticket_,
                    std::move(sealed.bytes),
                    std::move(context),
                    std::move(sealed.grants),
                    question.request};
}

}  // namespace hearth::client
