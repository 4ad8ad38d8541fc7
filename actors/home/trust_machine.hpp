#pragma once

#include "actors/chain/chain_follower.hpp"
#include "messages/home/home_messages.hpp"

#include <map>
#include <optional>
#include <vector>

namespace hearth::home {

/// Whom the home lets in, and its own certificate. The devices are those of the account's chain,
/// and of the chains of accounts that it is shared with: it verifies each from the first event on,
/// and believes no directory. Pure aggregate of the stream "trust".
class TrustMachine {
 public:
  explicit TrustMachine(const NodeId& home) : home_(home) {}

  /// What the page tells anew. Errors: `chain_forked`, `format_newer`: nothing new is trusted then.
  [[nodiscard]] Result<std::vector<TrustEvent>> decide(const directory::ChainPage& page) const;
  /// Likewise of what a device of the account hands over.
  [[nodiscard]] Result<std::vector<TrustEvent>> decide(const HandEvents& handed) const;
  /// Likewise of an account that the home is shared with.
  [[nodiscard]] Result<std::vector<TrustEvent>> decide_on(const AccountId& grantee,
                                                          const directory::ChainPage& page) const;
  /// Chains of accounts that it is not shared with any more are forgotten.
  [[nodiscard]] std::vector<TrustEvent> decide_to_forget(std::optional<WallTime> now) const;
  [[nodiscard]] std::vector<TrustEvent> decide(const directory::HomeRegistered& registered) const;
  /// Errors: `log_corrupt`.
  [[nodiscard]] Result<void> apply(const TrustEvent& event);

  /// The device of the account with exactly these keys, or this id, if it may come in.
  [[nodiscard]] const directory::Device* find(const PublicKeys& keys) const;
  [[nodiscard]] const directory::Device* find(const NodeId& id) const;
  /// Of the account, and of those that it is shared with.
  [[nodiscard]] std::vector<directory::Device> devices() const;

  // ---- guests ----

  struct Guest {
    AccountId account;
    directory::Device device;
  };
  /// The device of an account that the home was shared with, perhaps no longer.
  [[nodiscard]] std::optional<Guest> find_guest(const NodeId& id) const;
  [[nodiscard]] std::vector<directory::Device> devices_of(const AccountId& grantee) const;
  /// Live shares of this home, by whom they are for. See `chain::is_live` for `now`.
  using Shares = std::map<AccountId, std::vector<directory::Share>>;
  [[nodiscard]] Shares shares(std::optional<WallTime> now) const;
  /// Number of the events that are known of it.
  [[nodiscard]] std::uint64_t length_of(const AccountId& grantee) const;

  /// As far as it is known.
  [[nodiscard]] const chain::ChainFollower& chain() const { return chain_; }
  [[nodiscard]] const Bytes& certificate() const { return certificate_; }

 private:
  [[nodiscard]] const chain::ChainFollower* follower_of(const AccountId& grantee) const;

  NodeId home_;
  AccountId certified_;  ///< Of the certificate.
  chain::ChainFollower chain_;
  std::map<AccountId, chain::ChainFollower> grantees_;
  Bytes certificate_;
};

}  // namespace hearth::home
