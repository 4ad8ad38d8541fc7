#include "actors/directory/directory_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/random.hpp"
#include "messages/seal/ticket.hpp"

#include <algorithm>
#include <utility>

namespace hearth::directory {

namespace {

constexpr std::uint32_t expiry_timer = 1;
constexpr Millis expiry_period{1000};

Result<void> require(Role role, Role wanted) {
  if (role != wanted) {
    return Error{ErrorCode::not_allowed, "not for this role"};
  }
  return {};
}

/// What need not be the newest: tickets are short-lived, and a home takes no chain that is
/// shorter than its own.
bool may_be_recent(MessageKind kind, Role asker) {
  return kind == MessageKind::list_homes || kind == MessageKind::request_ticket ||
         (kind == MessageKind::fetch_chain && asker == Role::home);
}

}  // namespace

DirectoryMachine::DirectoryMachine(Config config, const WallClock& clock)
    : config_(std::move(config)),
      clock_(clock),
      cache_(stream, config_.accounts_held),
      forwarder_(config_.self.id) {}

Result<void> DirectoryMachine::recover(const storage::LogReader& log) {
  log_ = &log;
  cache_.reset(log);
  return {};
}

Effects<std::monostate> DirectoryMachine::start(Instant /*now*/) {
  Effects<Command> effects;
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const TimerFired& /*input*/, Instant now) {
  presence_.expire(now);
  cache_.forget_durable();
  Effects<Command> effects;
  if (decides_) {
    pairings_.expire(clock_.now(), now, effects.appends);
  }
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const LeadershipChanged& input, Instant /*now*/) {
  Effects<Command> effects;
  decides_ = input.decides;
  leader_ = input.leader;
  cache_.reset(*log_);
  if (auto last = log_->last_sequence(stream)) {
    sequence_ = last.value();
  } else {
    effects.stop = last.error();
  }
  if (auto read = decides_ ? pairings_.reset(*log_) : Result<void>(); !read) {
    effects.stop = read.error();
  }
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const PeerUp& input, Instant /*now*/) {
  if (!input.peer.source.empty()) {
    sources_.insert_or_assign(input.peer.node, Source{input.peer.source, input.peer.session});
  }
  return {};
}

Effects<std::monostate> DirectoryMachine::step(const PeerDown& input, Instant /*now*/) {
  const auto found = sources_.find(input.node);
  if (found != sources_.end() && found->second.session == input.session) {
    sources_.erase(found);
  }
  return {};
}

std::string DirectoryMachine::source_of(const NodeId& peer) const {
  const auto found = sources_.find(peer);
  return found == sources_.end() ? std::string() : found->second.address;
}

Effects<std::monostate> DirectoryMachine::step(const Answered& input, Instant /*now*/) {
  Effects<Command> effects;
  if (auto reply = forwarder_.answered(input)) {
    effects.replies.push_back(std::move(*reply));
  }
  return effects;
}

// ---- requests ----

Effects<std::monostate> DirectoryMachine::step(const Delivered& input, Instant now) {
  Effects<Command> effects;
  auto result = answer(input, now, effects);
  if (result && !result.value()) {
    return effects;  // passed on
  }
  if (!result && kind_of(result.error().code) == ErrorKind::fatal) {
    effects.stop = result.error();
    // What ails this node is no answer to the command: nothing was done, another may do it.
    result = Error{ErrorCode::stopping, "this directory cannot go on: ask again"};
  }
  if (input.reply_to) {
    effects.replies.push_back({*input.reply_to, std::move(result)});
  }
  return effects;
}

/// An empty envelope: another directory will answer.
Result<Envelope> DirectoryMachine::answer(const Delivered& input, Instant now,
                                          Effects<Command>& effects) {
  const auto header = header_of(input.envelope);
  if (!header) {
    return header.error();
  }
  if (header.value().kind == MessageKind::report_presence) {
    return answer_envelope(header.value(), on_report(input, now, effects));
  }
  if (header.value().kind == MessageKind::presence_relayed) {
    return answer_envelope(header.value(), on_relayed(input, now));
  }
  auto request = unwrap(input, header.value());
  if (!request) {
    return request.error();
  }
  const auto& [asker, envelope, head, passed_on] = request.value();
  const auto since = config_.recent_since();
  const bool is_recent =
      may_be_recent(head.kind, asker.role) && since != Instant{} && now - since <= recent;
  if (!decides_ && !is_recent) {
    return passed_on ? Error{ErrorCode::not_leader, "another directory leads: ask again"}
                     : pass_on(input, effects);
  }
  if (!decides_) {
    cache_.reset(*log_);  // rows change here without a word
  }
  effects.exact = !is_recent;
  return decide(request.value(), now, effects.appends);
}

Result<DirectoryMachine::Request> DirectoryMachine::unwrap(const Delivered& input,
                                                           const Header& header) const {
  if (header.kind != MessageKind::forwarded) {
    return Request{{input.from, input.role, source_of(input.from)}, input.envelope, header, false};
  }
  if (auto allowed = require(input.role, Role::directory); !allowed) {
    return allowed.error();
  }
  auto message = unpack<Forwarded>(input.envelope);
  if (!message) {
    return message.error();
  }
  auto inner = Envelope::from_bytes(message.value().envelope);
  if (!inner) {
    return inner.error();
  }
  const auto head = header_of(inner.value());
  if (!head) {
    return head.error();
  }
  const auto& origin = message.value().origin;
  if (head.value().from.node != origin || head.value().kind == MessageKind::forwarded) {
    return Error{ErrorCode::not_allowed, "forwarded in another's name"};
  }
  return Request{{origin, message.value().role, std::move(message.value().source)},
                 std::move(inner.value()),
                 head.value(),
                 true};
}

Result<Envelope> DirectoryMachine::pass_on(const Delivered& input, Effects<Command>& effects) {
  if (leader_.is_zero()) {
    HEARTH_PROBE(true, "directory: no leader is known");
    return Error{ErrorCode::no_quorum,
                 "no majority of the directories can be reached: what is known is served, changes "
                 "must wait"};
  }
  if (input.reply_to) {
    auto ask = forwarder_.pass_on(input, source_of(input.from), leader_);
    if (!ask) {
      return ask.error();
    }
    effects.asks.push_back(std::move(ask.value()));
  }
  return Envelope{};
}

// ---- homes and tickets ----

Result<HomeRegistered> DirectoryMachine::register_home(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  const auto* device = account.value()->account.find(asker.node);
  if (asker.role != Role::home || device->kind != DeviceKind::home) {
    return Error{ErrorCode::not_allowed, "only an enrolled home is certified"};
  }
  const auto now = clock_.now();
  const seal::HomeCertificate certificate{config_.self.id, device->keys,
                                          account.value()->account.state().account, now,
                                          now + limits::certificate_life};
  return HomeRegistered{certificate.account,
                        seal::sign_certificate(certificate, config_.self.signing_seed)};
}

Result<HomesListed> DirectoryMachine::list_homes(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  HomesListed listed;
  for (const auto& [id, number, device] : account.value()->account.members()) {
    if (device.kind == DeviceKind::home) {
      listed.homes.push_back({device.keys, presence_.super_peers_of(id)});
    }
  }
  listed.length = account.value()->account.state().length;
  return listed;
}

Result<TicketIssued> DirectoryMachine::issue_ticket(const Asker& asker,
                                                    const RequestTicket& request) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  const auto* home = account.value()->account.find(request.home);
  if (home == nullptr || home->kind != DeviceKind::home) {
    return Error{ErrorCode::home_unknown, "no such home in this account"};
  }
  auto super_peers = presence_.super_peers_of(request.home);
  if (super_peers.empty()) {
    HEARTH_PROBE(true, "directory: a ticket is asked for a home that is away");
    return Error{ErrorCode::home_offline, "home is attached to no super-peer"};
  }
  super_peers.resize(std::min(super_peers.size(), limits::super_peers_per_ticket_max));
  const auto now = clock_.now();
  seal::Ticket ticket;
  ticket.issuer = config_.self.id;
  ticket.client = asker.node;
  ticket.client_exchange = account.value()->account.find(asker.node)->keys.exchange;
  ticket.home = request.home;
  ticket.super_peers = std::move(super_peers);
  ticket.not_before = now;
  ticket.not_after = now + limits::ticket_life;
  ticket.serial = seal::random_u64();
  return TicketIssued{seal::sign_ticket(ticket, config_.self.signing_seed)};
}

