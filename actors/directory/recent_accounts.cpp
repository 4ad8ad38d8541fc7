#include "actors/directory/recent_accounts.hpp"

#include "actors/directory/account_cache.hpp"
#include "actors/directory/account_group.hpp"
#include "actors/directory/account_rows.hpp"
#include "actors/directory/claim_book.hpp"

#include <utility>

namespace hearth::directory {

Result<std::optional<Claim>> RecentAccounts::claim(const storage::LogReader& rows,
                                                   const ClaimKey& key) {
  if (const auto known = claims_.find(key); known != claims_.end()) {
    return std::optional(known->second);
  }
  auto found = read_claim(rows, key);
  if (found && found.value() && found.value()->holds) {
    if (claims_.size() >= room_.claims) {
      claims_.clear();
    }
    claims_.emplace(key, *found.value());
  }
  return found;
}

Result<RecentAccounts::Account> RecentAccounts::account(const storage::LogReader& rows,
                                                        const AccountId& account) {
  // Before its devices are read: if it changes in between, it is read again the next time.
  auto row = rows.row(AccountGroup::stream, account_key(account));
  if (!row) {
    return row.error();
  }
  const auto known = accounts_.find(account);
  if (row.value() && known != accounts_.end() && known->second.row == *row.value()) {
    return known->second.account;
  }
  forget(account);
  return row.value() ? read(rows, account, std::move(*row.value())) : Account{};
}

Result<RecentAccounts::Account> RecentAccounts::read(const storage::LogReader& rows,
                                                     const AccountId& account, Bytes row) {
  auto found = read_account(rows, AccountGroup::stream, account);
  if (!found) {
    return found.error();
  }
  const auto devices = found.value().members().size();
  if (devices_ + devices > room_.devices) {
    accounts_.clear();
    devices_ = 0;
  }
  devices_ += devices;
  Held held{std::move(row), std::make_shared<chain::AccountChain>(std::move(found.value()))};
  return accounts_.emplace(account, std::move(held)).first->second.account;
}

void RecentAccounts::forget(const AccountId& account) {
  if (const auto known = accounts_.find(account); known != accounts_.end()) {
    devices_ -= known->second.account->members().size();
    accounts_.erase(known);
  }
}

}  // namespace hearth::directory
