#pragma once

#include "actors/chain/chain_follower.hpp"
#include "messages/home/home_messages.hpp"

#include <vector>

namespace hearth::home {

/// Whom the home lets in, and its own certificate. The devices are those of the account's chain,
/// which it verifies from the first event on: it believes no directory. Pure aggregate of the
/// stream "trust".
class TrustMachine {
 public:
  /// What the page tells anew. Errors: `chain_forked`, `format_newer`: nothing new is trusted then.
  [[nodiscard]] Result<std::vector<TrustEvent>> decide(const directory::ChainPage& page) const;
  /// Likewise of what a device of the account hands over.
  [[nodiscard]] Result<std::vector<TrustEvent>> decide(const HandEvents& handed) const;
  [[nodiscard]] std::vector<TrustEvent> decide(const directory::HomeRegistered& registered) const;
  /// Errors: `log_corrupt`.
  [[nodiscard]] Result<void> apply(const TrustEvent& event);

  /// The device with exactly these keys, if it may come in.
  [[nodiscard]] const directory::Device* find(const PublicKeys& keys) const;
  [[nodiscard]] const directory::Device* find(const NodeId& id) const;
  [[nodiscard]] std::vector<directory::Device> devices() const;
  /// As far as it is known.
  [[nodiscard]] const chain::ChainFollower& chain() const { return chain_; }
  [[nodiscard]] const Bytes& certificate() const { return certificate_; }

 private:
  AccountId certified_;  ///< Of the certificate.
  chain::ChainFollower chain_;
  Bytes certificate_;
};

}  // namespace hearth::home