// ---- presence ----

Result<Accepted> DirectoryMachine::on_report(const Delivered& input, Instant now,
                                             Effects<Command>& effects) {
  if (auto allowed = require(input.role, Role::super_peer); !allowed) {
    return allowed.error();
  }
  auto report = unpack<ReportPresence>(input.envelope);
  if (!report) {
    return report.error();
  }
  if (!presence_.report(input.from, report.value(), now)) {
    HEARTH_PROBE(true, "directory: a report is of an earlier epoch");
    return Error{ErrorCode::not_allowed, "report of an earlier epoch"};
  }
  const PresenceRelayed relayed{input.from, std::move(report.value())};
  for (const auto& other : config_.others()) {
    Header header;
    header.from = {config_.self.id, name};
    header.to = {other, name};
    effects.tells.push_back({other, link::TrafficClass::command, pack(header, relayed)});
  }
  return Accepted{};
}

/// One that is lost is made good by the next report of all homes.
Result<Accepted> DirectoryMachine::on_relayed(const Delivered& input, Instant now) {
  if (auto allowed = require(input.role, Role::directory); !allowed) {
    return allowed.error();
  }
  auto relayed = unpack<PresenceRelayed>(input.envelope);
  if (!relayed) {
    return relayed.error();
  }
  const bool is_taken = presence_.report(relayed.value().super_peer, relayed.value().report, now);
  HEARTH_PROBE(!is_taken, "directory: a relayed report is of an earlier epoch");
  return Accepted{};
}

}  // namespace hearth::directory
