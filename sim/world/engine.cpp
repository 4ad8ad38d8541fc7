#include "sim/world/engine.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <utility>

namespace hearth::sim {

namespace {

/// Misfortunes come between two messages, at most so many late.
constexpr std::uint64_t steps_to_wait_max = 16;

}  // namespace

EngineConfig::EngineConfig() {
  set("scheduler.policy", caf::atom("testing"));
}

Engine::Engine(Random order)
    : order_(std::move(order)),
      system_(config_),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())),
      clock_(scheduler_.clock()) {
  system_.await_actors_before_shutdown(false);
}

Engine::~Engine() {
  settle();
  clock_.cancel_all();  // Or ~actor_system runs timers that arm themselves again, for ever.
}

Instant Engine::now() const {
  return clock_.current_time;
}

void Engine::after(std::chrono::nanoseconds delay, Task task) {
  auto index = static_cast<std::uint32_t>(tasks_.size());
  if (free_tasks_.empty()) {
    tasks_.push_back(std::move(task));
  } else {
    index = free_tasks_.back();
    free_tasks_.pop_back();
    tasks_[index] = std::move(task);
  }
  timers_.push_back({now() + delay, ++timer_last_, index});
  std::push_heap(timers_.begin(), timers_.end());
}

void Engine::befall(std::chrono::nanoseconds delay, Task task) {
  misfortunes_.emplace(now() + delay, std::move(task));
}

/// Not only at quiet instants: a crash must also fall between two messages of a chain.
bool Engine::run_misfortune() {
  if (misfortunes_.empty() || misfortunes_.begin()->first > now()) {
    return false;
  }
  if (!is_idle()) {
    if (steps_to_wait_ == 0) {
      steps_to_wait_ = 1 + order_.below(steps_to_wait_max);
    }
    if (--steps_to_wait_ > 0) {
      return false;
    }
  }
  steps_to_wait_ = 0;
  const auto task = std::move(misfortunes_.begin()->second);
  misfortunes_.erase(misfortunes_.begin());
  task();
  return true;
}

bool Engine::is_idle() const {
  return scheduler_.jobs.empty() && due_.empty();
}

/// One message of one actor, or one task: all tasks together have an actor's chance.
void Engine::run_one() {
  auto& jobs = scheduler_.jobs;
  const auto drawn = order_.below(jobs.size() + (due_.empty() ? 0 : 1));
  if (drawn == jobs.size()) {
    const auto task = std::move(due_.front());
    due_.pop_front();
    task();
    return;
  }
  std::swap(jobs[0], jobs[drawn]);
  scheduler_.try_run_once();
  ++steps_;
}

Instant Engine::next_event() const {
  auto next = Instant::max();
  if (clock_.has_pending_timeout()) {
    next = clock_.schedule().begin()->first;
  }
  if (!timers_.empty()) {
    next = std::min(next, timers_.front().at);
  }
  return misfortunes_.empty() ? next : std::min(next, misfortunes_.begin()->first);
}

void Engine::advance_to(Instant at) {
  clock_.advance_time(std::max(at - now(), caf::actor_clock::duration_type{0}));
  while (!timers_.empty() && timers_.front().at <= now()) {
    const auto index = timers_.front().task;
    std::pop_heap(timers_.begin(), timers_.end());
    timers_.pop_back();
    due_.push_back(std::exchange(tasks_[index], nullptr));
    free_tasks_.push_back(index);
  }
}

bool Engine::step(Instant end) {
  if (run_misfortune()) {
    return true;
  }
  if (!is_idle()) {
    run_one();
    return true;
  }
  const auto next = next_event();
  advance_to(std::min(next, std::max(end, now())));
  return next <= end;
}

void Engine::settle() {
  while (!is_idle()) {
    run_one();
  }
}

}  // namespace hearth::sim
