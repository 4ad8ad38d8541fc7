#pragma once
// How data connections behave on the wire. Linux gives accepted sockets what their listener has,
// so it is set once, there.

#include "messages/base/result.hpp"

#include <cstddef>
#include <string>

namespace hearth {

struct SocketSetup {
  /// What the relay may hold of one direction, each way; the kernel may allow less
  /// (net.core.rmem_max, wmem_max). Bounds how stale a stream is after a seek.
  std::size_t buffer_bytes = std::size_t{2} << 20U;
  /// Kept where the kernel offers it; empty: the kernel's default.
  std::string congestion_control = "bbr";
};

/// Starts listening on a bound socket. Errors: `in_use`, `value_invalid` (not a bound TCP socket).
Result<void> listen_for_data(int listener, const SocketSetup& setup);

/// Makes the next close(2) a reset: what is queued is dropped, the peer hears at once.
void reset_on_close(int socket);

}  // namespace hearth
