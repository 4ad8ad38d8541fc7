#include "actors/chain/chain_follower.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::chain {

using directory::ChainHash;
using directory::ChainPage;
using directory::ReadEvent;
using directory::RecordedEvent;

namespace {

Error forked(const std::string& why) {
  return {ErrorCode::chain_forked, why};
}

const directory::DeviceEnrolled* enrolled_by(const ReadEvent& read) {
  return std::get_if<directory::DeviceEnrolled>(&read.event.action);
}

}  // namespace

/// What the page says of itself against what is known.
Result<void> ChainFollower::compare(const ChainPage& page) const {
  const auto account = chain_ ? chain_->state().account : pin_ ? pin_->account : page.account;
  if (page.account != account) {
    return forked("another account than before");
  }
  const bool is_known = page.length > 0 && page.length <= length();
  if (is_known && page.head != hash_at(page.length)) {
    return forked("another event number " + std::to_string(page.length) + " than before");
  }
  return {};
}

Result<ChainFollower::Events> ChainFollower::fresh(const ChainPage& page) const {
  if (auto compared = compare(page); !compared) {
    return compared.error();
  }
  if (page.length <= length()) {
    HEARTH_PROBE(page.length < length(), "chain: less is told than is known");
    return Events{};
  }
  auto taken = fresh(page.events);
  if (taken && !taken.value().empty() && !chain_ &&
      hash_of(taken.value().front().event).bytes != page.account.bytes) {
    return forked("the first event is of another account");
  }
  return taken;
}

Result<ChainFollower::Events> ChainFollower::fresh(const Events& events) const {
  ChainFollower trial(pin_);
  trial.chain_ = chain_;
  trial.ever_ = ever_;
  Events taken;
  for (const auto& event : events) {
    auto read = directory::verify_event(event.event);
    if (!read) {
      return read.error().code == ErrorCode::format_newer ? read.error()
                                                          : forked(read.error().detail);
    }
    const auto number = read.value().event.number;
    if (number >= 1 && number <= length()) {
      if (read.value().hash != hash_at(number)) {
        return forked("another event number " + std::to_string(number) + " than before");
      }
      continue;
    }
    if (auto followed = trial.take(read.value(), event); !followed) {
      return forked("event number " + std::to_string(number) + ": " + followed.error().detail);
    }
    taken.push_back(event);
  }
  return taken;
}

Result<void> ChainFollower::take(const ReadEvent& read, const RecordedEvent& event) {
  if (pin_ && read.event.number == pin_->length && read.hash != pin_->head) {
    return Error{ErrorCode::chain_forked, "not as it was verified before"};
  }
  if (!chain_) {
    auto opened = AccountChain::open(read);
    if (!opened) {
      return opened.error();
    }
    chain_ = std::move(opened.value());
  } else {
    const auto* enrolled = enrolled_by(read);
    const bool was_in = enrolled != nullptr && ever_.contains(id_of(enrolled->device));
    if (auto checked = chain_->check(read, was_in); !checked) {
      return checked;
    }
    static_cast<void>(chain_->apply(read));
  }
  if (read.event.number == 1 || enrolled_by(read) != nullptr) {
    ever_.insert(chain_->members().back().id);
  }
  events_.push_back(event);
  return {};
}

Result<void> ChainFollower::apply(const Events& events) {
  for (const auto& event : events) {
    const auto read = directory::read_event(event.event);
    const auto taken = read ? take(read.value(), event) : Result<void>(read.error());
    if (!taken) {
      return Error{ErrorCode::log_corrupt, "an event of the account: " + taken.error().detail};
    }
  }
  return {};
}

ChainFollower::Events ChainFollower::after(std::uint64_t number) const {
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(number, events_.size()));
  const auto count = std::min(limits::chain_page, events_.size() - from);
  const auto begin = events_.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

ChainHash ChainFollower::head() const {
  return chain_ ? chain_->state().head : ChainHash{};
}

ChainHash ChainFollower::hash_at(std::uint64_t number) const {
  return hash_of(events_.at(static_cast<std::size_t>(number) - 1).event);
}

ChainPin ChainFollower::pin() const {
  const auto& state = chain_->state();
  return {state.account, state.length, state.head};
}

}  // namespace hearth::chain
