#include "actors/home/trust_machine.hpp"

#include "messages/base/mutant.hpp"
#include "messages/seal/identity.hpp"

#include <algorithm>
#include <utility>

namespace hearth::home {

using directory::ChainExtended;

namespace {

bool has_a_revocation(const chain::ChainFollower::Events& events) {
  return std::any_of(events.begin(), events.end(), [](const auto& each) {
    const auto read = directory::read_event(each.event);
    return read && std::holds_alternative<directory::DeviceRevoked>(read.value().event.action);
  });
}

Result<std::vector<TrustEvent>> extended(Result<chain::ChainFollower::Events> fresh) {
  if (!fresh) {
    return fresh.error();
  }
  if (fresh.value().empty() ||
      (HEARTH_MUTANT("forget-a-revocation") && has_a_revocation(fresh.value()))) {
    return std::vector<TrustEvent>{};
  }
  return std::vector<TrustEvent>{ChainExtended{std::move(fresh.value())}};
}

}  // namespace

Result<std::vector<TrustEvent>> TrustMachine::decide(const directory::ChainPage& page) const {
  if (chain_.chain() == nullptr && !certified_.is_zero() && page.account != certified_) {
    return Error{ErrorCode::chain_forked, "another account than the home's certificate names"};
  }
  return extended(chain_.fresh(page));
}

/// Whose account it is, a directory says first: then there is something to compare with.
Result<std::vector<TrustEvent>> TrustMachine::decide(const HandEvents& handed) const {
  return chain_.chain() == nullptr ? std::vector<TrustEvent>{}
                                   : extended(chain_.fresh(handed.events));
}

std::vector<TrustEvent> TrustMachine::decide(const directory::HomeRegistered& registered) const {
  const auto account = chain_.chain() ? chain_.chain()->state().account : certified_;
  if ((!account.is_zero() && registered.account != account) ||
      registered.certificate == certificate_) {
    return {};  // a home never changes hands by a certificate
  }
  return {CertificateReceived{registered.account, registered.certificate}};
}

Result<void> TrustMachine::apply(const TrustEvent& event) {
  if (const auto* extended = std::get_if<ChainExtended>(&event)) {
    return chain_.apply(extended->events);
  }
  const auto& received = std::get<CertificateReceived>(event);
  certified_ = received.account;
  certificate_ = received.certificate;
  return {};
}

const directory::Device* TrustMachine::find(const PublicKeys& keys) const {
  const auto* device = find(seal::node_id_of(keys.signing));
  return device != nullptr && device->keys == keys ? device : nullptr;
}

const directory::Device* TrustMachine::find(const NodeId& id) const {
  return chain_.chain() == nullptr ? nullptr : chain_.chain()->find(id);
}

std::vector<directory::Device> TrustMachine::devices() const {
  std::vector<directory::Device> devices;
  if (const auto* chain = chain_.chain()) {
    for (const auto& member : chain->members()) {
      devices.push_back(member.device);
    }
  }
  return devices;
}

}  // namespace hearth::home
