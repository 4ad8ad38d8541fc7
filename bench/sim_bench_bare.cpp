#include "bench/sim_bench_bare.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <vector>

namespace hearth::bench {

namespace {

constexpr std::size_t actors = 1000;
constexpr std::uint64_t messages = 500'000;

struct Ring {
  std::vector<caf::actor> members;
  std::uint64_t handled = 0;
};

caf::behavior member(caf::event_based_actor* self, const std::shared_ptr<Ring>& ring,
                     std::size_t number) {
  return {[self, ring, number](std::uint64_t payload) {
    ++ring->handled;
    const auto& next = ring->members[(number * 7 + 1) % actors];
    self->delayed_send(next, std::chrono::microseconds(100 + number), payload + 1);
  }};
}

}  // namespace

double bare_messages_per_s() {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system system(config);
  system.await_actors_before_shutdown(false);
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  const auto ring = std::make_shared<Ring>();
  for (std::size_t i = 0; i < actors; ++i) {
    ring->members.push_back(system.spawn(member, ring, i));
  }
  for (const auto& each : ring->members) {
    caf::anon_send(each, std::uint64_t{0});
  }
  const auto start = std::clock();
  while (ring->handled < messages) {
    if (!scheduler.try_run_once()) {
      scheduler.trigger_timeout();
    }
  }
  const auto took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  for (const auto& each : std::exchange(ring->members, {})) {
    caf::anon_send_exit(each, caf::exit_reason::kill);
  }
  while (scheduler.try_run_once()) {
  }
  scheduler.clock().cancel_all();
  return static_cast<double>(messages) / took;
}

}  // namespace hearth::bench
