#include "actors/home/trust_machine.hpp"

#include "messages/base/mutant.hpp"
#include "messages/seal/identity.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearth::home {

using directory::AccountFollowed;
using directory::AccountForgotten;
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

std::vector<directory::Device> devices_in(const chain::ChainFollower& follower) {
  std::vector<directory::Device> devices;
  if (const auto* chain = follower.chain()) {
    for (const auto& member : chain->members()) {
      devices.push_back(member.device);
    }
  }
  return devices;
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

const chain::ChainFollower* TrustMachine::follower_of(const AccountId& grantee) const {
  const auto found = grantees_.find(grantee);
  return found == grantees_.end() ? nullptr : &found->second;
}

Result<std::vector<TrustEvent>> TrustMachine::decide_on(const AccountId& grantee,
                                                        const directory::ChainPage& page) const {
  const chain::ChainFollower unknown(chain::ChainPin{grantee, 0, {}});
  const auto* known = follower_of(grantee);
  auto fresh = (known != nullptr ? *known : unknown).fresh(page);
  if (!fresh) {
    return fresh.error();
  }
  return fresh.value().empty()
             ? std::vector<TrustEvent>{}
             : std::vector<TrustEvent>{AccountFollowed{grantee, std::move(fresh.value())}};
}

/// Where the time is not known, what may have expired is kept.
std::vector<TrustEvent> TrustMachine::decide_to_forget(std::optional<WallTime> now) const {
  const auto live = shares(now.value_or(WallTime{}));
  std::vector<TrustEvent> events;
  for (const auto& [grantee, follower] : grantees_) {
    if (!live.contains(grantee)) {
      events.emplace_back(AccountForgotten{grantee});
    }
  }
  return events;
}

Result<void> TrustMachine::apply(const TrustEvent& event) {
  if (const auto* extended = std::get_if<ChainExtended>(&event)) {
    return chain_.apply(extended->events);
  }
  if (const auto* followed = std::get_if<AccountFollowed>(&event)) {
    const auto pin = chain::ChainPin{followed->account, 0, {}};
    return grantees_.try_emplace(followed->account, pin).first->second.apply(followed->events);
  }
  if (const auto* forgotten = std::get_if<AccountForgotten>(&event)) {
    grantees_.erase(forgotten->account);
    return {};
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
  auto devices = devices_in(chain_);
  for (const auto& [grantee, follower] : grantees_) {
    auto theirs = devices_in(follower);
    std::move(theirs.begin(), theirs.end(), std::back_inserter(devices));
  }
  return devices;
}

// ---- guests ----

/// A home of another account has nothing to look for.
std::optional<TrustMachine::Guest> TrustMachine::find_guest(const NodeId& id) const {
  for (const auto& [grantee, follower] : grantees_) {
    const auto* device = follower.chain() == nullptr ? nullptr : follower.chain()->find(id);
    if (device != nullptr && device->kind != directory::DeviceKind::home) {
      return Guest{grantee, *device};
    }
  }
  return std::nullopt;
}

std::vector<directory::Device> TrustMachine::devices_of(const AccountId& grantee) const {
  const auto* follower = follower_of(grantee);
  return follower == nullptr ? std::vector<directory::Device>{} : devices_in(*follower);
}

TrustMachine::Shares TrustMachine::shares(std::optional<WallTime> now) const {
  Shares shares;
  if (const auto* chain = chain_.chain()) {
    for (const auto& share : chain->shares()) {
      const bool is_live =
          chain::is_live(share.granted, now) || HEARTH_MUTANT("shares-never-expire");
      if (share.granted.home == home_ && is_live) {
        shares[share.granted.grantee].push_back(share);
      }
    }
  }
  return shares;
}

std::uint64_t TrustMachine::length_of(const AccountId& grantee) const {
  const auto* follower = follower_of(grantee);
  return follower == nullptr ? 0 : follower->length();
}

}  // namespace hearth::home
