// AccountGroup: names, devices and recovery keys that are to be of one account alone.

#include "actors/directory/account_group.hpp"
#include "actors/directory/account_rows.hpp"
#include "actors/directory/group_order.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <type_traits>
#include <utility>

namespace hearth::directory {

namespace {

constexpr Millis settling_budget{3000};

}  // namespace

Result<Envelope> AccountGroup::decide_claim(const Request& request, Instant now, Appends& appends) {
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    auto message = unpack<Message>(request.envelope);
    using Outcome = decltype(handle(message.value()));
    return answer_envelope(request.header,
                           message ? handle(message.value()) : Outcome(message.error()));
  };
  const auto shown = [](auto found) {
    return found ? Result<ClaimShown>(ClaimShown{std::move(found.value())}) : found.error();
  };
  switch (request.header.kind) {
    case MessageKind::reserve_claim:
      return with(std::type_identity<ReserveClaim>{}, [&](const auto& m) {
        return bucket_of(m.claim.key.id.view()) == request.order.bucket
                   ? shown(claims_.reserve(m.claim, now, appends))
                   : Result<ClaimShown>(Error{ErrorCode::message_malformed, "of another bucket"});
      });
    case MessageKind::find_claim:
      return with(std::type_identity<FindClaim>{},
                  [&](const auto& m) { return shown(claims_.find(m.key)); });
    case MessageKind::end_claim:
      return with(std::type_identity<EndClaim>{},
                  [&](const auto& m) { return on_end(m, appends); });
    case MessageKind::settle_claim:
      return with(std::type_identity<SettleClaim>{},
                  [&](const auto& m) { return settle(m, appends); });
    case MessageKind::share_news:
      return with(std::type_identity<ShareNews>{},
                  [&](const auto& m) { return hear_news(request, m, appends); });
    default: return Error{ErrorCode::message_malformed, "not for a group of accounts"};
  }
}

// ---- where the claim is ----

Result<Accepted> AccountGroup::on_end(const EndClaim& ended, Appends& appends) {
  if (ended.holds) {
    claims_.end(ended, appends);
  } else {
    claims_.hasten(ended.key, ended.number);
  }
  return Accepted{};
}

/// Asks the accounts' groups what has become of claims that nobody has confirmed.
void AccountGroup::ask_holders(Instant now, Effects<Command>& effects) {
  for (const auto& claim : claims_.overdue_at(now)) {
    const auto map = config_.map->get();
    const auto bucket = bucket_of(claim.account.view());
    const auto group = map->group_of(bucket);
    const auto leader = group == config_.group ? config_.self.id : config_.leader_of(group);
    if (leader.is_zero() || HEARTH_MUTANT("never-settle-a-claim")) {
      continue;
    }
    if (HEARTH_MUTANT("free-a-claim-unasked")) {
      claims_.end({claim.key, claim.number, false}, effects.appends);
      continue;
    }
    HEARTH_PROBE(true, "directory: a claim is settled by asking");
    auto order = own_order(config_.self.id, SettleClaim{claim.key, claim.account, claim.number});
    order.group = group;
    order.bucket = bucket;
    order.map = map->version;
    asked_.emplace(++token_last_, claim);
    effects.asks.push_back({token_last_, leader, settling_budget, link::TrafficClass::command,
                            pack_order(config_.self.id, leader, order)});
  }
}

/// Whoever does not answer is asked again.
Effects<std::monostate> AccountGroup::step(const Answered& input, Instant /*now*/) {
  Effects<Command> effects;
  const auto asked = asked_.extract(input.token);
  const auto told = told_.extract(input.token);
  if (!decides_ || !input.answer) {
    return effects;
  }
  if (told) {
    on_told(told.mapped(), input.answer.value(), effects.appends);
  }
  if (asked) {
    on_settled(asked.mapped(), input.answer.value(), effects.appends);
  }
  look_after(effects);
  return effects;
}

void AccountGroup::on_settled(const Claim& claim, const Envelope& answer, Appends& appends) {
  if (const auto settled = unpack<ClaimSettled>(answer)) {
    const bool holds = settled.value().holds || HEARTH_MUTANT("keep-what-was-refused");
    claims_.end({claim.key, claim.number, holds}, appends);
  } else if (auto moved = unpack<WrongGroup>(answer)) {
    config_.map->offer(std::move(moved.value().map));
  }
}

// ---- where the account is ----

/// What is not so now never will be: an account, or a device in it, that comes later is refused.
Result<ClaimSettled> AccountGroup::settle(const SettleClaim& question, Appends& appends) {
  const auto taken = is_taken(question.key, question.account);
  const auto refused = claims_.is_refused(question.account, question.key, question.number);
  if (!taken || !refused) {
    return taken ? refused.error() : taken.error();
  }
  // A question that was long on its way must not take back what was refused after it was asked.
  if (!taken.value() && !refused.value()) {
    claims_.refuse({question.key, question.account, question.number}, appends);
  }
  return ClaimSettled{taken.value()};
}

/// Whether `account`, which is of a bucket of ours, exists and has what `key` names.
Result<bool> AccountGroup::is_taken(const ClaimKey& key, const AccountId& account) {
  const auto has = [&](const NodeId& device) -> Result<bool> {
    const auto owner = cache_.account_of(bucket_of(account.view()), device);
    return owner ? Result<bool>(owner.value() == account) : owner.error();
  };
  if (key.kind == ClaimKind::device) {
    return has(NodeId{key.id.bytes});
  }
  const auto exists = cache_.exists(account);
  if (!exists || !exists.value()) {
    return exists;
  }
  const auto held = cache_.load(account);
  if (!held) {
    return held.error();
  }
  const auto& state = held.value()->account.state();
  return key == (key.kind == ClaimKind::name ? claim_on_name(state.name)
                                             : claim_on_recovery(state.recovery));
}

Result<void> AccountGroup::require_claim(const AccountId& account, const ClaimKey& key,
                                         std::uint64_t number) {
  const auto refused = claims_.is_refused(account, key, number);
  if (!refused) {
    return refused.error();
  }
  if (refused.value() || number == 0) {
    HEARTH_PROBE(true, "directory: a command comes after its claim was given up");
    return Error{ErrorCode::claim_under_way, "this took too long and was given up: ask again"};
  }
  return {};
}

}  // namespace hearth::directory
