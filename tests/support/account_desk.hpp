#pragma once
// Chains of accounts for tests: events as they would come next, signed by whom the test says,
// without asking the rules.

#include "actors/chain/account_chain.hpp"
#include "messages/directory/directory_messages.hpp"
#include "tests/support/identities.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace hearth::testing {

inline const auto recovery_seed = secret_of(99);
inline const auto recovery_key = seal::signing_key_of(recovery_seed);

[[nodiscard]] inline directory::SignedEvent opening_of(const seal::Identity& owner,
                                                       const std::string& name = "demo",
                                                       const SigningKey& recovery = recovery_key,
                                                       const std::string& device_name = "pc") {
  return directory::sign_event(
      {1,
       {},
       owner.keys.signing,
       directory::AccountOpened{
           name, recovery, {owner.keys, directory::DeviceKind::manager, device_name}}},
      owner.signing_seed);
}

/// The events of one account, as a directory would keep them.
class ChainBook {
 public:
  explicit ChainBook(const seal::Identity& owner) { append(opening_of(owner)); }

  /// By the device `signer`.
  ChainBook& add(directory::ChainAction action, const seal::Identity& signer) {
    return add(std::move(action), signer.keys.signing, signer.signing_seed);
  }
  ChainBook& recover(directory::ChainAction action) {
    return add(std::move(action), recovery_key, recovery_seed);
  }
  ChainBook& enrol(const seal::Identity& device, directory::DeviceKind kind,
                   const seal::Identity& signer) {
    return add(directory::DeviceEnrolled{{device.keys, kind, "device"}}, signer);
  }
  ChainBook& revoke(const seal::Identity& device, const seal::Identity& signer) {
    return add(directory::DeviceRevoked{device.id}, signer);
  }
  void append(directory::SignedEvent event) { events_.push_back({std::move(event), 0}); }

  [[nodiscard]] directory::SignedEvent next(directory::ChainAction action, const SigningKey& signer,
                                            const seal::SecretKey& seed) const {
    return directory::sign_event({events_.size() + 1, head(), signer, std::move(action)}, seed);
  }

  [[nodiscard]] directory::ChainHash head() const { return hash_of(events_.back().event); }
  [[nodiscard]] AccountId account() const {
    return AccountId{hash_of(events_.front().event).bytes};
  }
  [[nodiscard]] const std::vector<directory::RecordedEvent>& events() const { return events_; }

  /// What a directory that is honest tells who knows `after` events.
  [[nodiscard]] directory::ChainPage page(std::uint64_t after = 0) const {
    const auto from = events_.begin() +
                      static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(after, events_.size()));
    return {account(), events_.size(), head(), {from, events_.end()}};
  }

 private:
  ChainBook& add(directory::ChainAction action, const SigningKey& signer,
                 const seal::SecretKey& seed) {
    append(next(std::move(action), signer, seed));
    return *this;
  }

  std::vector<directory::RecordedEvent> events_;
};

}  // namespace hearth::testing
