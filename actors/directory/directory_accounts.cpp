// DirectoryMachine: accounts and their devices.

#include "actors/directory/account_rows.hpp"
#include "actors/directory/directory_machine.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/identity.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace hearth::directory {

namespace {

/// A chain is kept whole: homes that come late verify it from its first event on.
void keep_event(const AccountId& account, std::uint64_t number, const Bytes& record,
                std::vector<storage::Row>& rows) {
  rows.push_back({event_key(account, number), record});
}

/// The device that `event` enrols, or null.
const Device* enrolled_by(const ReadEvent& event) {
  const auto* enrolled = std::get_if<DeviceEnrolled>(&event.event.action);
  return enrolled == nullptr ? nullptr : &enrolled->device;
}

Error in_flight() {
  return {ErrorCode::sequence_moved, "the newest events are on their way to disk"};
}

}  // namespace

Result<Envelope> DirectoryMachine::decide(const Request& request, Instant now, Appends& appends) {
  const auto& asker = request.asker;
  const auto& head = request.header;
  /// Decodes a `Message` and answers it with `handle`.
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    auto message = unpack<Message>(request.envelope);
    using Outcome = decltype(handle(message.value()));
    return answer_envelope(head, message ? handle(message.value()) : Outcome(message.error()));
  };
  switch (head.kind) {
    case MessageKind::append_event:
      return with(std::type_identity<AppendEvent>{},
                  [&](const auto& m) { return append(asker, m, now, appends); });
    case MessageKind::fetch_chain:
      return with(std::type_identity<FetchChain>{},
                  [&](const auto& m) { return fetch_chain(asker, m); });
    case MessageKind::offer_pairing:
      return with(std::type_identity<OfferPairing>{},
                  [&](const auto& m) { return offer_pairing(asker, m, appends); });
    case MessageKind::show_pairing:
      return with(std::type_identity<ShowPairing>{},
                  [&](const auto& m) { return show_pairing(asker, m, now); });
    case MessageKind::register_home: return answer_envelope(head, register_home(asker));
    case MessageKind::list_homes: return answer_envelope(head, list_homes(asker));
    case MessageKind::request_ticket:
      return with(std::type_identity<RequestTicket>{},
                  [&](const auto& m) { return issue_ticket(asker, m); });
    default: return Error{ErrorCode::message_malformed, "not for a directory"};
  }
}

// ---- chains ----

Result<EventAppended> DirectoryMachine::append(const Asker& asker, const AppendEvent& command,
                                               Instant now, Appends& appends) {
  const auto read = verify_event(command.event);
  if (!read) {
    return read.error();
  }
  if (read.value().event.number <= 1) {
    return open_account(asker, command.event, read.value(), appends);
  }
  const auto id = account_signed_for(read.value().event.signer);
  auto held = id ? cache_.load(id.value()) : Result<HeldAccount*>(id.error());
  if (!held) {
    return held.error();
  }
  const auto& account = held.value()->account;
  const auto number = read.value().event.number;
  if (number <= account.state().length) {
    auto repeated = check_repeated(account, read.value());
    return repeated ? Result<EventAppended>(EventAppended{id.value(), number}) : repeated.error();
  }
  if (auto checked = check_next(account, read.value()); !checked) {
    return checked.error();
  }
  if (auto closed = end_pairing({asker, command.code, id.value()}, read.value(), now, appends);
      !closed) {
    return closed.error();
  }
  held = cache_.load(id.value());  // whoever asks may be of another account, and that be in memory
  if (!held) {
    return held.error();
  }
  storage::Append append{stream, 0, {encode(RecordedEvent{command.event, now_ms()})}, {}, {}, 0};
  cache_.apply(*held.value(), read.value(), ++sequence_, append.rows);
  keep_event(id.value(), number, append.records.back(), append.rows);
  const auto& action = read.value().event.action;
  const bool is_forgotten =
      (HEARTH_MUTANT("revoke-in-memory") && std::holds_alternative<DeviceRevoked>(action)) ||
      (HEARTH_MUTANT("rename-in-memory") && std::holds_alternative<DeviceRenamed>(action));
  if (!is_forgotten) {
    appends.push_back(std::move(append));
  }
  return EventAppended{id.value(), number};
}

Result<EventAppended> DirectoryMachine::open_account(const Asker& asker, const SignedEvent& event,
                                                     const ReadEvent& read, Appends& appends) {
  auto opened = chain::AccountChain::open(read);
  if (!opened) {
    return opened.error();
  }
  const auto& state = opened.value().state();
  if (seal::node_id_of(read.event.signer) != asker.node) {
    return Error{ErrorCode::not_allowed, "the first device must be the one that asks"};
  }
  const auto by_device = cache_.account_of(asker.node);
  const auto by_name = cache_.named(state.name);
  const auto by_key = cache_.recovered_by(state.recovery);
  for (const auto* found : {&by_device, &by_name, &by_key}) {
    if (!*found) {
      return found->error();
    }
  }
  const EventAppended answer{state.account, 1};
  if (by_device.value() == state.account) {
    HEARTH_PROBE(true, "directory: an account is opened again by a retry");
    return answer;
  }
  if (by_device.value()) {
    return Error{ErrorCode::device_exists, "this device belongs to an account already"};
  }
  if (by_name.value()) {
    return Error{ErrorCode::name_taken, "account name is taken: choose another"};
  }
  if (by_key.value()) {
    return Error{ErrorCode::value_invalid, "the recovery key is of another account"};
  }
  storage::Append append{stream, 0, {encode(RecordedEvent{event, now_ms()})}, {}, {}, 0};
  cache_.add(std::move(opened.value()), ++sequence_, append.rows);
  keep_event(answer.account, 1, append.records.back(), append.rows);
  appends.push_back(std::move(append));
  return answer;
}

