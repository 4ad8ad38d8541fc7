#include "actors/directory/errand.hpp"

#include "actors/chain/account_chain.hpp"
#include "actors/directory/account_rows.hpp"
#include "actors/directory/group_order.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/identity.hpp"

#include <utility>

namespace hearth::directory {

namespace {

Error under_way() {
  return {ErrorCode::claim_under_way, "this name or device is being given away: ask again"};
}

/// Of a claim that holds, and is another account's.
Error taken(const Claim& claim, const NodeId& asker) {
  switch (claim.key.kind) {
    case ClaimKind::name:
      return claim.by == asker
                 ? Error{ErrorCode::device_exists, "this device belongs to an account already"}
                 : Error{ErrorCode::name_taken, "account name is taken: choose another"};
    case ClaimKind::device:
      return {ErrorCode::device_exists, "device belongs to an account already"};
    case ClaimKind::recovery: break;
  }
  return {ErrorCode::value_invalid, "the recovery key is of another account"};
}

}  // namespace

Errand::Errand(const NodeId& self, Question question)
    : self_(self), question_(std::move(question)) {}

Errand::Next Errand::begin(const Known& known, const Signs& signs) {
  keys_ = {claim_on_device(question_.asker.node)};
  if (question_.header.kind == MessageKind::append_event) {
    return begin_append(known, signs);
  }
  if (question_.header.kind == MessageKind::fetch_chain) {
    const auto request = unpack<FetchChain>(question_.envelope);
    if (!request) {
      return request.error();
    }
    if (!request.value().recovery.is_zero()) {
      keys_ = {claim_on_recovery(request.value().recovery)};
    }
  }
  return look_up(known);
}

/// What counts is who signed the event, whoever hands it in.
Errand::Next Errand::begin_append(const Known& known, const Signs& signs) {
  const auto command = unpack<AppendEvent>(question_.envelope);
  const auto read =
      command ? read_event(command.value().event) : Result<ReadEvent>(command.error());
  if (!read) {
    return read.error();
  }
  const auto& event = read.value().event;
  if (event.number <= 1) {
    return begin_opening(command.value().event);
  }
  keys_ = {claim_on_device(seal::node_id_of(event.signer)), claim_on_recovery(event.signer)};
  has_code_ = !command.value().code.empty();
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event.action)) {
    device_ = chain::id_of(enrolled->device);
  } else if (has_code_) {
    return Error{ErrorCode::not_allowed, "a code is for a device that comes in"};
  }
  auto next = look_up(known);
  const bool is_vouched_for = stage_ == Stage::check && !has_code_ && signs(account_, event.signer);
  return is_vouched_for ? claim_device() : std::move(next);
}

/// Nothing is claimed for an account that cannot be.
Errand::Next Errand::begin_opening(const SignedEvent& event) {
  const auto read = verify_event(event);
  const auto opened =
      read ? chain::AccountChain::open(read.value()) : Result<chain::AccountChain>(read.error());
  if (!opened) {
    return opened.error();
  }
  const auto& asker = question_.asker.node;
  if (seal::node_id_of(read.value().event.signer) != asker) {
    return Error{ErrorCode::not_allowed, "the first device must be the one that asks"};
  }
  const auto& state = opened.value().state();
  account_ = state.account;
  device_ = asker;
  recovery_ = claim_on_recovery(state.recovery);
  return reserve(claim_on_name(state.name), Stage::name);
}

Errand::Next Errand::answered(Result<Envelope> answer) {
  if (stage_ == Stage::commit) {
    return committed(std::move(answer));
  }
  if (!answer) {
    end_all(false);
    return answer;
  }
  switch (stage_) {
    case Stage::find:
    case Stage::name:
    case Stage::device:
    case Stage::recovery: {
      const auto shown = unpack<ClaimShown>(answer.value());
      if (!shown) {
        return shown.error();
      }
      const auto& claim = shown.value().claim;
      if (stage_ == Stage::find) {
        return found(claim);
      }
      return claim ? claimed(*claim) : Next(under_way());
    }
    case Stage::check: return checked(std::move(answer.value()));
    case Stage::offer: return claim_device();
    case Stage::close: return Result<Envelope>(std::move(*answer_));
    default: return answer;
  }
}

// ---- whose it is ----

Errand::Next Errand::look_up(const Known& known) {
  for (const auto& key : keys_) {
    const auto account = known(key);
    if (!account) {
      return account.error();
    }
    if (account.value()) {
      account_ = *account.value();
      return at_account();
    }
  }
  return find_next();
}

Errand::Next Errand::find_next() {
  const auto& key = keys_.at(sought_++);
  return claim(FindClaim{key}, key, Stage::find);
}

Errand::Next Errand::found(const std::optional<Claim>& claim) {
  if (!claim) {
    return sought_ < keys_.size() ? find_next() : nobodys();
  }
  account_ = claim->account;
  return at_account();
}

Errand::Next Errand::nobodys() {
  const bool offers = question_.header.kind == MessageKind::offer_pairing;
  HEARTH_PROBE(!offers, "directory: a device of no account asks");
  if (offers) {
    return ask_offer(ForwardStep::whole, Stage::whole);
  }
  if (keys_.front().kind == ClaimKind::recovery) {
    return Error{ErrorCode::account_unknown, "no account has this recovery key"};
  }
  return Error{ErrorCode::device_unknown, question_.header.kind == MessageKind::append_event
                                              ? "whoever signed is in no account"
                                              : "device is enrolled in no account"};
}

