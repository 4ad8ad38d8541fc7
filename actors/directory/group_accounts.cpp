// AccountGroup: accounts, their chains and their devices.

#include "actors/directory/account_group.hpp"
#include "actors/directory/account_rows.hpp"
#include "actors/directory/chain_rows.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/ticket.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace hearth::directory {

namespace {

/// The device that `event` enrols, or null.
const Device* enrolled_by(const ReadEvent& event) {
  const auto* enrolled = std::get_if<DeviceEnrolled>(&event.event.action);
  return enrolled == nullptr ? nullptr : &enrolled->device;
}

/// Of an event whose predecessors are on their way: the rest is checked when it comes next.
Result<void> check_signer(const chain::AccountChain& account, const ReadEvent& event) {
  const auto& signer = event.event.signer;
  return signer == account.state().recovery ? Result<void>()
                                            : account.require_manager(seal::node_id_of(signer));
}

Error in_flight() {
  return {ErrorCode::sequence_moved, "the newest events are on their way to disk"};
}

}  // namespace

Result<Envelope> AccountGroup::decide(const Request& request, Instant now, Appends& appends) {
  /// Decodes a `Message` and answers it with `handle`.
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    auto message = unpack<Message>(request.envelope);
    using Outcome = decltype(handle(message.value()));
    auto outcome = message ? handle(message.value()) : Outcome(message.error());
    if constexpr (std::is_same_v<Outcome, Result<Envelope>>) {
      return outcome;
    } else {
      return answer_envelope(request.header, std::move(outcome));
    }
  };
  switch (request.header.kind) {
    case MessageKind::append_event:
      return with(std::type_identity<AppendEvent>{},
                  [&](const auto& m) { return append(request, m, now, appends); });
    case MessageKind::fetch_chain:
      return with(std::type_identity<FetchChain>{},
                  [&](const auto& m) { return fetch_chain(request, m); });
    case MessageKind::offer_pairing:
      return with(std::type_identity<OfferPairing>{}, [&](const auto& m) {
        return request.order.step == ForwardStep::check
                   ? offer_of_member(request)
                   : answer_envelope(request.header, offer_pairing(request, m, appends));
      });
    case MessageKind::show_pairing:
      return with(std::type_identity<ShowPairing>{},
                  [&](const auto& m) { return show_pairing(request, m, now); });
    case MessageKind::register_home: return answer_envelope(request.header, register_home(request));
    default: return Error{ErrorCode::message_malformed, "not for a group of accounts"};
  }
}

// ---- chains ----

Result<Envelope> AccountGroup::append(const Request& request, const AppendEvent& command,
                                      Instant now, Appends& appends) {
  const auto head = answer_header(request.header);
  const auto step = request.order.step;
  const auto read = verify_event(command.event);
  if (!read) {
    return read.error();
  }
  const auto* device = enrolled_by(read.value());
  if (step == ForwardStep::offer || step == ForwardStep::close) {
    if (device == nullptr) {
      return Error{ErrorCode::message_malformed, "a code is for a device that comes in"};
    }
    if (step == ForwardStep::offer) {
      return check_offer(request, command.code, *device, now);
    }
    pairings_.use(command.code, *device, request.order.account, appends);
    return pack(head, Accepted{});
  }
  const auto number = read.value().event.number;
  if (number <= 1) {
    return answer_envelope(request.header,
                           open_account(request, command.event, read.value(), appends));
  }
  const auto held = account_named(request);
  if (!held) {
    return held.error();
  }
  const auto& account = held.value()->account;
  const EventAppended answer{account.state().account, number};
  if (number <= account.state().length) {
    const auto repeated = check_repeated(account, read.value());
    return repeated ? Result<Envelope>(pack(head, answer)) : repeated.error();
  }
  const bool is_ahead = step == ForwardStep::check && number > account.state().length + 1;
  const auto checked =
      is_ahead ? check_signer(account, read.value()) : check_next(account, read.value());
  if (!checked) {
    return checked.error();
  }
  if (device != nullptr && step != ForwardStep::commit) {
    const auto allowed = command.code.empty() ? Result<void>() : may_approve(request, account);
    return allowed ? Result<Envelope>(pack(head, MayGoOn{answer.account})) : allowed.error();
  }
  if (device != nullptr) {
    // The device's group has been asked whose it is, or is about to be.
    const auto key = claim_on_device(chain::id_of(*device));
    const auto claimed = require_claim(answer.account, key, request.order.device_claim);
    if (!claimed) {
      return claimed.error();
    }
  }
  take(*held.value(), command.event, read.value(), appends);
  return pack(head, answer);
}

