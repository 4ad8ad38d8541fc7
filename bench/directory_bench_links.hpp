#pragma once
// Devices with a link of their own to a directory, all in this process and on one actor system.

#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/roles/actor_input.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "bench/directory_bench_load.hpp"
#include <future>
#include <memory>

namespace hearth::bench {

struct BenchSystemConfig : caf::actor_system_config {
  BenchSystemConfig();
};

/// One device. One thread.
class BenchLink {
 public:
  /// `system`, with a `BenchSystemConfig`, outlives the link.
  BenchLink(caf::actor_system& system, const seal::Identity& device, const NodeId& directory,
            const seal::NodeList& nodes);
  BenchLink(const BenchLink&) = delete;
  BenchLink& operator=(const BenchLink&) = delete;
  ~BenchLink();  ///< Waits until its actors have ended.

  [[nodiscard]] const NodeId& device() const { return device_; }
  [[nodiscard]] const NodeId& directory() const { return directory_; }

  /// Precondition: the load before it has come out.
  [[nodiscard]] std::future<Outcome> begin(Load load);

 private:
  caf::actor_system& system_;
  NodeId device_;
  NodeId directory_;
  cli::ActorInput<LoadMachine> input_;
  std::promise<Outcome> outcome_;  ///< Of the load under way, which the actor fulfils.
  caf::actor root_;
};

}  // namespace hearth::bench
