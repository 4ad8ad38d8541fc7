#pragma once
// What one group tells the others of the shares that its accounts grant, and has heard of those
// that are granted to its accounts. News are written with the event that they are about, and told
// again and again until the grantee's group has taken them; each tells all that the one account
// shares with the other, so that only the newest count. docs/formats/groups.md has the rows.
//
// Used by the group's machine alone. Errors of all readers: `log_corrupt`, `disk_failed`.

#include "actors/chain/account_chain.hpp"
#include "messages/base/result.hpp"
#include "messages/directory/share_messages.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::directory {

/// All that `granter` shares with `grantee` now.
[[nodiscard]] ShareNews news_of(const chain::AccountChain& granter, const AccountId& grantee);

/// What is shared with `grantee`, as `log` has it; accounts that share nothing any more left out.
[[nodiscard]] Result<std::vector<ShareNews>> read_heard(const storage::LogReader& log,
                                                        const AccountId& grantee);

class ShareBook {
 public:
  static constexpr storage::StreamId stream{5};

  /// Begins with what the log has, which outlives the book.
  [[nodiscard]] Result<void> reset(const storage::LogReader& log);

  // ---- where the granter is; events go into `appends` ----

  void write(ShareNews news, std::vector<storage::Append>& appends);
  /// The grantee's group has taken news of this length. Newer ones are still to be told.
  void taken(const ShareNews& news, std::vector<storage::Append>& appends);
  /// Those that are to be told.
  [[nodiscard]] std::vector<ShareNews> untold() const;

  // ---- where the grantee is ----

  /// News that are not newer than what was heard change nothing; nor do those of one account more
  /// than `limits::granters_per_account_max`.
  [[nodiscard]] Result<void> hear(const ShareNews& news, std::vector<storage::Append>& appends);

  /// Drops what the log can give back.
  void forget_durable();
  [[nodiscard]] bool is_idle() const { return untold_.empty() && pending_.empty(); }

 private:
  /// Of granter and grantee.
  using Pair = std::pair<AccountId, AccountId>;
  struct Pending {
    std::uint64_t length = 0;
    storage::Sequence written = 0;
  };

  void note(const ShareEvent& event, storage::Row row, std::vector<storage::Append>& appends);
  [[nodiscard]] Result<std::uint64_t> heard_length(const ShareNews& news) const;

  const storage::LogReader* log_ = nullptr;
  storage::Sequence sequence_ = 0;  ///< Of the last event, committed or not.
  std::map<Pair, ShareNews> untold_;
  std::map<std::string, Pending> pending_;  ///< Heard, and perhaps not in the log. By row.
};

}  // namespace hearth::directory
