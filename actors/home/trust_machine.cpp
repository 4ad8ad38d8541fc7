#include "actors/home/trust_machine.hpp"

#include "messages/base/mutant.hpp"
#include "messages/seal/identity.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>

namespace hearth::home {

std::vector<TrustEvent> TrustMachine::decide(const directory::DevicesListed& listed) const {
  if (!account_.is_zero() && listed.account != account_) {
    return {};  // a home never changes hands by a list
  }
  if (listed.sequence <= sequence_ ||
      (HEARTH_MUTANT("forget-a-revocation") && listed.devices.size() < devices_.size())) {
    return {};
  }
  return {DevicesTrusted{listed.account, listed.sequence, listed.devices}};
}

std::vector<TrustEvent> TrustMachine::decide(const directory::HomeRegistered& registered) const {
  if ((!account_.is_zero() && registered.account != account_) ||
      registered.certificate == certificate_) {
    return {};
  }
  return {CertificateReceived{registered.account, registered.certificate}};
}

void TrustMachine::apply(const TrustEvent& event) {
  if (const auto* trusted = std::get_if<DevicesTrusted>(&event)) {
    account_ = trusted->account;
    sequence_ = trusted->sequence;
    devices_ = trusted->devices;
  } else {
    const auto& received = std::get<CertificateReceived>(event);
    account_ = received.account;
    certificate_ = received.certificate;
  }
}

const directory::Device* TrustMachine::find(const PublicKeys& keys) const {
  const auto found = ranges::find(devices_, keys, &directory::Device::keys);
  return found == devices_.end() ? nullptr : &*found;
}

const directory::Device* TrustMachine::find(const NodeId& id) const {
  const auto found = std::find_if(devices_.begin(), devices_.end(), [&](const auto& device) {
    return seal::node_id_of(device.keys.signing) == id;
  });
  return found == devices_.end() ? nullptr : &*found;
}

}  // namespace hearth::home
