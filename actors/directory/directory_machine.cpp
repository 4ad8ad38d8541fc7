#include "actors/directory/directory_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/base/text.hpp"
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

constexpr std::size_t resolved_max = 100'000;

constexpr char account_row = 'a';
constexpr char device_row = 'd';
constexpr char name_row = 'n';

std::string row_key(char kind, BytesView key) {
  return kind + std::string(key.begin(), key.end());
}

storage::Row index_row(char kind, BytesView key, const AccountId& account) {
  return {row_key(kind, key), Bytes(account.bytes.begin(), account.bytes.end())};
}

storage::Row state_row(const AccountState& state) {
  return {row_key(account_row, state.account.view()), encode(state)};
}

/// Names that look alike to people are one name; it goes into the key as a digest, because keys
/// are shorter than names may be.
Bytes name_key(const std::string& name) {
  const auto folded = fold_case(name).value_or(name);
  Bytes key(32);
  seal::digest_into(key,
                    BytesView(reinterpret_cast<const std::uint8_t*>(folded.data()), folded.size()));
  return key;
}

Result<void> require(Role role, Role wanted) {
  if (role != wanted) {
    return Error{ErrorCode::not_allowed, "not for this role"};
  }
  return {};
}

template <class Message>
Result<Envelope> envelope_of(const Header& request, Result<Message> answer) {
  return answer ? Result<Envelope>(pack(answer_header(request), answer.value()))
                : Result<Envelope>(answer.error());
}

}  // namespace

Result<void> DirectoryMachine::recover(const storage::EventLog& log) {
  log_ = &log;
  auto last = log.last_sequence(stream);
  if (!last) {
    return last.error();
  }
  sequence_ = last.value();
  return {};
}

