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
    appends_.issued += appends;
    confirmations_.issued += effects.exact ? 1 : 0;
    held_.push_back({appends_.issued, confirmations_.issued, std::move(effects)});
  }

  /// One more append, in the order in which they were issued, is durable.
  void durable() { appends_.settle_one(); }

  /// One more exact step, in their order, is confirmed.
  void confirmed() { confirmations_.settle_one(); }

  /// The next effects that may leave, if any.
  std::optional<Effects<Command>> release() {
    if (held_.empty()) {
      return std::nullopt;
    }
    const auto& front = held_.front();
    if ((front.appends > appends_.settled && !HEARTH_MUTANT("answer-before-durable")) ||
        front.confirmations > confirmations_.settled) {
      return std::nullopt;
    }
    return take_front();
  }

  /// Nothing that is held may leave any more: its appends are lost, or may be. Gives it back step
  /// by step.
  std::optional<Effects<Command>> drop() {
    appends_.settled = appends_.issued;
    confirmations_.settled = confirmations_.issued;
    return held_.empty() ? std::nullopt : std::optional(take_front());
  }

 private:
  struct Count {
    std::uint64_t issued = 0;
    std::uint64_t settled = 0;
    void settle_one() {
      ++settled;
      HEARTH_CHECK(settled <= issued);
    }
  };
  struct Held {
    std::uint64_t appends = 0;
    std::uint64_t confirmations = 0;
    Effects<Command> effects;
  };

  Effects<Command> take_front() {
    auto effects = std::move(held_.front().effects);
    held_.pop_front();
    return effects;
  }

  Count appends_;
  Count confirmations_;
  std::deque<Held> held_;
};

}  // namespace hearth
