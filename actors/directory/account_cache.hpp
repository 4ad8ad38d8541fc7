#pragma once
// The accounts in memory: those that were asked for last, and those with events that the log does
// not have yet. Everything else is read from the rows of the projection.
//
// Used by the directory machine alone. Errors of all readers: `log_corrupt`, `disk_failed`.

#include "actors/chain/account_chain.hpp"
#include "messages/base/result.hpp"
#include "messages/directory/group_map.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hearth::directory {

/// One account in memory. The log gives back a row as soon as the record that it was written with
/// is in it. What has a higher sequence than that is in memory only.
struct HeldAccount {
  chain::AccountChain account;
  storage::Sequence written = 0;  ///< Of its last event in this life.
  std::uint64_t used = 0;
};

/// The account as its rows are. Error also: `log_corrupt` where there are none.
[[nodiscard]] Result<chain::AccountChain> read_account(const storage::LogReader& log,
                                                       storage::StreamId stream,
                                                       const AccountId& account);

class AccountCache {
 public:
  /// So many accounts stay in memory, beside those with events that are not in the log yet.
  AccountCache(storage::StreamId stream, std::size_t held_max)
      : stream_(stream), held_max_(held_max) {}

  /// Forgets all that is in memory; `log` outlives the cache.
  void reset(const storage::LogReader& log);

  /// The account of `bucket` that `device` belongs to, whether it is revoked or not.
  [[nodiscard]] Result<std::optional<AccountId>> account_of(Bucket bucket, const NodeId& device);
  [[nodiscard]] Result<bool> exists(const AccountId& account) const;
  /// Valid until the next call of `load` or `add`. Error: `log_corrupt` where there is no such row.
  [[nodiscard]] Result<HeldAccount*> load(const AccountId& account);

  /// A new account; its record has number `written`.
  void add(chain::AccountChain account, storage::Sequence written, std::vector<storage::Row>& rows);
  /// Applies an event that was checked, whose record has number `written`.
  chain::Change apply(HeldAccount& held, const ReadEvent& event, storage::Sequence written,
                      std::vector<storage::Row>& rows);

  /// Drops what the log can give back.
  void forget_durable();

  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }
  [[nodiscard]] std::size_t index_rows() const { return pending_index_.size(); }

 private:
  struct IndexRow {
    AccountId account;
    storage::Sequence written = 0;
  };

  [[nodiscard]] Result<std::optional<AccountId>> look_up(const std::string& row) const;
  void index(const std::string& row, const AccountId& account, storage::Sequence written,
             std::vector<storage::Row>& rows);
  HeldAccount& hold(const AccountId& id, chain::AccountChain account);
  void touch(const AccountId& id, HeldAccount& held);

  storage::StreamId stream_;
  const storage::LogReader* log_ = nullptr;
  std::size_t held_max_;
  std::size_t forget_at_ = 0;  ///< When there are so many accounts.
  std::map<AccountId, HeldAccount> accounts_;
  std::map<std::uint64_t, AccountId> accounts_by_use_;  ///< The one that rested longest first.
  std::uint64_t use_last_ = 0;
  /// Of devices that have asked: whose a device is never changes. Emptied when it is full.
  std::map<NodeId, AccountId> account_by_device_;
  std::map<std::string, IndexRow> pending_index_;  ///< Written, and perhaps not in the log.
};

}  // namespace hearth::directory
