#pragma once
// The link of a real node: link machine and shell over TCP.

#include "actors/link/link_counters.hpp"
#include "actors/link/link_machine.hpp"
#include "actors/link/link_maker.hpp"
#include "actors/runtime/clock.hpp"
#include "nodes/support/unique_fd.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <vector>

namespace hearth {

struct TcpLinkOptions {
  link::LinkOptions link;
  /// Listening sockets (`listen_on`), so that a port in use is found before anything starts.
  std::vector<UniqueFd> listeners;
  const WallClock* wall = nullptr;  ///< Outlives the actor system.
  std::shared_ptr<link::LinkCounters> counters = std::make_shared<link::LinkCounters>();
};

/// Spawns the link as a broker, linked to the root that is given. Use once.
/// Precondition: the system's configuration has loaded `caf::io::middleman`.
[[nodiscard]] LinkMaker tcp_link_maker(TcpLinkOptions options);

}  // namespace hearth