void AccountGroup::take(HeldAccount& held, const SignedEvent& event, const ReadEvent& read,
                        Appends& appends) {
  storage::Append append{stream, 0, {encode(RecordedEvent{event, now_ms()})}, {}, {}, 0};
  const auto change = cache_.apply(held, read, ++sequence_, append.rows);
  append.rows.push_back(
      {event_key(held.account.state().account, read.event.number), append.records.back()});
  const auto& action = read.event.action;
  const bool is_forgotten =
      (HEARTH_MUTANT("revoke-in-memory") && std::holds_alternative<DeviceRevoked>(action)) ||
      (HEARTH_MUTANT("rename-in-memory") && std::holds_alternative<DeviceRenamed>(action));
  if (!is_forgotten) {
    appends.push_back(std::move(append));
  }
  write_news(held.account, change, appends);
}

/// Its name, device and recovery key have been claimed for this account, whoever asks again.
Result<EventAppended> AccountGroup::open_account(const Request& request, const SignedEvent& event,
                                                 const ReadEvent& read, Appends& appends) {
  const auto& [asker, order, envelope, header] = request;
  auto opened = chain::AccountChain::open(read);
  if (!opened) {
    return opened.error();
  }
  const auto state = opened.value().state();
  if (seal::node_id_of(read.event.signer) != asker.node) {
    return Error{ErrorCode::not_allowed, "the first device must be the one that asks"};
  }
  if (order.step != ForwardStep::commit || state.account != order.account ||
      bucket_of(state.account.view()) != order.bucket) {
    return Error{ErrorCode::message_malformed, "an account is opened as what it was claimed for"};
  }
  const auto known = cache_.account_of(order.bucket, asker.node);
  if (!known) {
    return known.error();
  }
  const EventAppended answer{state.account, 1};
  if (known.value() == state.account) {
    HEARTH_PROBE(true, "directory: an account is opened again by a retry");
    return answer;
  }
  for (const auto& [key, number] :
       {std::pair(claim_on_name(state.name), order.name_claim),
        std::pair(claim_on_device(asker.node), order.device_claim),
        std::pair(claim_on_recovery(state.recovery), order.recovery_claim)}) {
    if (auto claimed = require_claim(state.account, key, number); !claimed) {
      return claimed.error();
    }
  }
  storage::Append append{stream, 0, {encode(RecordedEvent{event, now_ms()})}, {}, {}, 0};
  cache_.add(std::move(opened.value()), ++sequence_, append.rows);
  append.rows.push_back({event_key(state.account, 1), append.records.back()});
  appends.push_back(std::move(append));
  return answer;
}

/// Of the event that the chain has under its number: the same, then it is a retry.
Result<void> AccountGroup::check_repeated(const chain::AccountChain& account,
                                          const ReadEvent& event) const {
  const auto& state = account.state();
  auto known = state.head;
  if (event.event.number < state.length) {
    const auto kept = read_chain_event(*log_, stream, state.account, event.event.number);
    if (!kept || !kept.value()) {
      return kept ? in_flight() : kept.error();
    }
    known = hash_of(kept.value()->event);
  }
  HEARTH_PROBE(known == event.hash, "directory: an event is appended again by a retry");
  return known == event.hash
             ? Result<void>()
             : Error{ErrorCode::chain_moved, "the account has changed since: fetch its chain"};
}

