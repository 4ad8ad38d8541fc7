#pragma once

#include "messages/home/home_messages.hpp"

#include <optional>
#include <vector>

namespace hearth::home {

/// Whom the home lets in, and its own certificate. Goes only forward: a list with a lower
/// sequence than the one it has is older and is ignored. Pure aggregate of the stream "trust".
class TrustMachine {
 public:
  [[nodiscard]] std::vector<TrustEvent> decide(const directory::DevicesListed& listed) const;
  [[nodiscard]] std::vector<TrustEvent> decide(const directory::HomeRegistered& registered) const;
  void apply(const TrustEvent& event);

  /// The device with exactly these keys, if it may come in.
  [[nodiscard]] const directory::Device* find(const PublicKeys& keys) const;
  [[nodiscard]] const directory::Device* find(const NodeId& id) const;
  [[nodiscard]] const std::vector<directory::Device>& devices() const { return devices_; }
  /// Of the account's events, up to which the devices are known.
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  [[nodiscard]] const Bytes& certificate() const { return certificate_; }

 private:
  AccountId account_;
  std::uint64_t sequence_ = 0;
  std::vector<directory::Device> devices_;
  Bytes certificate_;
};

}  // namespace hearth::home
