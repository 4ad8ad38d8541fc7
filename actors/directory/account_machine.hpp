#pragma once

#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"

#include <optional>
#include <vector>

namespace hearth::directory {

/// The rules of one account: who may come in, and who says so. Pure. `decide` changes nothing;
/// no events means that the command is already satisfied, so that a retry is harmless.
class AccountMachine {
 public:
  /// A new account for the device `by`. `account` is drawn from this first event by the caller.
  ///
  /// Errors: `not_allowed` (not the sender's own keys, or not a manager), `value_invalid`.
  [[nodiscard]] static Result<AccountCreated> decide_creation(const CreateAccount& command,
                                                              const NodeId& by, WallTime now);

  explicit AccountMachine(AccountState state);
  explicit AccountMachine(const AccountCreated& event);

  /// Errors: `not_allowed`, `device_exists`, `limit_reached`, `value_invalid`.
  [[nodiscard]] Result<std::vector<AccountEvent>> decide(const EnrolDevice& command,
                                                         const NodeId& by, WallTime now) const;
  /// Errors: `not_allowed`, `device_unknown`.
  [[nodiscard]] Result<std::vector<AccountEvent>> decide(const RevokeDevice& command,
                                                         const NodeId& by, WallTime now) const;

  /// Takes over an event that has been decided. Cannot fail.
  void apply(const AccountEvent& event);

  /// The unrevoked device with this id, or null.
  [[nodiscard]] const Device* find(const NodeId& device) const;
  [[nodiscard]] const AccountState& state() const { return state_; }

 private:
  [[nodiscard]] Result<void> require_manager(const NodeId& device) const;

  void add(const Device& device);

  AccountState state_;
  std::vector<NodeId> ids_;  ///< Of `state_.devices`, in their order: each is a hash of a key.
};

[[nodiscard]] NodeId id_of(const Device& device);

}  // namespace hearth::directory
