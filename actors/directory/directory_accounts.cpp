// DirectoryMachine: accounts and their devices.

#include "actors/directory/account_rows.hpp"
#include "actors/directory/directory_machine.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/digest.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace hearth::directory {

namespace {

NodeId device_of(const EnrolDevice& command) {
  return id_of(command.device);
}

NodeId device_of(const RevokeDevice& command) {
  return command.device;
}

NodeId device_of(const RenameDevice& command) {
  return command.device;
}

void keep_event(const AccountId& account, std::uint64_t number, const Bytes& event,
                std::vector<storage::Row>& rows) {
  rows.push_back({event_key(account, number), event});
  if (number > limits::account_events_max) {
    rows.push_back({event_key(account, number - limits::account_events_max), std::nullopt});
  }
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
    case MessageKind::create_account:
      return with(std::type_identity<CreateAccount>{},
                  [&](const auto& m) { return create(asker, m, appends); });
    case MessageKind::enrol_device:
      return with(std::type_identity<EnrolDevice>{},
                  [&](const auto& m) { return change(asker, m, appends); });
    case MessageKind::revoke_device:
      return with(std::type_identity<RevokeDevice>{},
                  [&](const auto& m) { return change(asker, m, appends); });
    case MessageKind::rename_device:
      return with(std::type_identity<RenameDevice>{},
                  [&](const auto& m) { return change(asker, m, appends); });
    case MessageKind::list_account_events:
      return with(std::type_identity<ListAccountEvents>{},
                  [&](const auto& m) { return list_events(asker, m); });
    case MessageKind::offer_pairing:
      return with(std::type_identity<OfferPairing>{},
                  [&](const auto& m) { return offer_pairing(asker, m, appends); });
    case MessageKind::show_pairing:
      return with(std::type_identity<ShowPairing>{},
                  [&](const auto& m) { return show_pairing(asker, m, now); });
    case MessageKind::approve_pairing:
      return with(std::type_identity<ApprovePairing>{},
                  [&](const auto& m) { return approve_pairing(asker, m, now, appends); });
    case MessageKind::register_home: return answer_envelope(head, register_home(asker));
    case MessageKind::list_devices: return answer_envelope(head, list_devices(asker));
    case MessageKind::list_homes: return answer_envelope(head, list_homes(asker));
    case MessageKind::request_ticket:
      return with(std::type_identity<RequestTicket>{},
                  [&](const auto& m) { return issue_ticket(asker, m); });
    default: return Error{ErrorCode::message_malformed, "not for a directory"};
  }
}

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
  keep_event(event.account, 1, append.records.back(), append.rows);
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
  auto& account = found.value()->account;
  auto events = account.decide(command, asker.node, owner.value(), clock_.now());
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
    keep_event(account.state().account, account.state().sequence, append.records.back(),
               append.rows);
  }
  const bool is_forgotten =
      (HEARTH_MUTANT("revoke-in-memory") && std::is_same_v<Change, RevokeDevice>) ||
      (HEARTH_MUTANT("rename-in-memory") && std::is_same_v<Change, RenameDevice>);
  if (!is_forgotten) {
    appends.push_back(std::move(append));
  }
  return Accepted{};
}

Result<DevicesListed> DirectoryMachine::list_devices(const Asker& asker) {
  const auto account = account_of(asker.node);
  if (!account) {
    return account.error();
  }
  const auto& state = account.value()->account.state();
  DevicesListed listed{state.account, state.sequence, {}, state.name};
  for (const auto& member : account.value()->account.members()) {
    listed.devices.push_back(member.device);
  }
  return listed;
}

Result<AccountEventsListed> DirectoryMachine::list_events(const Asker& asker,
                                                          const ListAccountEvents& request) {
  const auto found = account_of(asker.node);
  const auto durable = log_->last_sequence(stream);
  if (!found || !durable) {
    return found ? durable.error() : found.error();
  }
  const auto& [account, written, used] = *found.value();
  if (auto allowed = account.require_manager(asker.node); !allowed) {
    return allowed.error();
  }
  if (durable.value() < written) {
    return Error{ErrorCode::sequence_moved, "the newest events are on their way to disk"};
  }
  const auto last = account.state().sequence;
  const auto gone = last - std::min<std::uint64_t>(last, limits::account_events_max);
  AccountEventsListed listed{last, {}};
  for (auto number = std::min(std::max(request.after, gone), last) + 1;
       number <= last && listed.events.size() < limits::account_events_page; ++number) {
    const auto row = log_->row(stream, event_key(account.state().account, number));
    auto event = row && row.value() ? decode<AccountEvent>(*row.value())
                                    : Result<AccountEvent>(Error{ErrorCode::log_corrupt, {}});
    if (!event) {
      return Error{ErrorCode::log_corrupt, "row of an account's event is missing"};
    }
    listed.events.push_back({number, std::move(event.value())});
  }
  return listed;
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