Effects<std::monostate> DirectoryMachine::start(Instant /*now*/) {
  Effects<Command> effects;
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const TimerFired& /*input*/, Instant now) {
  presence_.expire(now);
  forget_durable();
  Effects<Command> effects;
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<std::monostate> DirectoryMachine::step(const Delivered& input, Instant now) {
  Effects<Command> effects;
  auto result = answer({input.from, input.role}, input.envelope, effects.appends, now);
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

Result<Envelope> DirectoryMachine::answer(const Asker& asker, const Envelope& request,
                                          Appends& appends, Instant now) {
  const auto header = header_of(request);
  if (!header) {
    return header.error();
  }
  const auto& head = header.value();
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
    case MessageKind::report_presence:
      return with(std::type_identity<ReportPresence>{},
                  [&](const auto& m) { return presence(asker, m, now); });
    case MessageKind::forwarded: return forwarded(asker, request, appends, now);
    default: return Error{ErrorCode::message_malformed, "not for a directory"};
  }
}

Result<Envelope> DirectoryMachine::forwarded(const Asker& asker, const Envelope& request,
                                             Appends& appends, Instant now) {
  if (auto allowed = require(asker.role, Role::directory); !allowed) {
    return allowed.error();
  }
  auto message = unpack<Forwarded>(request);
  if (!message) {
    return message.error();
  }
  auto inner = Envelope::from_bytes(message.value().envelope);
  if (!inner) {
    return inner.error();
  }
  const auto header = header_of(inner.value());
  if (!header) {
    return header.error();
  }
  const auto& origin = message.value().origin;
  if (header.value().from.node != origin || header.value().kind == MessageKind::forwarded) {
    return Error{ErrorCode::not_allowed, "forwarded in another's name"};
  }
  return answer({origin, message.value().role}, inner.value(), appends, now);
}

Result<AccountCreated> DirectoryMachine::create(const Asker& asker, const CreateAccount& command,
                                                Appends& appends) {
  auto created = AccountMachine::decide_creation(command, asker.node, clock_.now());
  if (!created) {
    return created.error();
  }
  const auto folded = name_key(command.name);
  const auto by_device = look_up(device_row, asker.node.view());
  const auto by_name = look_up(name_row, folded);
  if (!by_device || !by_name) {
    return by_device ? by_name.error() : by_device.error();
  }
  if (by_device.value()) {
    // A retry of the command that made the account is answered as the first time.
    if (by_device.value() == by_name.value()) {
      HEARTH_PROBE(true, "directory: an account is created again by a retry");
      auto account = load(*by_device.value());
      if (!account) {
        return account.error();
      }
      auto event = std::move(created.value());
      event.account = account.value()->account.state().account;
      return event;
    }
    return Error{ErrorCode::device_exists, "this device belongs to an account already"};
  }
  if (by_name.value()) {
    return Error{ErrorCode::name_taken, "account name is taken: choose another"};
  }
  auto event = std::move(created.value());
  event.account = seal::digest_as<AccountId>(encode(AccountEvent{event}));
  auto& held = hold(event.account, AccountMachine(event));
  held.written = ++sequence_;
  pending_index_[row_key(device_row, asker.node.view())] = {event.account, sequence_};
  pending_index_[row_key(name_row, folded)] = {event.account, sequence_};
  appends.push_back({stream,
                     0,
                     {encode(AccountEvent{event})},
                     {state_row(held.account.state()), index_row(name_row, folded, event.account),
                      index_row(device_row, asker.node.view(), event.account)},
                     {},
                     0});
  return event;
}

template <class Change>
Result<Accepted> DirectoryMachine::change(const Asker& asker, const Change& command,
                                          Appends& appends) {
  auto found = account_of(asker.node);
  if (!found) {
    return found.error();
  }
  auto& account = found.value()->account;
  auto events = account.decide(command, asker.node, clock_.now());
  if (!events) {
    return events.error();
  }
  storage::Append append{stream, 0, {}, {}, {}, 0};
  for (const auto& event : events.value()) {
    if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event)) {
      const auto id = id_of(enrolled->device);
      const auto owner = look_up(device_row, id.view());
      if (!owner || owner.value()) {
        HEARTH_PROBE(true, "directory: a device has an account");
        return owner ? Error{ErrorCode::device_exists, "device belongs to an account already"}
                     : owner.error();
      }
      pending_index_[row_key(device_row, id.view())] = {account.state().account,
                                                        sequence_ + events.value().size()};
      append.rows.push_back(index_row(device_row, id.view(), account.state().account));
    }
    account.apply(event);
    append.records.push_back(encode(event));
  }
  if (HEARTH_MUTANT("revoke-in-memory") && std::is_same_v<Change, RevokeDevice>) {
    append.records.clear();
  }
  if (!append.records.empty()) {
    sequence_ += append.records.size();
    found.value()->written = sequence_;
    if (!HEARTH_MUTANT("forget-the-projection")) {
      append.rows.push_back(state_row(account.state()));
    }
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
  const seal::HomeCertificate certificate{self_.id, device->keys,
                                          account.value()->account.state().account, now,
                                          now + limits::certificate_life};
  return HomeRegistered{certificate.account,
                        seal::sign_certificate(certificate, self_.signing_seed)};
}

Result<DevicesListed> DirectoryMachine::list_devices(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  const auto& state = account.value()->account.state();
  return DevicesListed{state.account, state.sequence, state.devices};
}

