#include "actors/directory/account_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/identity.hpp"

#include <range/v3/algorithm/count.hpp>
#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <utility>

namespace hearth::directory {

namespace {

std::int64_t to_ms(WallTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

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

Result<AccountCreated> AccountMachine::decide_creation(const CreateAccount& command,
                                                       const NodeId& by, WallTime now) {
  if (id_of(command.device) != by) {
    return Error{ErrorCode::not_allowed, "the first device must be the one that asks"};
  }
  if (command.device.kind != DeviceKind::manager) {
    return Error{ErrorCode::not_allowed, "the first device must be a manager"};
  }
  for (const auto* name : {&command.name, &command.device.name}) {
    if (auto checked = check_name(*name); !checked) {
      return checked.error();
    }
  }
  return AccountCreated{{}, command.name, command.device, to_ms(now)};
}

AccountMachine::AccountMachine(AccountState state, std::vector<Member> members)
    : state_(std::move(state)), members_(std::move(members)) {}

AccountMachine::AccountMachine(const AccountCreated& event) {
  apply(event);
}

Result<void> AccountMachine::require_manager(const NodeId& device) const {
  const auto* found = find(device);
  if (found == nullptr || found->kind != DeviceKind::manager) {
    return Error{ErrorCode::not_allowed, "only a manager device of the account may do this"};
  }
  return {};
}

Result<std::vector<AccountEvent>> AccountMachine::decide(const EnrolDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const {
  if (auto allowed = require_manager(by); !allowed) {
    return allowed.error();
  }
  if (auto checked = check_name(command.device.name); !checked) {
    return checked.error();
  }
  const auto id = id_of(command.device);
  if (const auto* known = find(id); known != nullptr) {
    if (*known == command.device) {
      return std::vector<AccountEvent>{};
    }
    return Error{ErrorCode::device_exists, "device is enrolled with another kind, name or key"};
  }
  if (owner) {
    HEARTH_PROBE(true, "directory: a device has an account");
    return owner == state_.account
               ? Error{ErrorCode::not_allowed, "device was revoked: it needs new keys"}
               : Error{ErrorCode::device_exists, "device belongs to an account already"};
  }
  if (members_.size() >= limits::devices_per_account_max) {
    return Error{ErrorCode::limit_reached, "account has 1000 devices: revoke one first"};
  }
  // A revocation is never refused, so the room for it is kept free here.
  if (state_.enrolled >= limits::revoked_devices_max) {
    return Error{ErrorCode::limit_reached, "account has revoked 10,000 devices"};
  }
  return std::vector<AccountEvent>{DeviceEnrolled{command.device, by, to_ms(now), state_.account}};
}

Result<std::vector<AccountEvent>> AccountMachine::decide(const RevokeDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const {
  if (auto allowed = require_manager(by); !allowed) {
    return allowed.error();
  }
  const auto* device = find(command.device);
  if (device == nullptr && owner == state_.account) {
    return std::vector<AccountEvent>{};  // was revoked before
  }
  if (device == nullptr) {
    return Error{ErrorCode::device_unknown, "no such device in this account"};
  }
  const auto managers = ranges::count(members_, DeviceKind::manager,
                                      [](const Member& member) { return member.device.kind; });
  if (device->kind == DeviceKind::manager && managers == 1) {
    return Error{ErrorCode::not_allowed, "the last manager cannot be revoked"};
  }
  return std::vector<AccountEvent>{DeviceRevoked{command.device, by, to_ms(now), state_.account}};
}

Result<std::vector<AccountEvent>> AccountMachine::decide(const RenameDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const {
  if (auto allowed = require_manager(by); !allowed) {
    return allowed.error();
  }
  if (auto checked = check_name(command.name); !checked) {
    return checked.error();
  }
  const auto* device = find(command.device);
  if (device == nullptr) {
    return Error{ErrorCode::device_unknown,
                 owner == state_.account ? "device was revoked" : "no such device in this account"};
  }
  if (device->name == command.name) {
    return std::vector<AccountEvent>{};
  }
  return std::vector<AccountEvent>{
      DeviceRenamed{command.device, command.name, by, to_ms(now), state_.account}};
}

std::uint32_t AccountMachine::apply(const AccountEvent& event) {
  ++state_.sequence;
  if (const auto* created = std::get_if<AccountCreated>(&event)) {
    state_.account = created->account;
    state_.name = created->name;
    return add(created->device);
  }
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event)) {
    return add(enrolled->device);
  }
  if (const auto* renamed = std::get_if<DeviceRenamed>(&event)) {
    return rename(renamed->device, renamed->name);
  }
  return remove(std::get<DeviceRevoked>(event).device);
}

std::uint32_t AccountMachine::add(const Device& device) {
  members_.push_back({id_of(device), ++state_.enrolled, device});
  return state_.enrolled;
}

std::uint32_t AccountMachine::rename(const NodeId& device, const std::string& name) {
  const auto found = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(found != members_.end());  // else it would not have been decided
  const auto place = HEARTH_MUTANT("rename-another-device") ? members_.begin() : found;
  place->device.name = name;
  return place->number;
}

std::uint32_t AccountMachine::remove(const NodeId& device) {
  const auto place = ranges::find(members_, device, &Member::id);
  HEARTH_CHECK(place != members_.end());  // else it would not have been decided
  const auto number = place->number;
  members_.erase(place);
  return number;
}

const Device* AccountMachine::find(const NodeId& device) const {
  const auto found = ranges::find(members_, device, &Member::id);
  return found == members_.end() ? nullptr : &found->device;
}

}  // namespace hearth::directory
