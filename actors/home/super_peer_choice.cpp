#include "actors/home/super_peer_choice.hpp"

#include "messages/base/probe.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <utility>

namespace hearth::home {

SuperPeerChoice::SuperPeerChoice(std::vector<NodeId> candidates)
    : candidates_(std::move(candidates)), chosen_(std::min(wanted, candidates_.size())) {}

std::vector<NodeId> SuperPeerChoice::chosen() const {
  return {candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(chosen_)};
}

void SuperPeerChoice::replace(std::vector<NodeId> candidates) {
  const auto before = chosen();
  candidates_ = std::move(candidates);
  chosen_ = std::min(wanted, candidates_.size());
  for (std::size_t i = chosen_; i < candidates_.size(); ++i) {
    chosen_ = ranges::find(before, candidates_[i]) == before.end() ? chosen_ : i + 1;
  }
}

void SuperPeerChoice::enter(State state, std::size_t enough, Instant now) {
  if (state != state_ || enough < enough_) {
    state_ = state;
    since_ = now;
  }
  enough_ = enough;
}

SuperPeerChoice::Change SuperPeerChoice::review(const std::function<bool(const NodeId&)>& is_up,
                                                Instant now) {
  std::size_t up = 0;
  std::size_t enough = 0;
  while (enough < chosen_ && up < wanted) {
    up += is_up(candidates_[enough++]) ? 1 : 0;
  }
  enough = std::max(enough, std::min(wanted, chosen_));
  if (up < std::min(wanted, candidates_.size())) {
    enter(State::too_few, enough, now);
  } else {
    enter(enough < chosen_ ? State::too_many : State::enough, enough, now);
  }
  Change change;
  const auto bearable = up == 0 ? patience_alone : patience;
  if (state_ == State::too_few && now - since_ >= bearable && chosen_ < candidates_.size()) {
    HEARTH_PROBE(true, "home: a further super-peer stands in");
    since_ = now;
    change.stand_in = candidates_[chosen_++];
  } else if (state_ == State::too_many && now - since_ >= calm) {
    HEARTH_PROBE(true, "home: a stand-in among super-peers may go");
    change.let_go.assign(candidates_.begin() + static_cast<std::ptrdiff_t>(enough),
                         candidates_.begin() + static_cast<std::ptrdiff_t>(chosen_));
    chosen_ = enough;
  }
  return change;
}

}  // namespace hearth::home
