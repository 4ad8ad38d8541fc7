#pragma once

#include "actors/runtime/step.hpp"
#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace hearth {

/// Holds what a step wants done until every append of that step and of all steps before it is
/// durable. "Decide on what is promised, show what is durable": reads wait as well, because they
/// may depend on an event that a crash could still take back. Pure.
template <class Command>
class EffectQueue {
 public:
  /// Takes the effects of one step, its appends and timers taken out already.
  void hold(Effects<Command> effects, std::size_t appends) {
    issued_ += appends;
    held_.push_back({issued_, std::move(effects)});
  }

  /// One more append, in the order in which they were issued, is durable.
  void durable() {
    ++durable_;
    HEARTH_CHECK(durable_ <= issued_);
  }

  /// The next effects that may leave, if any.
  std::optional<Effects<Command>> release() {
    if (held_.empty() ||
        (held_.front().first > durable_ && !HEARTH_MUTANT("answer-before-durable"))) {
      return std::nullopt;
    }
    auto effects = std::move(held_.front().second);
    held_.pop_front();
    return effects;
  }

 private:
  std::uint64_t issued_ = 0;
  std::uint64_t durable_ = 0;
  std::deque<std::pair<std::uint64_t, Effects<Command>>> held_;
};

}  // namespace hearth
