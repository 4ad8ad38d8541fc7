// AccountGroup: what its accounts share with others, and others with them.

#include "actors/directory/account_group.hpp"
#include "actors/directory/group_order.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hearth::directory {

namespace {

constexpr Millis telling_budget{3000};
/// After a long time without the other groups.
constexpr std::size_t told_at_once_max = 64;

}  // namespace

/// Whoever `change` of the account gives or takes something is to hear of it.
void AccountGroup::write_news(const chain::AccountChain& account, const chain::Change& change,
                              Appends& appends) {
  std::set<AccountId> grantees;
  for (const auto& share : change.shares) {
    grantees.insert(share.granted.grantee);
  }
  for (const auto& grantee : grantees) {
    shares_.write(news_of(account, grantee), appends);
  }
}

void AccountGroup::tell_news(Effects<Command>& effects) {
  std::size_t told = 0;
  for (auto& news : shares_.untold()) {
    const auto map = config_.map->get();
    const auto bucket = bucket_of(news.grantee.view());
    const auto group = map->group_of(bucket);
    const auto leader = group == config_.group ? config_.self.id : config_.leader_of(group);
    const bool is_under_way = std::any_of(told_.begin(), told_.end(),
                                          [&](const auto& each) { return each.second == news; });
    if (leader.is_zero() || is_under_way) {
      continue;
    }
    if (++told > told_at_once_max) {
      break;
    }
    auto order = own_order(config_.self.id, news);
    order.group = group;
    order.bucket = bucket;
    order.map = map->version;
    told_.emplace(++token_last_, std::move(news));
    effects.asks.push_back({token_last_, leader, telling_budget, link::TrafficClass::command,
                            pack_order(config_.self.id, leader, order)});
  }
}

/// Whoever does not answer is told again.
void AccountGroup::on_told(const ShareNews& news, const Envelope& answer, Appends& appends) {
  if (auto moved = unpack<WrongGroup>(answer)) {
    config_.map->offer(std::move(moved.value().map));
  } else if (unpack<Accepted>(answer)) {
    shares_.taken(news, appends);
  }
}

/// An account that is not there has nobody to be told.
Result<Accepted> AccountGroup::hear_news(const Request& request, const ShareNews& news,
                                         Appends& appends) {
  if (bucket_of(news.grantee.view()) != request.order.bucket) {
    return Error{ErrorCode::message_malformed, "of another bucket"};
  }
  const auto exists = cache_.exists(news.grantee);
  if (!exists) {
    return exists.error();
  }
  HEARTH_PROBE(!exists.value(), "directory: something is shared with nobody");
  const auto heard = exists.value() ? shares_.hear(news, appends) : Result<void>();
  return heard ? Result<Accepted>(Accepted{}) : heard.error();
}

}  // namespace hearth::directory
