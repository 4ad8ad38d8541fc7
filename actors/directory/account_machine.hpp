#pragma once

#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hearth::directory {

/// A device of an account that is not revoked.
struct Member {
  NodeId id;                 ///< Of `device`: a hash of its key.
  std::uint32_t number = 0;  ///< From 1, in order of enrolment; never used again.
  Device device;
};

/// The rules of one account: who may come in, and who says so. Pure. `decide` changes nothing;
/// no events means that the command is already satisfied, so that a retry is harmless.
class AccountMachine {
 public:
  /// A new account for the device `by`. `account` is drawn from this first event by the caller.
  ///
  /// Errors: `not_allowed` (not the sender's own keys, or not a manager), `value_invalid`.
  [[nodiscard]] static Result<AccountCreated> decide_creation(const CreateAccount& command,
                                                              const NodeId& by, WallTime now);

  /// `members` in order of their numbers.
  AccountMachine(AccountState state, std::vector<Member> members);
  explicit AccountMachine(const AccountCreated& event);

  /// Whose the device is that a command names, revoked or not: its index row.
  using Owner = std::optional<AccountId>;

  /// Errors: `not_allowed`, `device_exists`, `limit_reached`, `value_invalid`.
  [[nodiscard]] Result<std::vector<AccountEvent>> decide(const EnrolDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const;
  /// Errors: `not_allowed`, `device_unknown`.
  [[nodiscard]] Result<std::vector<AccountEvent>> decide(const RevokeDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const;

  /// Errors: `not_allowed`, `device_unknown`, `value_invalid`.
  [[nodiscard]] Result<std::vector<AccountEvent>> decide(const RenameDevice& command,
                                                         const NodeId& by, const Owner& owner,
                                                         WallTime now) const;

  /// Errors: `not_allowed`.
  [[nodiscard]] Result<void> require_manager(const NodeId& device) const;

  /// Takes over an event that has been decided, and gives the number of the device that it is
  /// about. Cannot fail.
  std::uint32_t apply(const AccountEvent& event);

  /// The unrevoked device with this id, or null.
  [[nodiscard]] const Device* find(const NodeId& device) const;
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] const AccountState& state() const { return state_; }

 private:
  std::uint32_t add(const Device& device);
  std::uint32_t rename(const NodeId& device, const std::string& name);
  std::uint32_t remove(const NodeId& device);

  AccountState state_;
  std::vector<Member> members_;
};

[[nodiscard]] NodeId id_of(const Device& device);

/// What people must be able to read. Errors: `value_invalid`.
[[nodiscard]] Result<void> check_name(const std::string& name);

}  // namespace hearth::directory
