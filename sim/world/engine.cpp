#include "sim/world/engine.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace hearth::sim {

/// A task as a message.
struct EngineTask {
  Engine::Task run;
};

}  // namespace hearth::sim

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::sim::EngineTask)

namespace hearth::sim {

namespace {

/// Misfortunes come between two messages, at most so many late.
constexpr std::uint64_t steps_to_wait_max = 16;

caf::behavior task_runner(caf::event_based_actor*, std::uint64_t* steps) {
  return {[steps](const EngineTask& task) {
    --*steps;  // A device's work is no message of the system under test.
    task.run();
  }};
}

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
  runner_ = system_.spawn(task_runner, &steps_);
}

Engine::~Engine() {
  caf::anon_send_exit(runner_, caf::exit_reason::kill);
  runner_ = nullptr;
  settle();
  clock_.cancel_all();  // Or ~actor_system runs timers that arm themselves again, for ever.
}

Instant Engine::now() const {
  return clock_.current_time;
}

void Engine::after(std::chrono::nanoseconds delay, Task task) {
  caf::delayed_anon_send(runner_, delay, EngineTask{std::move(task)});
}

void Engine::befall(std::chrono::nanoseconds delay, Task task) {
  misfortunes_.emplace(now() + delay, std::move(task));
}

/// Not only at quiet instants: a crash must also fall between two messages of a chain.
bool Engine::run_misfortune() {
  if (misfortunes_.empty() || misfortunes_.begin()->first > now()) {
    return false;
  }
  if (!scheduler_.jobs.empty()) {
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

void Engine::run_one() {
  auto& jobs = scheduler_.jobs;
  std::swap(jobs[0], jobs[order_.below(jobs.size())]);
  scheduler_.try_run_once();
  ++steps_;
}

bool Engine::step(Instant end) {
  if (run_misfortune()) {
    return true;
  }
  if (!scheduler_.jobs.empty()) {
    run_one();
    return true;
  }
  auto next = Instant::max();
  if (clock_.has_pending_timeout()) {
    next = clock_.schedule().begin()->first;
  }
  if (!misfortunes_.empty()) {
    next = std::min(next, misfortunes_.begin()->first);
  }
  if (next > end) {
    clock_.advance_time(std::max(end - now(), caf::actor_clock::duration_type{0}));
    return false;
  }
  clock_.advance_time(std::max(next - now(), caf::actor_clock::duration_type{0}));
  return true;
}

void Engine::settle() {
  while (!scheduler_.jobs.empty()) {
    run_one();
  }
}

}  // namespace hearth::sim
