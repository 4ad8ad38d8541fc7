#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

namespace hearth::cli {

/// How CAF runs in a process of Hearth: with sockets, on as many threads as a small node needs.
struct SystemConfig : caf::actor_system_config {
  SystemConfig() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", std::size_t{2});
  }
};

}  // namespace hearth::cli
