// DirectoryMachine: devices that come into an account by a code.

#include "actors/directory/directory_machine.hpp"

namespace hearth::directory {

namespace {

std::int64_t left_ms(const PairingOffer& offer, WallTime now) {
  return offer.until_ms - now.time_since_epoch().count();
}

}  // namespace

Result<PairingOffered> DirectoryMachine::offer_pairing(const Asker& asker,
                                                       const OfferPairing& command,
                                                       Appends& appends) {
  const auto& device = command.device;
  if (chain::id_of(device) != asker.node ||
      (asker.role == Role::home) != (device.kind == DeviceKind::home)) {
    return Error{ErrorCode::not_allowed, "a device offers itself, and as what it is"};
  }
  if (auto checked = chain::check_name(device.name); !checked) {
    return checked.error();
  }
  const auto owner = cache_.account_of(asker.node);
  if (!owner) {
    return owner.error();
  }
  if (owner.value()) {
    const auto is_in = account_of(asker.node);
    return is_in ? Error{ErrorCode::device_exists, "device belongs to an account already"}
                 : Error{ErrorCode::not_allowed, "device was revoked: it needs new keys"};
  }
  const auto now = clock_.now();
  auto offer = pairings_.offer(device, asker.source, now, appends);
  if (!offer) {
    return offer.error();
  }
  return PairingOffered{offer.value().code, left_ms(offer.value(), now)};
}

Result<PairingOffer> DirectoryMachine::find_pairing(const Asker& asker, const std::string& code,
                                                    Instant now) {
  const auto found = account_of(asker.node);
  if (!found) {
    return found.error();
  }
  const auto& account = found.value()->account;
  if (auto allowed = account.require_manager(asker.node); !allowed) {
    return allowed.error();
  }
  return pairings_.find(code, {asker.node, account.state().account, now}, clock_.now());
}

Result<PairingShown> DirectoryMachine::show_pairing(const Asker& asker, const ShowPairing& request,
                                                    Instant now) {
  const auto offer = find_pairing(asker, request.code, now);
  if (!offer) {
    return offer.error();
  }
  return PairingShown{offer.value().device, offer.value().source,
                      left_ms(offer.value(), clock_.now())};
}

/// Whoever approves has been shown the device: nothing else comes in under the code.
Result<void> DirectoryMachine::end_pairing(const Approval& approval, const ReadEvent& event,
                                           Instant now, Appends& appends) {
  if (approval.code.empty()) {
    return {};
  }
  const auto offer = find_pairing(approval.asker, approval.code, now);
  if (!offer) {
    return offer.error();
  }
  const auto* enrolled = std::get_if<DeviceEnrolled>(&event.event.action);
  if (enrolled == nullptr || offer.value().device != enrolled->device) {
    return Error{ErrorCode::not_allowed, "the code is of another device than was shown"};
  }
  pairings_.use(offer.value(), approval.account, appends);
  return {};
}

}  // namespace hearth::directory