Errand::Next Errand::at_account() {
  const auto kind = question_.header.kind;
  if (device_ || kind == MessageKind::show_pairing) {
    stage_ = Stage::check;
    return Send{order(ForwardStep::check), false, false};
  }
  stage_ = Stage::whole;
  const auto step = kind == MessageKind::offer_pairing ? ForwardStep::check : ForwardStep::whole;
  return Send{order(step), false, true, kind == MessageKind::append_event};
}

Errand::Next Errand::checked(Envelope answer) {
  const auto header = header_of(answer);
  if (!header) {
    return header.error();
  }
  if (question_.header.kind == MessageKind::show_pairing) {
    return ask_offer(ForwardStep::whole, Stage::whole);
  }
  if (header.value().kind != MessageKind::may_go_on) {
    if (!has_code_) {
      return Result<Envelope>(std::move(answer));
    }
    answer_ = std::move(answer);  // a retry: the code may be open still
    return close();
  }
  return has_code_ ? ask_offer(ForwardStep::offer, Stage::offer) : claim_device();
}

// ---- claims ----

template <class Message>
Errand::Next Errand::claim(const Message& message, const ClaimKey& key, Stage stage) {
  stage_ = stage;
  auto order = own_order(self_, message);
  order.bucket = bucket_of(key.id.view());
  return Send{std::move(order), false, false};
}

Errand::Next Errand::reserve(const ClaimKey& key, Stage stage) {
  return claim(ReserveClaim{{key, account_, question_.asker.node, 0, false}}, key, stage);
}

Errand::Next Errand::claim_device() {
  return reserve(claim_on_device(*device_), Stage::device);
}

/// An account goes on with the claims that it has.
Errand::Next Errand::claimed(const Claim& claim) {
  if (claim.account != account_) {
    end_all(false);
    return is_anothers(claim);
  }
  switch (claim.key.kind) {
    case ClaimKind::name: name_claim_ = claim; return claim_device();
    case ClaimKind::device: device_claim_ = claim; break;
    case ClaimKind::recovery: recovery_claim_ = claim; break;
  }
  return recovery_ && !recovery_claim_ ? reserve(*recovery_, Stage::recovery) : commit();
}

Errand::Next Errand::is_anothers(const Claim& claim) {
  const auto& asker = question_.asker.node;
  if (claim.holds) {
    return taken(claim, asker);
  }
  if (claim.by == asker) {
    // Who begins anew with other keys has given its first try up: it waits for nobody else.
    HEARTH_PROBE(true, "directory: a device begins another account while its first is open");
    end(claim, false);
  }
  return under_way();
}

// ---- at the account ----

Errand::Next Errand::commit() {
  const auto number_of = [](const auto& claim) { return claim ? claim->number : 0; };
  stage_ = Stage::commit;
  auto command = order(ForwardStep::commit);
  command.name_claim = number_of(name_claim_);
  command.device_claim = number_of(device_claim_);
  command.recovery_claim = number_of(recovery_claim_);
  return Send{std::move(command), false, false, true};
}

Errand::Next Errand::committed(Result<Envelope> answer) {
  // Who cannot tell what has happened leaves its claims as they are: they are settled in time. So
  // does who was overtaken by another event: it asks again for the same.
  const bool is_known = answer.ok() ||
                        (kind_of(answer.error().code) == ErrorKind::refused &&
                         answer.error().code != ErrorCode::chain_moved) ||
                        answer.error().code == ErrorCode::claim_under_way;
  if (is_known) {
    end_all(answer.ok());
  }
  if (!answer || !has_code_) {
    return answer;
  }
  answer_ = std::move(answer.value());
  return close();
}

/// The question itself, for the account's group.
Forwarded Errand::order(ForwardStep step) const {
  const auto bytes = question_.envelope.bytes();
  Forwarded order;
  order.origin = question_.asker.node;
  order.role = question_.asker.role;
  order.source = question_.asker.source;
  order.envelope = Bytes(bytes.begin(), bytes.end());
  order.bucket = bucket_of(account_.view());
  order.step = step;
  order.account = account_;
  return order;
}

// ---- offers ----

Errand::Next Errand::ask_offer(ForwardStep step, Stage stage) {
  stage_ = stage;
  return Send{order(step), true, stage == Stage::whole};
}

Errand::Next Errand::close() {
  return ask_offer(ForwardStep::close, Stage::close);
}

// ---- afterwards ----

void Errand::end_all(bool hold) {
  for (const auto* claim : {&name_claim_, &device_claim_, &recovery_claim_}) {
    end(*claim, hold);
  }
}

void Errand::end(const std::optional<Claim>& claim, bool holds) {
  if (claim && !claim->holds) {
    ended_.push_back(own_order(self_, EndClaim{claim->key, claim->number, holds}));
    ended_.back().bucket = bucket_of(claim->key.id.view());
  }
}

std::vector<Forwarded> Errand::take_ended() {
  return std::exchange(ended_, {});
}

}  // namespace hearth::directory
