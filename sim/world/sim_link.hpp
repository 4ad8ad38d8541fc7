#pragma once
// A node's link over the simulated network: the real link machine and shell, with a wire of
// simulated sockets in place of TCP's.

#include "actors/link/link_counters.hpp"
#include "actors/link/link_machine.hpp"
#include "actors/link/link_maker.hpp"
#include "actors/runtime/clock.hpp"
#include "sim/world/message_filters.hpp"
#include "sim/world/network.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace hearth::sim {

struct SimLinkParts {
  Network* network = nullptr;  ///< Outlives the actor system, as do the timers.
  Timers* timers = nullptr;
  const MessageFilters* filters = nullptr;
  HostId host{};
  std::vector<std::uint16_t> listen;
  link::LinkOptions link;
  const WallClock* wall = nullptr;
  std::shared_ptr<link::LinkCounters> counters = std::make_shared<link::LinkCounters>();
};

[[nodiscard]] LinkMaker sim_link_maker(SimLinkParts parts);

/// How a socket's events come to an actor that handles `SocketEvent`: as messages.
[[nodiscard]] SocketSink sink_of(Timers& timers, const caf::actor& actor);

}  // namespace hearth::sim