Result<HomesListed> DirectoryMachine::list_homes(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  HomesListed listed;
  for (const auto& device : account.value()->account.state().devices) {
    if (device.kind == DeviceKind::home) {
      listed.homes.push_back({device.keys, presence_.super_peers_of(id_of(device))});
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
  ticket.issuer = self_.id;
  ticket.client = asker.node;
  ticket.client_exchange = account.value()->account.find(asker.node)->keys.exchange;
  ticket.home = request.home;
  ticket.super_peers = std::move(super_peers);
  ticket.not_before = now;
  ticket.not_after = now + limits::ticket_life;
  ticket.serial = seal::random_u64();
  return TicketIssued{seal::sign_ticket(ticket, self_.signing_seed)};
}

Result<Accepted> DirectoryMachine::presence(const Asker& asker, const ReportPresence& report,
                                            Instant now) {
  if (auto allowed = require(asker.role, Role::super_peer); !allowed) {
    return allowed.error();
  }
  if (!presence_.report(asker.node, report, now)) {
    HEARTH_PROBE(true, "directory: a report is of an earlier epoch");
    return Error{ErrorCode::not_allowed, "report of an earlier epoch"};
  }
  return Accepted{};
}

Result<std::optional<AccountId>> DirectoryMachine::look_up(char kind, BytesView key) const {
  const auto row = row_key(kind, key);
  if (const auto pending = pending_index_.find(row); pending != pending_index_.end()) {
    return std::optional<AccountId>{pending->second.account};
  }
  auto stored = log_->row(stream, row);
  if (!stored) {
    return stored.error();
  }
  if (!stored.value()) {
    return std::optional<AccountId>{};
  }
  const auto account = AccountId::from(*stored.value());
  if (!account) {
    return Error{ErrorCode::log_corrupt, "index row of the accounts has a wrong size"};
  }
  return account;
}

Result<DirectoryMachine::Held*> DirectoryMachine::load(const AccountId& account) {
  if (const auto known = accounts_.find(account);
      known != accounts_.end() && !HEARTH_MUTANT("decide-on-committed-state")) {
    touch(account, known->second);
    return &known->second;
  }
  auto stored = log_->row(stream, row_key(account_row, account.view()));
  if (!stored) {
    return stored.error();
  }
  auto state = stored.value() ? decode<AccountState>(*stored.value())
                              : Result<AccountState>(Error{ErrorCode::log_corrupt, {}});
  if (!state) {
    return Error{ErrorCode::log_corrupt, "row of account " + to_text(account) + " is missing"};
  }
  return &hold(account, AccountMachine(std::move(state.value())));
}

Result<DirectoryMachine::Held*> DirectoryMachine::account_of(const NodeId& device) {
  const auto id = resolve(device);
  if (!id) {
    return id.error();
  }
  const Error unknown{ErrorCode::device_unknown, "device is enrolled in no account"};
  if (!id.value()) {
    return unknown;
  }
  auto held = load(*id.value());
  const bool is_revoked = held && held.value()->account.find(device) == nullptr;
  HEARTH_PROBE(is_revoked, "directory: a revoked device asks");
  return is_revoked ? Result<Held*>(unknown) : held;
}

Result<std::optional<AccountId>> DirectoryMachine::resolve(const NodeId& device) {
  if (const auto known = account_by_device_.find(device); known != account_by_device_.end()) {
    return std::optional(known->second);
  }
  auto found = look_up(device_row, device.view());
  if (found && found.value()) {
    if (account_by_device_.size() >= resolved_max) {
      account_by_device_.clear();
    }
    account_by_device_.emplace(device, *found.value());
  }
  return found;
}

// ---- memory ----

/// The account that is being asked for is the last to go: a pointer to it holds for one input.
DirectoryMachine::Held& DirectoryMachine::hold(const AccountId& id, AccountMachine account) {
  if (accounts_.size() >= forget_at_) {
    forget_durable();
  }
  if (const auto old = accounts_.find(id); old != accounts_.end()) {
    accounts_by_use_.erase(old->second.used);
  }
  auto& held = accounts_.insert_or_assign(id, Held{std::move(account), 0, 0}).first->second;
  touch(id, held);
  return held;
}

void DirectoryMachine::touch(const AccountId& id, Held& held) {
  accounts_by_use_.erase(held.used);
  held.used = ++use_last_;
  accounts_by_use_.emplace(held.used, id);
}

/// Drops what the log can give back.
void DirectoryMachine::forget_durable() {
  const auto durable = log_->last_sequence(stream);
  if (!durable) {
    return;  // a log that cannot be read stops the node where its answer is needed
  }
  std::erase_if(pending_index_,
                [&](const auto& row) { return row.second.written <= durable.value(); });
  for (auto at = accounts_by_use_.begin();
       at != accounts_by_use_.end() && accounts_.size() > accounts_held_;) {
    const auto held = accounts_.find(at->second);
    if (held->second.written > durable.value()) {
      ++at;
    } else {
      accounts_.erase(held);
      HEARTH_PROBE(true, "directory: an account is forgotten");
      at = accounts_by_use_.erase(at);
    }
  }
  // Not for every account anew, while most cannot go.
  forget_at_ = std::max(accounts_.size(), accounts_held_) + accounts_held_ / 8 + 1;
}

}  // namespace hearth::directory
