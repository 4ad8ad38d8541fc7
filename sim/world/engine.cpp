#include "sim/world/engine.hpp"

#include "actors/runtime/step.hpp"
#include "messages/envelope/header.hpp"

#include <caf/detail/pretty_type_name.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <typeinfo>
#include <utility>

namespace hearth::sim {

namespace {

/// Misfortunes come between two messages, at most so many late.
constexpr std::uint64_t steps_to_wait_max = 16;

template <class Input>
const Input* as(const caf::type_erased_tuple& message) {
  const auto* type = message.type(0).second;
  return type != nullptr && *type == typeid(Input) ? &message.get_as<Input>(0) : nullptr;
}

/// Of the message that another node has sent to `actor` and that it handles next.
std::optional<MessageKind> kind_of_next(caf::scheduled_actor& actor) {
  const auto* next = actor.mailbox().peek();
  if (next == nullptr || next->content().size() == 0) {
    return std::nullopt;
  }
  const Envelope* envelope = nullptr;
  if (const auto* delivered = as<Delivered>(next->content())) {
    envelope = &delivered->envelope;
  } else if (const auto* answered = as<Answered>(next->content()); answered && answered->answer) {
    envelope = &answered->answer.value();
  }
  if (envelope == nullptr) {
    return std::nullopt;
  }
  const auto header = header_of(*envelope);
  return header ? std::optional(header.value().kind) : std::nullopt;
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
  const auto ready = jobs.size() + (due_.empty() ? 0 : 1);
  const auto drawn = order_.below(ready);
  if (drawn == jobs.size()) {
    const auto task = std::move(due_.front());
    due_.pop_front();
    task();
    return;
  }
  std::swap(jobs[0], jobs[drawn]);
  run_message({drawn, ready});
}

void Engine::run_message(const Step& step) {
  auto& job = *scheduler_.jobs[0];
  if (watch) {
    watch(step, [this, &job] { return text_of(job); });
  }
  auto* actor = dynamic_cast<caf::scheduled_actor*>(&job);
  const auto runs = actor == nullptr ? 0 : actor->id();
  const auto kind = actor == nullptr ? std::nullopt : kind_of_next(*actor);
  if (kind) {
    owner_of(runs).handles(*kind);
  }
  if (kind && clock_in) {
    clock_in(*kind, [this] { scheduler_.try_run_once(); });
  } else {
    scheduler_.try_run_once();
  }
  if (system_.latest_actor_id() > id_last_) {  // Whom it spawned is of its node.
    owner_by_first_id_[id_last_ + 1] = &owner_of(runs);
    id_last_ = system_.latest_actor_id();
  }
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

void Engine::name_tree(const caf::actor& root, const std::string& node, Handles handles) {
  owners_.push_back({node, std::move(handles)});
  owner_by_first_id_[root.id()] = &owners_.back();
  id_last_ = system_.latest_actor_id();
}

const Engine::Owner& Engine::owner_of(std::uint64_t actor) const {
  static const Owner world{"world", [](MessageKind) {}};
  const auto after = owner_by_first_id_.upper_bound(actor);
  return after == owner_by_first_id_.begin() ? world : *std::prev(after)->second;
}

Engine::StepText Engine::text_of(caf::resumable& job) const {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(&job);
  if (actor == nullptr) {
    return {"world", "scheduler", "job"};
  }
  StepText text{owner_of(actor->id()).node, actor->name(), "start"};
  const auto* next = actor->mailbox().peek();
  if (next != nullptr && next->content().size() > 0) {
    const auto type = next->content().type(0);
    text.message = type.second == nullptr ? fmt::format("message type {}", type.first)
                                          : caf::detail::pretty_type_name(*type.second);
  }
  return text;
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
