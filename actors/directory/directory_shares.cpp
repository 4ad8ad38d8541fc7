// DirectoryMachine: what one account may know of another, from the rows that are here.

#include "actors/directory/account_rows.hpp"
#include "actors/directory/chain_rows.hpp"
#include "actors/directory/directory_machine.hpp"
#include "actors/directory/share_book.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/identity.hpp"

#include <utility>

namespace hearth::directory {

namespace {

bool is_live_until(std::int64_t expires_ms, WallTime now) {
  return expires_ms == 0 || now.time_since_epoch().count() < expires_ms;
}

Error no_account() {
  return {ErrorCode::account_unknown, "no such account"};
}

Error too_old() {
  return {ErrorCode::no_quorum, "what is known here of another account is too old: ask again"};
}

}  // namespace

/// Null: there is none. Precondition: its group is recent.
Result<RecentAccounts::Account> DirectoryMachine::account_here(const AccountId& id) {
  const auto group = config_.map->get()->group_of(bucket_of(id.view()));
  return known_.account(*config_.groups.at(group).rows, id);
}

/// Whose `home` is, and that it is shared with `account` now; nothing: not so, or not known here.
/// The one must look like the other, or strangers could find out which homes there are.
Result<bool> DirectoryMachine::is_shared_with(const NodeId& home, const AccountId& account,
                                              Instant now) {
  const auto claim = claim_on(claim_on_device(home));
  if (!claim || !claim.value()) {
    return claim ? Result<bool>(false) : claim.error();
  }
  const auto& owner = claim.value()->account;
  if (!is_recent(config_.map->get()->group_of(bucket_of(owner.view())), now)) {
    return false;
  }
  const auto granter = account_here(owner);
  if (!granter || !granter.value()) {
    return granter ? Result<bool>(false) : granter.error();
  }
  HEARTH_PROBE(true, "directory: a ticket is asked for another account's home");
  return !chain::live_shares(*granter.value(), home, account, clock_.now()).empty();
}

/// What is shared with `account`, as its group has heard.
Result<void> DirectoryMachine::add_shared_homes(const AccountId& account,
                                                HomesListed& listed) const {
  const auto& port = config_.groups.at(config_.map->get()->group_of(bucket_of(account.view())));
  const auto heard = read_heard(*port.rows, account);
  if (!heard) {
    return heard.error();
  }
  for (const auto& news : heard.value()) {
    const auto before = listed.homes.size();
    for (const auto& home : news.homes) {
      if (is_live_until(home.expires_ms, clock_.now()) &&
          listed.homes.size() < limits::homes_per_account_max) {
        const auto id = seal::node_id_of(home.keys.signing);
        listed.homes.push_back({home.keys, presence_.super_peers_of(id), news.granter});
      }
    }
    if (listed.homes.size() > before) {
      listed.granters.push_back({news.granter, news.name, news.length});
    }
  }
  return {};
}

/// A home looks after those whom it is shared with; a device, after those who share with it.
Result<ChainPage> DirectoryMachine::fetch_other(const chain::AccountChain& account,
                                                const Asker& asker, const FetchChain& request,
                                                Instant now) {
  const auto group = config_.map->get()->group_of(bucket_of(request.account.view()));
  if (!is_recent(group, now)) {
    return too_old();
  }
  const auto other = account_here(request.account);
  if (!other) {
    return other.error();
  }
  const auto& own = account.state().account;
  const auto is_shared = [&] {
    if (asker.role == Role::home) {
      return !chain::live_shares(account, asker.node, request.account, clock_.now()).empty();
    }
    const auto& shares = other.value()->shares();
    return std::any_of(shares.begin(), shares.end(), [&](const Share& share) {
      return share.granted.grantee == own && chain::is_live(share.granted, clock_.now());
    });
  };
  if (!other.value() || !is_shared()) {
    return no_account();
  }
  return read_chain(*config_.groups.at(group).rows, AccountGroup::stream, request.account,
                    request.after);
}

Result<AccountFound> DirectoryMachine::find_account(const chain::AccountChain& account,
                                                    const Asker& asker, const FindAccount& request,
                                                    Instant now) {
  const auto& own = account.state().account;
  if (!wrong_by_device_.may_guess(asker.node, now) || !wrong_by_account_.may_guess(own, now)) {
    HEARTH_PROBE(true, "directory: names are guessed too often");
    return Error{ErrorCode::too_many_attempts, "too many wrong names: try again in ten minutes"};
  }
  auto found = look_up(request, now);
  if (!found && found.error().code == ErrorCode::account_unknown) {
    wrong_by_device_.was_wrong(asker.node, now);
    wrong_by_account_.was_wrong(own, now);
  }
  return found;
}

Result<AccountFound> DirectoryMachine::look_up(const FindAccount& request, Instant now) {
  auto id = request.account;
  if (id.is_zero()) {
    const auto key = claim_on_name(request.name);
    if (!is_recent(config_.map->get()->group_of(bucket_of(key.id.view())), now)) {
      return too_old();
    }
    const auto claim = claim_on(key);
    if (!claim || !claim.value() || !claim.value()->holds) {
      return claim ? no_account() : claim.error();
    }
    id = claim.value()->account;
  }
  if (!is_recent(config_.map->get()->group_of(bucket_of(id.view())), now)) {
    return too_old();
  }
  const auto account = account_here(id);
  if (!account || !account.value()) {
    return account ? no_account() : account.error();
  }
  return AccountFound{id, account.value()->state().name};
}

}  // namespace hearth::directory