/// Of the event that the chain has under its number: the same, then it is a retry.
Result<void> DirectoryMachine::check_repeated(const chain::AccountChain& account,
                                              const ReadEvent& event) const {
  const auto& state = account.state();
  auto known = state.head;
  if (event.event.number < state.length) {
    const auto row = log_->row(stream, event_key(state.account, event.event.number));
    if (!row || !row.value()) {
      return row ? in_flight() : row.error();
    }
    const auto record = decode<RecordedEvent>(*row.value());
    if (!record) {
      return Error{ErrorCode::log_corrupt, "row of an account's event cannot be read"};
    }
    known = hash_of(record.value().event);
  }
  HEARTH_PROBE(known == event.hash, "directory: an event is appended again by a retry");
  return known == event.hash
             ? Result<void>()
             : Error{ErrorCode::chain_moved, "the account has changed since: fetch its chain"};
}

Result<void> DirectoryMachine::check_next(const chain::AccountChain& account,
                                          const ReadEvent& event) {
  bool was_enrolled = false;
  if (const auto* device = enrolled_by(event)) {
    const auto owner = cache_.account_of(chain::id_of(*device));
    if (!owner) {
      return owner.error();
    }
    was_enrolled = owner.value() == account.state().account;
    if (owner.value() && !was_enrolled) {
      HEARTH_PROBE(true, "directory: a device has an account");
      return Error{ErrorCode::device_exists, "device belongs to an account already"};
    }
  }
  return account.check(event, was_enrolled);
}

/// Errors: `device_unknown`, `log_corrupt`.
Result<AccountId> DirectoryMachine::account_signed_for(const SigningKey& signer) {
  auto found = cache_.account_of(seal::node_id_of(signer));
  if (found && !found.value()) {
    found = cache_.recovered_by(signer);
  }
  if (!found) {
    return found.error();
  }
  return found.value() ? Result<AccountId>(*found.value())
                       : Error{ErrorCode::device_unknown, "whoever signed is in no account"};
}

Result<AccountId> DirectoryMachine::account_fetched(const Asker& asker, const FetchChain& request) {
  if (request.recovery.is_zero()) {
    const auto account = account_of(asker.node);
    return account ? Result<AccountId>(account.value()->account.state().account) : account.error();
  }
  if (!verify_recovery_request(asker.node, request.recovery, request.proof)) {
    return Error{ErrorCode::not_allowed, "whoever asks does not hold the recovery key"};
  }
  const auto found = cache_.recovered_by(request.recovery);
  if (!found) {
    return found.error();
  }
  return found.value() ? Result<AccountId>(*found.value())
                       : Error{ErrorCode::account_unknown, "no account has this recovery key"};
}

/// From its rows alone, when they show all that was decided: some may be acknowledged already.
Result<ChainPage> DirectoryMachine::fetch_chain(const Asker& asker, const FetchChain& request) {
  const auto account = account_fetched(asker, request);
  const auto held = account ? cache_.load(account.value()) : Result<HeldAccount*>(account.error());
  const auto durable = log_->last_sequence(stream);
  if (!held || !durable) {
    return held ? durable.error() : held.error();
  }
  if (durable.value() < held.value()->written) {
    return in_flight();
  }
  const auto row = log_->row(stream, account_key(account.value()));
  if (!row || !row.value()) {
    return row ? Error{ErrorCode::log_corrupt, "row of account " + to_text(account.value())}
               : row.error();
  }
  const auto state = decode<AccountState>(*row.value());
  if (!state) {
    return Error{ErrorCode::log_corrupt, "row of account " + to_text(account.value())};
  }
  ChainPage page{account.value(), state.value().length, state.value().head, {}};
  for (auto number = std::min(request.after, page.length) + 1;
       number <= page.length && page.events.size() < limits::chain_page; ++number) {
    const auto kept = log_->row(stream, event_key(account.value(), number));
    if (!kept) {
      return kept.error();
    }
    auto event = kept.value() ? decode<RecordedEvent>(*kept.value())
                              : Result<RecordedEvent>(Error{ErrorCode::log_corrupt, {}});
    if (!event) {
      return Error{ErrorCode::log_corrupt, "row of an account's event is missing"};
    }
    page.events.push_back(std::move(event.value()));
  }
  return page;
}

std::int64_t DirectoryMachine::now_ms() const {
  return clock_.now().time_since_epoch().count();
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

}  // namespace hearth::directory
