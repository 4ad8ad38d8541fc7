#pragma once

#include "actors/link/channel_machine.hpp"
#include "actors/link/inbound_table.hpp"
#include "actors/link/outbox.hpp"
#include "actors/link/reassembly.hpp"
#include "actors/link/tunnel_table.hpp"
#include "actors/runtime/step.hpp"

#include <optional>
#include <string>
#include <utility>

namespace hearth::link {

/// One pipe of bytes with its channel: a connection of the wire, or a tunnel inside another
/// session. Belongs to the link machine.
struct LinkSession {
  LinkSession(std::uint64_t its_number, ChannelMachine its_channel, const LinkLimits& limits,
              Instant now)
      : number(its_number),
        channel(std::move(its_channel)),
        inbound(limits),
        opened(now),
        heard(now) {}

  /// Sealed or waiting to be.
  [[nodiscard]] std::size_t backlog() const { return outbox.bytes() + unsent; }

  std::uint64_t number;  ///< Never reused; also names the connection of the wire.
  ChannelMachine channel;
  std::optional<TunnelEnd> via;  ///< Of a tunnelled session.
  std::string source;            ///< Of an accepted connection: the address it came from.
  bool dialled = false;          ///< By us.
  std::optional<NodeId> expected;
  std::optional<PeerInfo> peer;  ///< Once proven.
  Outbox outbox;
  Reassembly reassembly;
  InboundTable inbound;
  Instant opened;
  Instant heard;
  Instant up_since{};
  bool paused = false;

  /// Bytes that the wire, or the peer at a tunnel's far end, has not yet taken.
  std::size_t unsent = 0;

  // A tunnel's pipe has no back-pressure of its own (the session around it must not wait for one
  // slow peer), so its ends keep a window: a ping carries the number of bytes sent before it, and
  // its pong says that so many have arrived. A peer that is behind keeps its pongs back.
  std::uint64_t sent = 0;
  std::uint64_t marked = 0;  ///< `sent` at the last ping.
  std::optional<std::uint64_t> pong_owed;
};

}  // namespace hearth::link
