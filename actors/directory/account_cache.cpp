#include "actors/directory/account_cache.hpp"

#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/base/text.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/digest.hpp"

#include <algorithm>
#include <utility>

namespace hearth::directory {

namespace {

constexpr std::size_t resolved_max = 100'000;

constexpr char account_row = 'a';
constexpr char device_row = 'd';
constexpr char name_row = 'n';

std::string row_key(char kind, BytesView key) {
  return kind + std::string(key.begin(), key.end());
}

/// Names that look alike to people are one name; it goes into the key as a digest, because keys
/// are shorter than names may be.
std::string name_key(const std::string& name) {
  const auto folded = fold_case(name).value_or(name);
  Bytes key(32);
  seal::digest_into(key,
                    BytesView(reinterpret_cast<const std::uint8_t*>(folded.data()), folded.size()));
  return row_key(name_row, key);
}

}  // namespace

storage::Row state_row(const AccountState& state) {
  return {row_key(account_row, state.account.view()), encode(state)};
}

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

Result<std::optional<AccountId>> AccountCache::named(const std::string& name) const {
  return look_up(name_key(name));
}

Result<std::optional<AccountId>> AccountCache::account_of(const NodeId& device) {
  if (const auto known = account_by_device_.find(device); known != account_by_device_.end()) {
    return std::optional(known->second);
  }
  auto found = look_up(row_key(device_row, device.view()));
  if (found && found.value()) {
    if (account_by_device_.size() >= resolved_max) {
      account_by_device_.clear();
    }
    account_by_device_.emplace(device, *found.value());
  }
  return found;
}

Result<HeldAccount*> AccountCache::load(const AccountId& account) {
  if (const auto known = accounts_.find(account);
      known != accounts_.end() && !HEARTH_MUTANT("decide-on-committed-state")) {
    touch(account, known->second);
    return &known->second;
  }
  auto stored = log_->row(stream_, row_key(account_row, account.view()));
  if (!stored) {
    return stored.error();
  }
  auto state = stored.value() ? decode<AccountState>(*stored.value())
                              : Result<AccountState>(Error{ErrorCode::log_corrupt, {}});
  if (!state) {
    return Error{ErrorCode::log_corrupt, "row of account " + to_text(account) + " is missing"};
  }
  return &hold(account, AccountMachine(std::move(state.value())));
}

void AccountCache::index(const std::string& row, const AccountId& account,
                         storage::Sequence written, std::vector<storage::Row>& rows) {
  pending_index_[row] = {account, written};
  rows.push_back({row, Bytes(account.bytes.begin(), account.bytes.end())});
}

HeldAccount& AccountCache::add(const AccountCreated& event, storage::Sequence written,
                               std::vector<storage::Row>& rows) {
  auto& held = hold(event.account, AccountMachine(event));
  held.written = written;
  rows.push_back(state_row(held.account.state()));
  index(name_key(event.name), event.account, written, rows);
  add_device(id_of(event.device), event.account, written, rows);
  return held;
}

void AccountCache::add_device(const NodeId& device, const AccountId& account,
                              storage::Sequence written, std::vector<storage::Row>& rows) {
  index(row_key(device_row, device.view()), account, written, rows);
}

/// The account that is being asked for is the last to go: a pointer to it holds for one input.
HeldAccount& AccountCache::hold(const AccountId& id, AccountMachine account) {
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
