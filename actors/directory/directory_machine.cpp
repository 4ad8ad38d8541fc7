#include "actors/directory/directory_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/digest.hpp"
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

NodeId device_of(const EnrolDevice& command) {
  return id_of(command.device);
}

NodeId device_of(const RevokeDevice& command) {
  return command.device;
}

template <class Message>
Result<Envelope> envelope_of(const Header& request, Result<Message> answer) {
  return answer ? Result<Envelope>(pack(answer_header(request), answer.value()))
                : Result<Envelope>(answer.error());
}

/// What need not be the newest: tickets are short-lived, and a home that lists its devices takes no
/// list older than its own.
bool may_be_recent(MessageKind kind, Role asker) {
  return kind == MessageKind::list_homes || kind == MessageKind::request_ticket ||
         (kind == MessageKind::list_devices && asker == Role::home);
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
  for (const auto& other : config_.others) {
    effects.link.emplace_back(Dial{other});
  }
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const TimerFired& /*input*/, Instant now) {
  presence_.expire(now);
  cache_.forget_durable();
  Effects<Command> effects;
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
  return effects;
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
    return envelope_of(header.value(), on_report(input, now, effects));
  }
  if (header.value().kind == MessageKind::presence_relayed) {
    return envelope_of(header.value(), on_relayed(input, now));
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
  return decide(asker, head, envelope, effects.appends);
}

Result<DirectoryMachine::Request> DirectoryMachine::unwrap(const Delivered& input,
                                                           const Header& header) {
  if (header.kind != MessageKind::forwarded) {
    return Request{{input.from, input.role}, input.envelope, header, false};
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
  return Request{{origin, message.value().role}, std::move(inner.value()), head.value(), true};
}

Result<Envelope> DirectoryMachine::pass_on(const Delivered& input, Effects<Command>& effects) {
  if (leader_.is_zero()) {
    HEARTH_PROBE(true, "directory: no leader is known");
    return Error{ErrorCode::no_quorum,
                 "no majority of the directories can be reached: what is known is served, changes "
                 "must wait"};
  }
  if (input.reply_to) {
    auto ask = forwarder_.pass_on(input, leader_);
    if (!ask) {
      return ask.error();
    }
    effects.asks.push_back(std::move(ask.value()));
  }
  return Envelope{};
}

Result<Envelope> DirectoryMachine::decide(const Asker& asker, const Header& head,
                                          const Envelope& request, Appends& appends) {
  /// Decodes a `Message` and answers it with `handle`.
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    auto message = unpack<Message>(request);
    using Outcome = decltype(handle(message.value()));
    return envelope_of(head, message ? handle(message.value()) : Outcome(message.error()));
  };
  switch (head.kind) {
    case MessageKind::create_account:
      return with(std::type_identity<CreateAccount>{},
                  [&](const auto& m) { return create(asker, m, appends); });
    case MessageKind::enrol_device:
      return with(std::type_identity<EnrolDevice>{},
                  [&](const auto& m) { return change(asker, m, appends); });
    case MessageKind::revoke_device:
      return with(std::type_identity<RevokeDevice>{},
                  [&](const auto& m) { return change(asker, m, appends); });
    case MessageKind::register_home: return envelope_of(head, register_home(asker));
    case MessageKind::list_devices: return envelope_of(head, list_devices(asker));
    case MessageKind::list_homes: return envelope_of(head, list_homes(asker));
    case MessageKind::request_ticket:
      return with(std::type_identity<RequestTicket>{},
                  [&](const auto& m) { return issue_ticket(asker, m); });
    default: return Error{ErrorCode::message_malformed, "not for a directory"};
  }
}

// ---- accounts ----

Result<AccountCreated> DirectoryMachine::create(const Asker& asker, const CreateAccount& command,
                                                Appends& appends) {
  auto created = AccountMachine::decide_creation(command, asker.node, clock_.now());
  if (!created) {
    return created.error();
  }
  const auto by_device = cache_.account_of(asker.node);
  const auto by_name = cache_.named(command.name);
  if (!by_device || !by_name) {
    return by_device ? by_name.error() : by_device.error();
  }
  auto event = std::move(created.value());
  if (by_device.value()) {
    // A retry of the command that made the account is answered as the first time.
    if (by_device.value() == by_name.value()) {
      HEARTH_PROBE(true, "directory: an account is created again by a retry");
      event.account = *by_device.value();
      return event;
    }
    return Error{ErrorCode::device_exists, "this device belongs to an account already"};
  }
  if (by_name.value()) {
    return Error{ErrorCode::name_taken, "account name is taken: choose another"};
  }
  event.account = seal::digest_as<AccountId>(encode(AccountEvent{event}));
  storage::Append append{stream, 0, {encode(AccountEvent{event})}, {}, {}, 0};
  cache_.add(event, ++sequence_, append.rows);
  appends.push_back(std::move(append));
  return event;
}

template <class Change>
Result<Accepted> DirectoryMachine::change(const Asker& asker, const Change& command,
                                          Appends& appends) {
  auto found = account_of(asker.node);
  if (!found) {
    return found.error();
  }
  const auto owner = cache_.account_of(device_of(command));
  if (!owner) {
    return owner.error();
  }
  auto events = found.value()->account.decide(command, asker.node, owner.value(), clock_.now());
  if (!events) {
    return events.error();
  }
  if (events.value().empty()) {
    return Accepted{};
  }
  storage::Append append{stream, 0, {}, {}, {}, 0};
  for (const auto& event : events.value()) {
    cache_.apply(*found.value(), event, ++sequence_, append.rows);
    append.records.push_back(encode(event));
  }
  if (!HEARTH_MUTANT("revoke-in-memory") || !std::is_same_v<Change, RevokeDevice>) {
    appends.push_back(std::move(append));
  }
  return Accepted{};
}

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

Result<DevicesListed> DirectoryMachine::list_devices(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  const auto& state = account.value()->account.state();
  DevicesListed listed{state.account, state.sequence, {}};
  for (const auto& member : account.value()->account.members()) {
    listed.devices.push_back(member.device);
  }
  return listed;
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

Result<HeldAccount*> DirectoryMachine::account_of(const NodeId& device) {
  const auto id = cache_.account_of(device);
  if (!id) {
    return id.error();
  }
  const Error unknown{ErrorCode::device_unknown, "device is enrolled in no account"};
  if (!id.value()) {
    return unknown;
  }
  auto held = cache_.load(*id.value());
  const bool is_revoked = held && held.value()->account.find(device) == nullptr;
  HEARTH_PROBE(is_revoked, "directory: a revoked device asks");
  return is_revoked ? Result<HeldAccount*>(unknown) : held;
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
  for (const auto& other : config_.others) {
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
