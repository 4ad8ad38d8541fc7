// ClientMachine: which homes there are, as verified chains say, and where, as directories do.

#include "actors/client/client_machine.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr Millis homes_period_idle{15'000};
constexpr Millis idle_after{30'000};
constexpr Millis directory_budget{3000};
constexpr Millis handing_budget{1500};

}  // namespace

/// Nobody asks, and every home could be asked; or nobody has enrolled this client.
bool ClientMachine::is_idle(Instant now) const {
  return now - questioned_at_ > idle_after &&
         std::all_of(homes_.begin(), homes_.end(),
                     [](const auto& entry) { return entry.second.session->up(); });
}

void ClientMachine::poll_homes(Instant now, ClientEffects& effects) {
  const auto to = directory();
  if (homes_token_ != 0 || !to || now < homes_due_) {
    return;
  }
  homes_polled_at_ = now;
  homes_due_ = now + (is_idle(now) ? homes_period_idle : homes_period);
  homes_token_ = ++number_last_;
  effects.asks.push_back({homes_token_, *to, directory_budget, link::TrafficClass::command,
                          pack(header_to(*to, "accounts"), directory::ListHomes{})});
}

void ClientMachine::on_homes(directory::HomesListed listed, Instant now, ClientEffects& effects) {
  listed_ = std::move(listed);
  take_listed(now, effects);
}

/// As far as the chains that it tells of are known; the others are fetched.
void ClientMachine::take_listed(Instant now, ClientEffects& effects) {
  if (listed_.length > known_.length()) {
    fetch_chain(effects);
    return;
  }
  if (known_.chain() == nullptr) {
    return;
  }
  homes_listed_ = true;
  for (const auto& [account, owner_name, length] : listed_.granters) {
    if (length > granter(account).length()) {
      fetch_granter(account, effects);
    }
  }
  std::map<NodeId, std::vector<NodeId>> places;
  for (const auto& record : listed_.homes) {
    places[seal::node_id_of(record.keys.signing)] = record.super_peers;
  }
  const auto present = homes_now(now);
  for (const auto& [id, home] : present) {
    const auto known = homes_.find(id);
    if (known == homes_.end() || known->second.session->keys() != home.keys ||
        known->second.owner != home.owner || known->second.owner_name != home.owner_name) {
      auto remembered = home;
      remembered.name = known == homes_.end() ? std::string() : known->second.name;
      remember(remembered, effects);
    }
    session_of(id)->located(places[id]);
  }
  forget_others(present, effects);
}

/// Own ones, and those that somebody shares with this account: the owner's chain says that the home
/// is the owner's, and that the share is live.
std::map<NodeId, HomeRemembered> ClientMachine::homes_now(Instant now) const {
  std::map<NodeId, HomeRemembered> homes;
  for (const auto& [id, number, device] : known_.chain()->members()) {
    if (device.kind == directory::DeviceKind::home) {
      homes.emplace(id, HomeRemembered{device.keys, {}});
    }
  }
  for (const auto& [account, owner_name, length] : listed_.granters) {
    for (const auto& share : shares_of(account, now)) {
      const auto& home = share.granted.home;
      const auto& keys = granters_.at(account).chain()->find(home)->keys;  // else no share lives
      homes.try_emplace(home, HomeRemembered{keys, {}, account, owner_name});
    }
  }
  return homes;
}

/// Live ones for this account, of any home.
std::vector<directory::Share> ClientMachine::shares_of(const AccountId& granter,
                                                       Instant now) const {
  std::vector<directory::Share> live;
  const auto found = granters_.find(granter);
  if (found == granters_.end() || found->second.chain() == nullptr || known_.chain() == nullptr) {
    return live;
  }
  const auto time = time_.at(now);
  for (const auto& share : found->second.chain()->shares()) {
    if (share.granted.grantee == known_.chain()->state().account &&
        chain::is_live(share.granted, time)) {
      live.push_back(share);
    }
  }
  return live;
}

