#pragma once
// What a person does with an account, its devices and its shares. Each prints what it found or did
// to stdout. Errors: `not_found`, `device_unknown`, `pairing_unknown`, `name_taken`,
// `device_exists`, `not_allowed`, `unreachable`, `too_many_attempts`, `value_invalid`,
// `account_unknown`, `chain_forked`, `already_exists`, `share_unknown`, `folder_unknown`,
// `home_unknown`, `home_offline`.

#include "messages/base/result.hpp"
#include "nodes/cli/account/own_device.hpp"

#include <cstdint>
#include <string>

namespace hearth::cli::account {

struct AccountFlags {
  Places places;
  std::string name;         ///< Of the account, or the new one of a device.
  std::string device_name;  ///< Of the device that is made; empty: the host's.
  std::string device;       ///< Name or id of the one that is meant.
  std::string place;        ///< HOME[:FOLDER]
  std::string grantee;      ///< Name of the account to share with.
  std::string expires;      ///< A time from now, like 30d; empty: never.
  std::uint64_t share = 0;  ///< Number of one.
  std::string code;
  std::string kind;               ///< Of a device that offers itself.
  std::string recovery_key_file;  ///< To be made, or read; empty: the terminal.
  bool revoke_managers = false;   ///< Those from before a recovery.
  bool offer = false;
  bool yes = false;
  bool json = false;
};

[[nodiscard]] Result<void> create_account(const AccountFlags& flags);
/// Makes this device a manager by the recovery key.
[[nodiscard]] Result<void> recover_account(const AccountFlags& flags);
[[nodiscard]] Result<void> show_account(const AccountFlags& flags);
[[nodiscard]] Result<void> audit_account(const AccountFlags& flags);
[[nodiscard]] Result<void> list_devices(const AccountFlags& flags);
[[nodiscard]] Result<void> rename_device(const AccountFlags& flags);
[[nodiscard]] Result<void> revoke_device(const AccountFlags& flags);
/// Offers this device, or answers an offer.
[[nodiscard]] Result<void> pair(const AccountFlags& flags);

[[nodiscard]] Result<void> create_share(const AccountFlags& flags);
/// What this account shares, and what others share with it.
[[nodiscard]] Result<void> list_shares(const AccountFlags& flags);
[[nodiscard]] Result<void> revoke_share(const AccountFlags& flags);

}  // namespace hearth::cli::account
