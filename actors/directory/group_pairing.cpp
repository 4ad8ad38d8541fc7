// AccountGroup: devices that come into an account by a code.

#include "actors/directory/account_group.hpp"
#include "actors/runtime/answer_header.hpp"

namespace hearth::directory {

namespace {

std::int64_t left_ms(const PairingOffer& offer, WallTime now) {
  return offer.until_ms - now.time_since_epoch().count();
}

}  // namespace

/// Whoever asks belongs to no account: its group has said so.
Result<PairingOffered> AccountGroup::offer_pairing(const Request& request,
                                                   const OfferPairing& command, Appends& appends) {
  const auto& device = command.device;
  const auto& asker = request.asker;
  if (chain::id_of(device) != asker.node ||
      (asker.role == Role::home) != (device.kind == DeviceKind::home)) {
    return Error{ErrorCode::not_allowed, "a device offers itself, and as what it is"};
  }
  if (auto checked = chain::check_name(device.name); !checked) {
    return checked.error();
  }
  if (config_.group != map_group) {
    return Error{ErrorCode::message_malformed, "this group has no offers"};
  }
  const auto now = clock_.now();
  auto offer = pairings_.offer(device, asker.source, now, appends);
  if (!offer) {
    return offer.error();
  }
  return PairingOffered{offer.value().code, left_ms(offer.value(), now)};
}

/// Of a device that an account of ours has, or had.
Result<Envelope> AccountGroup::offer_of_member(const Request& request) {
  const auto known = cache_.account_of(request.order.bucket, request.asker.node);
  if (!known) {
    return known.error();
  }
  if (!known.value()) {
    return Error{ErrorCode::claim_under_way, "device is being enrolled just now: ask again"};
  }
  const auto is_in = account_of(request);
  return is_in ? Error{ErrorCode::device_exists, "device belongs to an account already"}
               : Error{ErrorCode::not_allowed, "device was revoked: it needs new keys"};
}

/// Its account's group has vouched for who asks.
Result<PairingOffer> AccountGroup::find_offer(const Request& request, const std::string& code,
                                              Instant now) {
  if (config_.group != map_group || request.order.account.is_zero()) {
    return Error{ErrorCode::message_malformed, "nobody has vouched for who looks a code up"};
  }
  return pairings_.find(code, {request.asker.node, request.order.account, now}, clock_.now());
}

Result<Envelope> AccountGroup::show_pairing(const Request& request, const ShowPairing& command,
                                            Instant now) {
  if (request.order.step == ForwardStep::check) {
    const auto found = account_of(request);
    const auto allowed = found ? found.value()->account.require_manager(request.asker.node)
                               : Result<void>(found.error());
    return allowed ? Result<Envelope>(pack(answer_header(request.header),
                                           MayGoOn{found.value()->account.state().account}))
                   : allowed.error();
  }
  const auto offer = find_offer(request, command.code, now);
  if (!offer) {
    return offer.error();
  }
  return pack(answer_header(request.header),
              PairingShown{offer.value().device, offer.value().source,
                           left_ms(offer.value(), clock_.now())});
}

Result<void> AccountGroup::may_approve(const Request& request, const chain::AccountChain& account) {
  const auto& asker = request.asker.node;
  const auto own = cache_.account_of(request.order.bucket, asker);
  if (!own) {
    return own.error();
  }
  if (own.value() != account.state().account) {
    return Error{ErrorCode::not_allowed, "a code is approved by a manager of the account"};
  }
  return account.require_manager(asker);
}

Result<Envelope> AccountGroup::check_offer(const Request& request, const std::string& code,
                                           const Device& device, Instant now) {
  const auto offer = find_offer(request, code, now);
  if (!offer) {
    return offer.error();
  }
  if (offer.value().device != device) {
    return Error{ErrorCode::not_allowed, "the code is of another device than was shown"};
  }
  return pack(answer_header(request.header), MayGoOn{request.order.account});
}

}  // namespace hearth::directory
