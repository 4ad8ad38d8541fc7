#pragma once
// Virtual time and the order of events, on CAF's testing scheduler: which actor runs next is drawn
// from the seed, and when nobody can run, time jumps to the next timer. The one file of the
// simulator that knows CAF's scheduler.

#include "messages/base/types.hpp"
#include "sim/random.hpp"
#include "sim/timers.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

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
  [[nodiscard]] Instant now() const;

  /// Runs `task` as a message among messages: what a device or a kernel does.
  void after(std::chrono::nanoseconds delay, Task task) override;
  /// Runs `task` between two messages, some steps after its time: what befalls a node from outside.
  /// It may call `settle`.
  void befall(std::chrono::nanoseconds delay, Task task);

  /// Runs one message, or jumps to the next timer, not beyond `end`. False: it is `end`, or nothing
  /// will ever happen again.
  bool step(Instant end);
  /// Runs every message that is ready now; time stands still.
  void settle();
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  bool run_misfortune();
  void run_one();

  Random order_;
  EngineConfig config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  caf::detail::test_actor_clock& clock_;
  caf::actor runner_;
  std::multimap<Instant, Task> misfortunes_;
  std::uint64_t steps_to_wait_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace hearth::sim
