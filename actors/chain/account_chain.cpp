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

AccountChain::AccountChain(AccountState state, std::vector<Member> members)
    : state_(std::move(state)), members_(std::move(members)) {}

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
  if (state_.length >= limits::renamings_until) {
    return Error{ErrorCode::limit_reached, "too much has happened on the account to rename now"};
  }
  return {};
}

std::uint32_t AccountChain::apply(const ReadEvent& read) {
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
    const auto number = add(enrolled->device);
    if (event.signer == state_.recovery && enrolled->device.kind == DeviceKind::manager) {
      state_.managers_from = number;
    }
    return number;
  }
  if (const auto* renamed = std::get_if<DeviceRenamed>(&event.action)) {
    return rename(renamed->device, renamed->name);
  }
  return remove(std::get<DeviceRevoked>(event.action).device);
}

ChainEvent AccountChain::next(ChainAction action, const SigningKey& signer) const {
  return {state_.length + 1, state_.head, signer, std::move(action)};
}

std::uint32_t AccountChain::add(const Device& device) {
  members_.push_back({id_of(device), ++state_.enrolled, device});
  return state_.enrolled;
}

std::uint32_t AccountChain::rename(const NodeId& device, const std::string& name) {
  const auto found = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(found != members_.end());  // else it would not have been taken
  const auto place = HEARTH_MUTANT("rename-another-device") ? members_.begin() : found;
  place->device.name = name;
  return place->number;
}

std::uint32_t AccountChain::remove(const NodeId& device) {
  const auto place = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(place != members_.end());  // else it would not have been taken
  const auto number = place->number;
  members_.erase(place);
  return number;
}

const Device* AccountChain::find(const NodeId& device) const {
  const auto found = ranges::find(members_, device, &Member::id);
  return found == members_.end() ? nullptr : &found->device;
}

}  // namespace hearth::chain
