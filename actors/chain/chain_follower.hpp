#pragma once
// What a home or a client knows of its account's chain: every event of it, verified from the first
// on, whoever told. Goes only forward. Pure.

#include "actors/chain/account_chain.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace hearth::chain {

/// How far a chain was verified before, by a process that kept no more of it.
struct ChainPin {
  AccountId account;
  std::uint64_t length = 0;  ///< 0: only the account is known.
  directory::ChainHash head;
  friend bool operator==(const ChainPin&, const ChainPin&) = default;
};

class ChainFollower {
 public:
  using Events = std::vector<directory::RecordedEvent>;

  /// Follows the account of the first page that it takes. With a pin only that account, and no
  /// chain that does not lead through the pin.
  explicit ChainFollower(std::optional<ChainPin> pin = std::nullopt) : pin_(pin) {}

  /// Those of `page` that follow what is known, verified: to be kept and then applied. None: it
  /// tells nothing new, or less than is known.
  ///
  /// Errors: `chain_forked`: it is of another account, or tells another history than was verified,
  /// or what nobody may have signed; `format_newer`: an update is wanted. Nothing is taken then.
  [[nodiscard]] Result<Events> fresh(const directory::ChainPage& page) const;

  /// The same of events alone, which another device hands over.
  [[nodiscard]] Result<Events> fresh(const Events& events) const;

  /// Takes over what `fresh` gave, or what was kept of it. Errors: `log_corrupt`: they do not
  /// follow.
  [[nodiscard]] Result<void> apply(const Events& events);

  /// Those after number `after`, at most `limits::chain_page`: for who knows less.
  [[nodiscard]] Events after(std::uint64_t number) const;
  [[nodiscard]] const Events& events() const { return events_; }

  /// Null: nothing is known yet.
  [[nodiscard]] const AccountChain* chain() const { return chain_ ? &*chain_ : nullptr; }
  [[nodiscard]] std::uint64_t length() const { return events_.size(); }
  [[nodiscard]] directory::ChainHash head() const;
  /// Of the event `number`. Precondition: 1 to `length()`.
  [[nodiscard]] directory::ChainHash hash_at(std::uint64_t number) const;
  /// Has been a device of the account, and may have been revoked.
  [[nodiscard]] bool was_enrolled(const NodeId& device) const { return ever_.contains(device); }
  /// As far as it is known now. Precondition: `chain()`.
  [[nodiscard]] ChainPin pin() const;
  /// Less is known than the pin had.
  [[nodiscard]] bool is_behind_pin() const { return pin_ && length() < pin_->length; }

 private:
  Result<void> take(const directory::ReadEvent& read, const directory::RecordedEvent& event);
  [[nodiscard]] Result<void> compare(const directory::ChainPage& page) const;

  std::optional<ChainPin> pin_;
  std::optional<AccountChain> chain_;
  std::set<NodeId> ever_;  ///< Devices that were enrolled.
  Events events_;
};

}  // namespace hearth::chain
