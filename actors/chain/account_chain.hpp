#pragma once
// The rules of an account's chain: who may sign what. Directories, homes and clients all judge by
// them, so that none has to believe another. docs/formats/account_chain.md.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/directory/share_messages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hearth::chain {

/// A device of an account that is not revoked.
struct Member {
  NodeId id;                 ///< Of `device`: a hash of its key.
  std::uint32_t number = 0;  ///< From 1, in order of enrolment; never used again.
  directory::Device device;
};

/// What one event changed.
struct Change {
  std::uint32_t device = 0;              ///< Number of the device that it is about; 0: of none.
  std::vector<directory::Share> shares;  ///< That began with it, or ended.
};

/// What the events of an account add up to. Pure; signatures are for `verify_event`.
class AccountChain {
 public:
  /// A new account. Errors: `not_allowed` (not signed by its first device, or that is no manager),
  /// `value_invalid`, `chain_moved` (no first event).
  [[nodiscard]] static Result<AccountChain> open(const directory::ReadEvent& first);

  /// As it was kept; `members` and `shares` in order of their numbers.
  AccountChain(directory::AccountState state, std::vector<Member> members,
               std::vector<directory::Share> shares = {});

  /// Whether `event` may come next. `was_enrolled`: the device that it enrols has been in this
  /// account before.
  ///
  /// Errors: `chain_moved` (another predecessor, or number), `not_allowed`, `device_exists`,
  /// `device_unknown`, `home_unknown`, `share_unknown`, `limit_reached`, `value_invalid`.
  [[nodiscard]] Result<void> check(const directory::ReadEvent& event, bool was_enrolled) const;

  /// Takes over an event that was checked. Cannot fail.
  Change apply(const directory::ReadEvent& event);

  /// An event that would come next.
  [[nodiscard]] directory::ChainEvent next(directory::ChainAction action,
                                           const SigningKey& signer) const;

  /// Errors: `not_allowed`: it is no manager, or one from before a recovery.
  [[nodiscard]] Result<void> require_manager(const NodeId& device) const;

  /// The unrevoked device with this id, or null.
  [[nodiscard]] const directory::Device* find(const NodeId& device) const;
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  /// That were not revoked; of homes of the account. Some may have expired.
  [[nodiscard]] const std::vector<directory::Share>& shares() const { return shares_; }
  [[nodiscard]] const directory::AccountState& state() const { return state_; }

 private:
  AccountChain() = default;
  [[nodiscard]] bool may_sign(const Member& member) const;
  /// `by_recovery`: signed by the recovery key.
  [[nodiscard]] Result<void> check_action(const directory::DeviceEnrolled& action, bool by_recovery,
                                          bool was_enrolled) const;
  [[nodiscard]] Result<void> check_action(const directory::DeviceRevoked& action, bool by_recovery,
                                          bool was_enrolled) const;
  [[nodiscard]] Result<void> check_action(const directory::DeviceRenamed& action, bool by_recovery,
                                          bool was_enrolled) const;
  [[nodiscard]] static Result<void> check_action(const directory::AccountOpened& action,
                                                 bool by_recovery, bool was_enrolled);
  [[nodiscard]] Result<void> check_action(const directory::ShareGranted& action, bool by_recovery,
                                          bool was_enrolled) const;
  [[nodiscard]] Result<void> check_action(const directory::ShareRevoked& action, bool by_recovery,
                                          bool was_enrolled) const;
  Change add(const directory::Device& device);
  Change rename(const NodeId& device, const std::string& name);
  Change remove(const NodeId& device);
  template <class Ended>
  std::vector<directory::Share> end_shares(const Ended& is_ended);

  directory::AccountState state_;
  std::vector<Member> members_;
  std::vector<directory::Share> shares_;
};

/// Those of `home` for `grantee` that are live at `now`. Where the time is not known, only what
/// never expires is.
[[nodiscard]] std::vector<directory::Share> live_shares(const AccountChain& granter,
                                                        const NodeId& home,
                                                        const AccountId& grantee,
                                                        std::optional<WallTime> now);
[[nodiscard]] bool is_live(const directory::ShareGranted& share, std::optional<WallTime> now);

[[nodiscard]] NodeId id_of(const directory::Device& device);

/// What people must be able to read. Errors: `value_invalid`.
[[nodiscard]] Result<void> check_name(const std::string& name);

}  // namespace hearth::chain
