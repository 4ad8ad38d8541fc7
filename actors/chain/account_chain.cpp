#include "actors/chain/account_chain.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/seal/identity.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace hearth::chain {

using directory::AccountOpened;
using directory::AccountState;
using directory::ChainAction;
using directory::ChainEvent;
using directory::Device;
using directory::DeviceEnrolled;
using directory::DeviceKind;
using directory::DeviceRenamed;
using directory::DeviceRevoked;
using directory::ReadEvent;
using directory::Share;
using directory::ShareGranted;
using directory::ShareRevoked;

/// The codecs have checked lengths and UTF-8.
Result<void> check_name(const std::string& name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (name.empty() || name.size() > limits::name_bytes_max) {
    return Error{ErrorCode::value_invalid, "name must have 1 to 256 bytes"};
  }
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return Error{ErrorCode::value_invalid, "name must not hold control characters"};
  }
  return {};
}

NodeId id_of(const Device& device) {
  return seal::node_id_of(device.keys.signing);
}

Result<AccountChain> AccountChain::open(const ReadEvent& first) {
  const auto& event = first.event;
  const auto* opened = std::get_if<AccountOpened>(&event.action);
  if (opened == nullptr || event.number != 1 || !event.previous.is_zero()) {
    return Error{ErrorCode::chain_moved, "a chain begins with the account's opening, number 1"};
  }
  if (event.signer != opened->device.keys.signing || opened->device.kind != DeviceKind::manager) {
    return Error{ErrorCode::not_allowed, "an account is opened by its first device, a manager"};
  }
  if (opened->recovery.is_zero() || opened->recovery == event.signer) {
    return Error{ErrorCode::value_invalid, "an account wants a recovery key of its own"};
  }
  for (const auto* name : {&opened->name, &opened->device.name}) {
    if (auto checked = check_name(*name); !checked) {
      return checked.error();
    }
  }
  AccountChain chain;
  chain.apply(first);
  return chain;
}

AccountChain::AccountChain(AccountState state, std::vector<Member> members,
                           std::vector<Share> shares)
    : state_(std::move(state)), members_(std::move(members)), shares_(std::move(shares)) {}

bool AccountChain::may_sign(const Member& member) const {
  return member.device.kind == DeviceKind::manager && member.number >= state_.managers_from;
}

Result<void> AccountChain::require_manager(const NodeId& device) const {
  const auto found = ranges::find(members_, device, &Member::id);
  if (found == members_.end() || found->device.kind != DeviceKind::manager) {
    return Error{ErrorCode::not_allowed, "only a manager device of the account may do this"};
  }
  if (!may_sign(*found)) {
    return Error{ErrorCode::not_allowed,
                 "this manager was there before a recovery: it may look and play, no more"};
  }
  return {};
}

Result<void> AccountChain::check(const ReadEvent& read, bool was_enrolled) const {
  const auto& event = read.event;
  if (event.number != state_.length + 1 || event.previous != state_.head) {
    return Error{ErrorCode::chain_moved, "the account has changed since: fetch its chain"};
  }
  const bool by_recovery = event.signer == state_.recovery;
  if (!by_recovery) {
    if (auto allowed = require_manager(seal::node_id_of(event.signer)); !allowed) {
      return allowed;
    }
  }
  return std::visit(
      [&](const auto& action) { return check_action(action, by_recovery, was_enrolled); },
      event.action);
}

Result<void> AccountChain::check_action(const AccountOpened& /*action*/, bool /*by_recovery*/,
                                        bool /*was_enrolled*/) {
  return Error{ErrorCode::not_allowed, "an account is opened once"};
}

Result<void> AccountChain::check_action(const DeviceEnrolled& action, bool by_recovery,
                                        bool was_enrolled) const {
  if (auto checked = check_name(action.device.name); !checked) {
    return checked;
  }
  if (find(id_of(action.device)) != nullptr) {
    return Error{ErrorCode::device_exists, "device is in the account already"};
  }
  if (was_enrolled) {
    return Error{ErrorCode::not_allowed, "device was revoked: it needs new keys"};
  }
  if (action.device.keys.signing == state_.recovery) {
    return Error{ErrorCode::value_invalid, "the recovery key is no device"};
  }
  const auto devices_max =
      by_recovery ? limits::devices_per_account_max : limits::devices_by_managers_max;
  if (members_.size() >= devices_max) {
    return Error{ErrorCode::limit_reached,
                 "account has " + std::to_string(devices_max) + " devices: revoke one first"};
  }
  // A revocation is never refused, so the room for it is kept free here.
  const auto enrolled_max =
      by_recovery ? limits::enrolments_max : limits::enrolments_by_managers_max;
  if (state_.enrolled >= enrolled_max) {
    return Error{ErrorCode::limit_reached,
                 "account has had " + std::to_string(enrolled_max) + " devices: open another"};
  }
  return {};
}

Result<void> AccountChain::check_action(const DeviceRevoked& action, bool by_recovery,
                                        bool /*was_enrolled*/) const {
  const auto found = ranges::find(members_, action.device, &Member::id);
  if (found == members_.end()) {
    return Error{ErrorCode::device_unknown, "no such device in this account"};
  }
  const auto signers = std::count_if(members_.begin(), members_.end(),
                                     [this](const auto& member) { return may_sign(member); });
  if (!by_recovery && may_sign(*found) && signers == 1) {
    return Error{ErrorCode::not_allowed, "the last manager cannot be revoked"};
  }
  return {};
}

