#include "bench/directory_bench_load.hpp"

#include <algorithm>
#include <utility>

namespace hearth::bench {

namespace {

constexpr std::uint32_t timer = 1;
constexpr Millis pace{1};
constexpr Millis rest{20};  ///< Before requests are sent again.
constexpr Millis ask_budget{3000};
constexpr std::size_t refused_max = 100'000;

}  // namespace

LoadMachine::Effects LoadMachine::start(Instant /*now*/) const {
  Effects effects;
  effects.link.emplace_back(Dial{directory_});
  return effects;
}

LoadMachine::Effects LoadMachine::step(const Load& input, Instant now) {
  load_ = input;
  outcome_ = {};
  begun_ = now;
  sent_.clear();
  granted_.assign(load_->requests.size(), false);
  first_open_ = next_ = 0;
  Effects effects;
  go_on(now, effects);
  return effects;
}

LoadMachine::Effects LoadMachine::step(const Answered& input, Instant now) {
  --in_flight_;
  if (input.answer) {
    granted_[input.token] = true;
    outcome_.granted.push_back({sent_[input.token], now});
  } else {
    is_turning_back_ = true;
    if (++outcome_.refused >= refused_max) {
      outcome_.failed = input.answer.error();
    }
  }
  Effects effects;
  go_on(now, effects);
  return effects;
}

LoadMachine::Effects LoadMachine::step(const TimerFired& /*input*/, Instant now) {
  has_timer_ = false;
  if (in_flight_ == 0) {
    is_turning_back_ = false;
  }
  Effects effects;
  if (load_) {
    go_on(now, effects);
  }
  return effects;
}

bool LoadMachine::is_over(Instant now) const {
  const auto wanted = now >= load_->end ? sent_.size() : load_->requests.size();
  return in_flight_ == 0 && (first_open_ >= wanted || outcome_.failed);
}

bool LoadMachine::is_due(Instant now) const {
  const bool is_new = next_ == sent_.size();
  const std::chrono::duration<double> gone = now - begun_;
  return !is_new ||
         (now < load_->end && (load_->per_second == 0 ||
                               static_cast<double>(next_) < load_->per_second * gone.count()));
}

void LoadMachine::wake_in(Millis after, Effects& effects) {
  if (!std::exchange(has_timer_, true)) {
    effects.timers.push_back({timer, after});
  }
}

void LoadMachine::go_on(Instant now, Effects& effects) {
  while (first_open_ < sent_.size() && granted_[first_open_]) {
    ++first_open_;
  }
  if (is_over(now)) {
    effects.commands.push_back(std::move(outcome_));
    load_.reset();
    return;
  }
  if (is_turning_back_ || outcome_.failed) {
    next_ = first_open_;
    if (in_flight_ == 0) {
      wake_in(rest, effects);
    }
    return;
  }
  const auto last = load_->requests.size();
  for (; next_ < last && in_flight_ < load_->in_flight && is_due(now); ++next_) {
    if (granted_[next_]) {
      continue;
    }
    sent_.resize(std::max(sent_.size(), next_ + 1));
    sent_[next_] = now;
    ++in_flight_;
    effects.asks.push_back(
        {next_, directory_, ask_budget, link::TrafficClass::command, load_->requests[next_]});
  }
  if (load_->per_second > 0 || in_flight_ == 0) {
    wake_in(pace, effects);
  }
}

}  // namespace hearth::bench
