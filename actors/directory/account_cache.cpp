#include "actors/directory/account_cache.hpp"

#include "actors/directory/account_rows.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <utility>

namespace hearth::directory {

namespace {

constexpr std::size_t resolved_max = 100'000;

/// The row of the one with `number` among `all`, or none of it.
template <class All, class Number, class Value>
std::optional<Bytes> row_of(const All& all, std::uint64_t number, Number number_of,
                            Value value_of) {
  const auto found = ranges::find(all, number, number_of);
  return found == all.end() ? std::nullopt : std::optional(encode(value_of(*found)));
}

/// The rows of `account` after what `change` tells.
void put_rows(const chain::AccountChain& account, const chain::Change& change,
              std::vector<storage::Row>& rows) {
  const auto& state = account.state();
  rows.push_back({account_key(state.account), encode(state)});
  if (change.device != 0) {
    rows.push_back({member_key(state.account, change.device),
                    row_of(account.members(), change.device, &chain::Member::number,
                           [](const chain::Member& member) { return member.device; })});
  }
  for (const auto& share : change.shares) {
    rows.push_back({share_key(state.account, share.number),
                    row_of(account.shares(), share.number, &Share::number,
                           [](const Share& each) { return each; })});
  }
}

}  // namespace

void AccountCache::reset(const storage::LogReader& log) {
  log_ = &log;
  accounts_.clear();
  accounts_by_use_.clear();
  account_by_device_.clear();
  pending_index_.clear();
  forget_at_ = 0;
}

Result<std::optional<AccountId>> AccountCache::look_up(const std::string& row) const {
  if (const auto pending = pending_index_.find(row); pending != pending_index_.end()) {
    return std::optional<AccountId>{pending->second.account};
  }
  auto stored = log_->row(stream_, row);
  if (!stored) {
    return stored.error();
  }
  if (!stored.value()) {
    return std::optional<AccountId>{};
  }
  const auto account = AccountId::from(*stored.value());
  if (!account) {
    return Error{ErrorCode::log_corrupt, "index row of the accounts has a wrong size"};
  }
  return account;
}

Result<std::optional<AccountId>> AccountCache::account_of(Bucket bucket, const NodeId& device) {
  if (const auto known = account_by_device_.find(device);
      known != account_by_device_.end() && bucket_of(known->second.view()) == bucket) {
    return std::optional(known->second);
  }
  auto found = look_up(device_key(bucket, device));
  if (found && found.value()) {
    if (account_by_device_.size() >= resolved_max) {
      account_by_device_.clear();
    }
    account_by_device_.insert_or_assign(device, *found.value());
  }
  return found;
}

Result<bool> AccountCache::exists(const AccountId& account) const {
  if (accounts_.contains(account)) {
    return true;
  }
  const auto row = log_->row(stream_, account_key(account));
  return row ? Result<bool>(row.value().has_value()) : row.error();
}

Result<HeldAccount*> AccountCache::load(const AccountId& account) {
  if (const auto known = accounts_.find(account); known != accounts_.end()) {
    touch(account, known->second);
    return &known->second;
  }
  auto stored = read_account(*log_, stream_, account);
  if (!stored) {
    return stored.error();
  }
  return &hold(account, std::move(stored.value()));
}

/// In one visit, so that the devices are those of the state.
Result<chain::AccountChain> read_account(const storage::LogReader& log, storage::StreamId stream,
                                         const AccountId& account) {
  const auto key = account_key(account);
  std::optional<AccountState> state;
  std::vector<chain::Member> members;
  std::vector<Share> shares;
  const auto take = [&](std::string_view row, BytesView value) -> Result<void> {
    bool is_read = false;
    if (row == key) {
      auto decoded = decode<AccountState>(value);
      is_read = decoded.ok();
      state = is_read ? std::optional(std::move(decoded.value())) : std::nullopt;
    } else if (row.size() == key.size() + sizeof(chain::Member::number)) {
      auto device = decode<Device>(value);
      is_read = device.ok();
      if (is_read) {
        members.push_back(
            {chain::id_of(device.value()), member_number_in(row), std::move(device.value())});
      }
    } else if (row.size() == key.size() + sizeof(Share::number)) {
      const auto share = decode<Share>(value);
      is_read = share.ok();
      if (is_read) {
        shares.push_back(share.value());
      }
    }
    return is_read ? Result<void>()
                   : Error{ErrorCode::log_corrupt,
                           "a row of account " + to_text(account) + " cannot be read"};
  };
  if (auto visited = log.rows(stream, key, take); !visited) {
    return visited.error();
  }
  if (!state) {
    return Error{ErrorCode::log_corrupt, "row of account " + to_text(account) + " is missing"};
  }
  return chain::AccountChain(std::move(*state), std::move(members), std::move(shares));
}

void AccountCache::index(const std::string& row, const AccountId& account,
                         storage::Sequence written, std::vector<storage::Row>& rows) {
  pending_index_[row] = {account, written};
  rows.push_back({row, Bytes(account.bytes.begin(), account.bytes.end())});
}

void AccountCache::add(chain::AccountChain account, storage::Sequence written,
                       std::vector<storage::Row>& rows) {
  const auto id = account.state().account;
  auto& held = hold(id, std::move(account));
  held.written = written;
  const auto& first = held.account.members().front();
  put_rows(held.account, {first.number, {}}, rows);
  index(device_key(bucket_of(id.view()), first.id), id, written, rows);
}

chain::Change AccountCache::apply(HeldAccount& held, const ReadEvent& event,
                                  storage::Sequence written, std::vector<storage::Row>& rows) {
  held.written = written;
  auto change = held.account.apply(event);
  if (!HEARTH_MUTANT("forget-the-projection")) {
    put_rows(held.account, change, rows);
  }
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event.event.action)) {
    const auto& account = held.account.state().account;
    index(device_key(bucket_of(account.view()), chain::id_of(enrolled->device)), account, written,
          rows);
  }
  return change;
}

/// The account that is being asked for is the last to go: a pointer to it holds for one input.
HeldAccount& AccountCache::hold(const AccountId& id, chain::AccountChain account) {
  if (accounts_.size() >= forget_at_) {
    forget_durable();
  }
  if (const auto old = accounts_.find(id); old != accounts_.end()) {
    accounts_by_use_.erase(old->second.used);
  }
  auto& held = accounts_.insert_or_assign(id, HeldAccount{std::move(account), 0, 0}).first->second;
  touch(id, held);
  return held;
}

void AccountCache::touch(const AccountId& id, HeldAccount& held) {
  accounts_by_use_.erase(held.used);
  held.used = ++use_last_;
  accounts_by_use_.emplace(held.used, id);
}

void AccountCache::forget_durable() {
  const auto durable = log_->last_sequence(stream_);
  if (!durable) {
    return;  // a log that cannot be read stops the node where its answer is needed
  }
  std::erase_if(pending_index_,
                [&](const auto& row) { return row.second.written <= durable.value(); });
  for (auto at = accounts_by_use_.begin();
       at != accounts_by_use_.end() && accounts_.size() > held_max_;) {
    const auto held = accounts_.find(at->second);
    if (held->second.written > durable.value()) {
      ++at;
    } else {
      accounts_.erase(held);
      HEARTH_PROBE(true, "directory: an account is forgotten");
      at = accounts_by_use_.erase(at);
    }
  }
  // Not for every account anew, while most cannot go.
  forget_at_ = std::max(accounts_.size(), held_max_) + held_max_ / 8 + 1;
}

}  // namespace hearth::directory
