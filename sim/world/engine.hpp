#pragma once
// Virtual time and the order of events, on CAF's testing scheduler: which actor runs next is drawn
// from the seed, and when nobody can run, time jumps to the next timer. The one file of the
// simulator that knows CAF's scheduler.

#include "messages/base/types.hpp"
#include "messages/envelope/message_kind.hpp"
#include "sim/random.hpp"
#include "sim/timers.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace caf {
class resumable;
}
namespace caf::scheduler {
class test_coordinator;
}
namespace caf::detail {
class test_actor_clock;
}

namespace hearth::sim {

struct EngineConfig : caf::actor_system_config {
  EngineConfig();
};

/// One thread. Owns the actor system of all nodes.
class Engine final : public Timers {
 public:
  using Task = std::function<void()>;

  explicit Engine(Random order);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// Precondition: nobody but the engine holds actors any more.
  ~Engine() override;

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] Instant now() const override;

  /// Runs `task` among messages: what a device or a kernel does. Tasks that are due at the same
  /// time run in the order of their making.
  void after(std::chrono::nanoseconds delay, Task task) override;
  /// Runs `task` between two messages, some steps after its time: what befalls a node from outside.
  /// It may call `settle`.
  void befall(std::chrono::nanoseconds delay, Task task);

  /// Runs one message, or jumps to the next timer, not beyond `end`. False: it is `end`, or nothing
  /// will ever happen again.
  bool step(Instant end);
  /// Runs every message that is ready now; time stands still.
  void settle();
  /// Messages that actors have handled.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  /// A message that is about to be handled: its place among those that were ready, as drawn.
  struct Step {
    std::uint64_t drawn = 0;
    std::uint64_t ready = 0;
  };
  struct StepText {
    std::string node;
    std::string actor;
    std::string message;
  };
  /// Told of every step. `text` is slow: for whoever reads.
  std::function<void(const Step& step, const std::function<StepText()>& text)> watch;
  using Handles = std::function<void(MessageKind kind)>;
  /// `root` and all that it spawns, and so on, are of `node`, as `watch` tells them. `handles` is
  /// told of every message of another node that one of them is about to handle.
  void name_tree(const caf::actor& root, const std::string& node, Handles handles);
  /// If set, runs every step that handles such a message: for who wants to know how long it takes.
  std::function<void(MessageKind kind, const Task& step)> clock_in;

 private:
  /// A task that is not due yet. Small, as they move about in the heap.
  struct Timer {
    Instant at;
    std::uint64_t number = 0;
    std::uint32_t task = 0;  ///< Index in `tasks_`.
    bool operator<(const Timer& other) const {
      return at != other.at ? at > other.at : number > other.number;  // the top is the next one
    }
  };
  bool run_misfortune();
  [[nodiscard]] bool is_idle() const;
  void run_one();
  [[nodiscard]] Instant next_event() const;
  void advance_to(Instant at);
  void run_message(const Step& step);
  [[nodiscard]] StepText text_of(caf::resumable& job) const;
  struct Owner {
    std::string node;
    Handles handles;
  };
  [[nodiscard]] const Owner& owner_of(std::uint64_t actor) const;

  Random order_;
  EngineConfig config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  caf::detail::test_actor_clock& clock_;
  std::vector<Timer> timers_;  ///< A heap.
  std::uint64_t timer_last_ = 0;
  std::vector<Task> tasks_;
  std::vector<std::uint32_t> free_tasks_;
  std::deque<Task> due_;
  std::multimap<Instant, Task> misfortunes_;
  std::uint64_t steps_to_wait_ = 0;
  std::uint64_t steps_ = 0;
  /// Of the actor with this id and of those above it, up to the next.
  std::map<std::uint64_t, const Owner*> owner_by_first_id_;
  std::deque<Owner> owners_;   // never moved
  std::uint64_t id_last_ = 0;  ///< Its owner is known.
};

}  // namespace hearth::sim