Result<void> AccountChain::check_action(const DeviceRenamed& action, bool /*by_recovery*/,
                                        bool /*was_enrolled*/) const {
  if (auto checked = check_name(action.name); !checked) {
    return checked;
  }
  if (find(action.device) == nullptr) {
    return Error{ErrorCode::device_unknown, "no such device in this account"};
  }
  if (state_.length >= limits::free_events_until) {
    return Error{ErrorCode::limit_reached, "too much has happened on the account to rename now"};
  }
  return {};
}

/// Nobody signs the time: whether it is over already, the home judges.
Result<void> AccountChain::check_action(const ShareGranted& action, bool /*by_recovery*/,
                                        bool /*was_enrolled*/) const {
  if (action.grantee.is_zero() || action.grantee == state_.account) {
    return Error{ErrorCode::value_invalid, "a share is for another account"};
  }
  if (action.expires_ms < 0) {
    return Error{ErrorCode::value_invalid, "a share cannot end before 1970"};
  }
  const auto* home = find(action.home);
  if (home == nullptr || home->kind != DeviceKind::home) {
    return Error{ErrorCode::home_unknown, "no such home in this account"};
  }
  if (shares_.size() >= limits::shares_per_account_max) {
    return Error{ErrorCode::limit_reached, "account has " +
                                               std::to_string(limits::shares_per_account_max) +
                                               " shares: revoke one first"};
  }
  if (state_.length >= limits::free_events_until) {
    return Error{ErrorCode::limit_reached, "too much has happened on the account to share now"};
  }
  return {};
}

Result<void> AccountChain::check_action(const ShareRevoked& action, bool /*by_recovery*/,
                                        bool /*was_enrolled*/) const {
  return ranges::find(shares_, action.share, &Share::number) == shares_.end()
             ? Error{ErrorCode::share_unknown, "no such share in this account"}
             : Result<void>();
}

Change AccountChain::apply(const ReadEvent& read) {
  const auto& event = read.event;
  state_.length = event.number;
  state_.head = read.hash;
  if (const auto* opened = std::get_if<AccountOpened>(&event.action)) {
    state_.account.bytes = read.hash.bytes;
    state_.name = opened->name;
    state_.recovery = opened->recovery;
    state_.managers_from = 1;
    return add(opened->device);
  }
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event.action)) {
    auto change = add(enrolled->device);
    if (event.signer == state_.recovery && enrolled->device.kind == DeviceKind::manager) {
      state_.managers_from = change.device;
    }
    return change;
  }
  if (const auto* renamed = std::get_if<DeviceRenamed>(&event.action)) {
    return rename(renamed->device, renamed->name);
  }
  if (const auto* granted = std::get_if<ShareGranted>(&event.action)) {
    shares_.push_back({event.number, *granted});
    return {0, {shares_.back()}};
  }
  if (const auto* ended = std::get_if<ShareRevoked>(&event.action)) {
    return {0, end_shares([&](const Share& share) { return share.number == ended->share; })};
  }
  return remove(std::get<DeviceRevoked>(event.action).device);
}

ChainEvent AccountChain::next(ChainAction action, const SigningKey& signer) const {
  return {state_.length + 1, state_.head, signer, std::move(action)};
}

Change AccountChain::add(const Device& device) {
  members_.push_back({id_of(device), ++state_.enrolled, device});
  return {state_.enrolled, {}};
}

Change AccountChain::rename(const NodeId& device, const std::string& name) {
  const auto found = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(found != members_.end());  // else it would not have been taken
  const auto place = HEARTH_MUTANT("rename-another-device") ? members_.begin() : found;
  place->device.name = name;
  return {place->number, {}};
}

/// With a home its shares go.
Change AccountChain::remove(const NodeId& device) {
  const auto place = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(place != members_.end());  // else it would not have been taken
  const auto number = place->number;
  members_.erase(place);
  return {number, end_shares([&](const Share& share) { return share.granted.home == device; })};
}

template <class Ended>
std::vector<Share> AccountChain::end_shares(const Ended& is_ended) {
  const auto first = std::stable_partition(shares_.begin(), shares_.end(),
                                           [&](const Share& share) { return !is_ended(share); });
  std::vector<Share> ended(first, shares_.end());
  shares_.erase(first, shares_.end());
  return ended;
}

const Device* AccountChain::find(const NodeId& device) const {
  const auto found = ranges::find(members_, device, &Member::id);
  return found == members_.end() ? nullptr : &found->device;
}

bool is_live(const ShareGranted& share, std::optional<WallTime> now) {
  return share.expires_ms == 0 || (now && now->time_since_epoch().count() < share.expires_ms);
}

std::vector<Share> live_shares(const AccountChain& granter, const NodeId& home,
                               const AccountId& grantee, std::optional<WallTime> now) {
  std::vector<Share> live;
  for (const auto& share : granter.shares()) {
    const auto& granted = share.granted;
    if (granted.home == home && granted.grantee == grantee && is_live(granted, now)) {
      live.push_back(share);
    }
  }
  return live;
}

}  // namespace hearth::chain
