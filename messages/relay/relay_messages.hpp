#pragma once
// What is said to and by a super-peer. It sees ids, keys and byte counts, never content.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <variant>

namespace hearth::relay {

/// By a home, to the actor "relay": from now on it is reachable here. A second attachment of the
/// same home replaces the first. Refused: `certificate_invalid`, `limit_reached`.
struct AttachHome {
  static constexpr MessageKind kind = MessageKind::attach_home;
  Bytes certificate;
  friend bool operator==(const AttachHome&, const AttachHome&) = default;
};

/// By a client, to "relay": joins its session and the home's by a tunnel, a byte pipe that the
/// link carries in frames. Refused: `ticket_invalid`, `home_offline`, `limit_reached`.
struct OpenTunnel {
  static constexpr MessageKind kind = MessageKind::open_tunnel;
  NodeId home;
  /// Chosen by the client: higher than any before in its session with the super-peer. Else it is
  /// refused as `value_invalid`.
  std::uint64_t tunnel = 0;
  Bytes ticket;
  friend bool operator==(const OpenTunnel&, const OpenTunnel&) = default;
};

/// By a super-peer, to "home": a client wants a session. `tunnel` is new in this session.
struct OfferTunnel {
  static constexpr MessageKind kind = MessageKind::offer_tunnel;
  std::uint64_t tunnel = 0;
  NodeId client;
  friend bool operator==(const OfferTunnel&, const OfferTunnel&) = default;
};

/// By a super-peer, to "home": connect to my data port and name `pair`; `sealed_request` is the
/// client's `home::SealedRequest`.
struct OrderDial {
  static constexpr MessageKind kind = MessageKind::order_dial;
  std::uint64_t pair = 0;
  NodeId client;
  Bytes sealed_request;
  friend bool operator==(const OrderDial&, const OrderDial&) = default;
};

/// By a client, to "relay", before its ticket ends: streams and tunnels go on.
struct PresentTicket {
  static constexpr MessageKind kind = MessageKind::present_ticket;
  NodeId home;
  Bytes ticket;
  friend bool operator==(const PresentTicket&, const PresentTicket&) = default;
};

// ---- the one frame of a data connection, inside its NNpsk0 channel ----

/// Client to super-peer.
struct OpenStream {
  static constexpr MessageKind kind = MessageKind::open_stream;
  NodeId home;
  Bytes ticket;
  Bytes sealed_request;
  friend bool operator==(const OpenStream&, const OpenStream&) = default;
};

/// Home to super-peer: the answer to `OrderDial`. What follows on the connection is the stream.
struct AcceptStream {
  static constexpr MessageKind kind = MessageKind::accept_stream;
  std::uint64_t pair = 0;
  friend bool operator==(const AcceptStream&, const AcceptStream&) = default;
};

// ---- events of the super-peer's metering stream ----

/// Bytes that the super-peer's kernel took for the receiver since the last record of this pair. As
/// a row of the stream: all of them ever.
struct BytesMetered {
  NodeId client;
  NodeId home;
  std::uint64_t to_client = 0;
  std::uint64_t to_home = 0;
  std::int64_t at_ms = 0;
  friend bool operator==(const BytesMetered&, const BytesMetered&) = default;
};

/// The process has begun epoch `epoch`: the first record of every start. Also the stream's
/// snapshot.
struct EpochBegun {
  std::uint64_t epoch = 0;
  friend bool operator==(const EpochBegun&, const EpochBegun&) = default;
};

using RelayEvent = std::variant<BytesMetered, EpochBegun>;

}  // namespace hearth::relay