Result<void> AccountGroup::check_next(const chain::AccountChain& account, const ReadEvent& event) {
  const auto& id = account.state().account;
  bool was_enrolled = false;
  if (const auto* device = enrolled_by(event)) {
    const auto owner = cache_.account_of(bucket_of(id.view()), chain::id_of(*device));
    if (!owner) {
      return owner.error();
    }
    was_enrolled = owner.value() == id;
    if (owner.value() && !was_enrolled) {
      HEARTH_PROBE(true, "directory: a device has an account");
      return Error{ErrorCode::device_exists, "device belongs to an account already"};
    }
  }
  return account.check(event, was_enrolled);
}

/// The first directory has followed a device or a recovery key to its account.
Result<AccountId> AccountGroup::account_fetched(const Request& request,
                                                const FetchChain& question) {
  if (question.recovery.is_zero()) {
    const auto own = account_of(request);
    return own ? Result<AccountId>(own.value()->account.state().account) : own.error();
  }
  if (!verify_recovery_request(request.asker.node, question.recovery, question.proof)) {
    return Error{ErrorCode::not_allowed, "whoever asks does not hold the recovery key"};
  }
  const auto named = account_named(request);
  const bool is_its_key = named && named.value()->account.state().recovery == question.recovery;
  if (is_its_key) {
    return request.order.account;
  }
  return named || named.error().code == ErrorCode::device_unknown
             ? Error{ErrorCode::account_unknown, "no account has this recovery key"}
             : named.error();
}

/// From its rows alone, when they show all that was decided: some may be acknowledged already.
Result<ChainPage> AccountGroup::fetch_chain(const Request& request, const FetchChain& question) {
  const auto account = account_fetched(request, question);
  const auto held = account ? cache_.load(account.value()) : Result<HeldAccount*>(account.error());
  const auto durable = log_->last_sequence(stream);
  if (!held || !durable) {
    return held ? durable.error() : held.error();
  }
  if (durable.value() < held.value()->written) {
    return in_flight();
  }
  return read_chain(*log_, stream, account.value(), question.after);
}

// ---- homes ----

Result<HomeRegistered> AccountGroup::register_home(const Request& request) {
  const auto account = account_of(request);
  if (!account) {
    return account.error();
  }
  const auto* device = account.value()->account.find(request.asker.node);
  if (request.asker.role != Role::home || device->kind != DeviceKind::home) {
    return Error{ErrorCode::not_allowed, "only an enrolled home is certified"};
  }
  const auto now = clock_.now();
  const seal::HomeCertificate certificate{config_.self.id, device->keys,
                                          account.value()->account.state().account, now,
                                          now + limits::certificate_life};
  return HomeRegistered{certificate.account,
                        seal::sign_certificate(certificate, config_.self.signing_seed)};
}

// ---- whose it is ----

std::int64_t AccountGroup::now_ms() const {
  return clock_.now().time_since_epoch().count();
}

Result<HeldAccount*> AccountGroup::account_of(const Request& request) {
  const auto& device = request.asker.node;
  const auto id = cache_.account_of(request.order.bucket, device);
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

/// Of a claim that leads to an account which was never made, or not yet, there is none.
Result<HeldAccount*> AccountGroup::account_named(const Request& request) {
  const auto& id = request.order.account;
  if (bucket_of(id.view()) != request.order.bucket) {
    return Error{ErrorCode::message_malformed, "the account is of another bucket"};
  }
  const auto exists = cache_.exists(id);
  if (!exists) {
    return exists.error();
  }
  return exists.value() ? cache_.load(id)
                        : Error{ErrorCode::device_unknown, "whoever signed is in no account"};
}

}  // namespace hearth::directory
