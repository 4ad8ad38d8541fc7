#pragma once

#include "messages/base/limits.hpp"
#include "messages/base/types.hpp"

#include <cstddef>

namespace hearth::link {

/// Every bound of one link. The defaults are those of a node; tests use smaller ones.
struct LinkLimits {
  // Requests to one peer, unanswered. Bulk gets half of each; consensus is not bounded here.
  std::size_t requests_in_flight = 256;
  std::size_t bytes_in_flight = std::size_t{8} << 20U;
  /// Requests to one peer that wait for credit or for a connection.
  std::size_t requests_queued = 4096;
  std::size_t bytes_queued = std::size_t{16} << 20U;

  // From one session, delivered and not yet answered. Above what an honest peer's credit lets out.
  std::size_t inbound_requests = 1024;
  std::size_t inbound_bytes = std::size_t{16} << 20U;
  /// Tells have no answers that could carry credit, so they have a rate. More are dropped.
  std::size_t tells_per_second = 1024;
  std::size_t tell_bytes_per_second = std::size_t{8} << 20U;

  // Bytes on their way to one peer.
  std::size_t unsent_max = std::size_t{1} << 20U;    ///< Sealed, and not yet taken by the wire.
  std::size_t backlog_high = std::size_t{4} << 20U;  ///< Sealed or waiting: we stop reading.
  std::size_t backlog_low = std::size_t{1} << 20U;   ///< We read again.
  std::size_t backlog_max = std::size_t{32} << 20U;  ///< The session is closed.

  // Tunnels.
  std::size_t tunnel_window = std::size_t{256} << 10U;  ///< Sent and not yet known as received.
  std::size_t tunnel_queue = std::size_t{1} << 20U;  ///< Of a bridge, each way; then it is closed.
  std::size_t tunnels_per_session = 1024;

  // Connections.
  std::size_t strangers = 256;  ///< That have not proven a key; the oldest makes room.
  std::size_t strangers_per_source = 64;
  std::size_t sessions = 16'384;
  std::size_t sessions_per_source = 1024;
  Millis accept_deadline = limits::handshake_deadline;
  Millis dial_deadline{5000};  ///< Names, connecting and handshake.
  Millis ping_after{1500};     ///< Of silence.
  Millis silence_max{5000};
  /// Two connections, one dialled by each side, that are proven within this time crossed.
  Millis crossing_window{3000};
};

}  // namespace hearth::link
