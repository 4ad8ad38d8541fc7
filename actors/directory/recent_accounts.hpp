#pragma once
// What a directory's front has read of the rows that are here, kept for the next who asks: whose a
// device is, and accounts. Rows are the truth: one read of an account's own row, which no event
// leaves as it is, tells whether the account is still what it was.
//
// Used by the front alone. Errors: `log_corrupt`, `disk_failed`.

#include "actors/chain/account_chain.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/claim_messages.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>

namespace hearth::directory {

class RecentAccounts {
 public:
  /// In memory, at most: claims, and devices of all accounts together. Whichever kind is full is
  /// forgotten as a whole.
  struct Room {
    std::size_t claims = 50'000;
    std::size_t devices = 50'000;
  };

  RecentAccounts() = default;
  explicit RecentAccounts(const Room& room) : room_(room) {}

  /// As `rows` of the key's group have it; what holds does so for good, and is not read again.
  [[nodiscard]] Result<std::optional<Claim>> claim(const storage::LogReader& rows,
                                                   const ClaimKey& key);

  using Account = std::shared_ptr<const chain::AccountChain>;
  /// As `rows` of its group have it; null: they do not.
  [[nodiscard]] Result<Account> account(const storage::LogReader& rows, const AccountId& account);

 private:
  struct Held {
    Bytes row;
    Account account;
  };

  [[nodiscard]] Result<Account> read(const storage::LogReader& rows, const AccountId& account,
                                     Bytes row);
  void forget(const AccountId& account);

  Room room_;
  std::map<ClaimKey, Claim> claims_;  ///< That hold.
  std::map<AccountId, Held> accounts_;
  std::size_t devices_ = 0;  ///< Of `accounts_`.
};

}  // namespace hearth::directory