void ClientMachine::forget_others(const std::map<NodeId, HomeRemembered>& present,
                                  ClientEffects& effects) {
  std::vector<ClientEvent> forgotten;
  for (const auto& [id, home] : homes_) {
    if (!present.contains(id)) {
      HEARTH_PROBE(true, "client: a home is forgotten");
      forgotten.emplace_back(HomeForgotten{id});
    }
  }
  for (const auto& [account, follower] : granters_) {
    if (ranges::find(listed_.granters, account, &directory::Granter::account) ==
        listed_.granters.end()) {
      forgotten.emplace_back(directory::AccountForgotten{account});
    }
  }
  for (const auto& event : forgotten) {
    remember(event, effects);
  }
}

// ---- chains ----

chain::ChainFollower& ClientMachine::granter(const AccountId& account) {
  return granters_.try_emplace(account, chain::ChainPin{account, 0, {}}).first->second;
}

void ClientMachine::fetch_chain(ClientEffects& effects) {
  const auto to = directory();
  if (chain_token_ == 0 && to) {
    chain_token_ = ++number_last_;
    effects.asks.push_back(
        {chain_token_, *to, directory_budget, link::TrafficClass::command,
         pack(header_to(*to, "accounts"), directory::FetchChain{known_.length(), {}, {}})});
  }
}

void ClientMachine::fetch_granter(const AccountId& account, ClientEffects& effects) {
  const auto to = directory();
  const bool is_under_way = std::any_of(granter_by_token_.begin(), granter_by_token_.end(),
                                        [&](const auto& each) { return each.second == account; });
  if (!is_under_way && to) {
    granter_by_token_[++number_last_] = account;
    effects.asks.push_back(
        {number_last_, *to, directory_budget, link::TrafficClass::command,
         pack(header_to(*to, "accounts"),
              directory::FetchChain{granter(account).length(), {}, {}, account})});
  }
}

/// What cannot be verified changes nothing; the next look at the homes asks again. `account`: zero
/// for the client's own.
void ClientMachine::on_chain(const Answered& input, const AccountId& account, Instant now,
                             ClientEffects& effects) {
  const auto page = input.answer ? unpack<directory::ChainPage>(input.answer.value())
                                 : Result<directory::ChainPage>(input.answer.error());
  auto fresh = !page               ? Result<chain::ChainFollower::Events>(page.error())
               : account.is_zero() ? known_.fresh(page.value())
                                   : granter(account).fresh(page.value());
  HEARTH_PROBE(!fresh && fresh.error().code == ErrorCode::chain_forked,
               "client: the account's history is another one");
  if (!fresh || fresh.value().empty()) {
    return;
  }
  if (account.is_zero()) {
    remember(directory::ChainExtended{std::move(fresh.value())}, effects);
  } else {
    remember(directory::AccountFollowed{account, std::move(fresh.value())}, effects);
  }
  take_listed(now, effects);
}

/// A home that a directory tells less than this client has verified hears it from here.
void ClientMachine::hand_events(const NodeId& home, const home::HomeDescribed& described,
                                ClientEffects& effects) {
  const auto found = homes_.find(home);
  if (found == homes_.end() || !found->second.owner.is_zero()) {
    return;  // another account's home follows another chain
  }
  const auto known = described.account_sequence;
  if (known > 0 && known < known_.length() && described.account_head == known_.hash_at(known)) {
    effects.asks.push_back({++number_last_, home, handing_budget, link::TrafficClass::command,
                            pack(header_to(home, "home"), home::HandEvents{known_.after(known)})});
  }
}

void ClientMachine::add_owner(const Remembered& home, HomeView& view) const {
  view.owner = home.owner;
  view.owner_name = home.owner_name;
  const auto found = granters_.find(home.owner);
  if (found == granters_.end() || found->second.chain() == nullptr) {
    return;
  }
  for (const auto& share : found->second.chain()->shares()) {
    if (share.granted.home == view.home &&
        share.granted.grantee == known_.chain()->state().account) {
      view.shares.push_back(share);
    }
  }
}

}  // namespace hearth::client
