#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

namespace hearth::cli {

/// How CAF runs in a process of Hearth: with sockets, on as many threads as a small node needs.
/// These wait for work in one queue: those that steal it from each other look for it 20,000 times a
/// second when it has run out, which costs a node that is not busy more than all that it does.
struct SystemConfig : caf::actor_system_config {
  SystemConfig() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", std::size_t{2});
    set("scheduler.policy", caf::atom("sharing"));
  }
};

}  // namespace hearth::cli
