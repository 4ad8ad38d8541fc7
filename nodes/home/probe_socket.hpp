#pragma once
// What goes over the socket between the home and its probe workers.

#include <cstdint>

namespace hearth::home {

/// Comes with the descriptor of the file.
struct ProbeRequest {
  std::uint8_t task;             ///< A `ProbeTask`.
  std::uint8_t extension_bytes;  ///< At most 14.
  char extension[14];
};

/// Waits for one task and answers it. False when the home closed the socket.
bool serve_probe_task(int socket);

}  // namespace hearth::home
