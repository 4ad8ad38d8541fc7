#pragma once
// What the splice engine decides, without its system calls: which connection may say what until
// when, who is joined with whom, which side is closed when, and what is charged. The engine's
// thread drives it with sockets, the simulator with byte pipes.
//
// A connection is first read byte by byte as ordered (`ReadUpTo`), is then silent while it waits
// for the other side, and from `Join` on belongs to the driver, which moves bytes until it hears
// `ShutDown` or `Close`. Every connection gets exactly one `Close`, except one that the driver
// reports `broken`: that one is forgotten by both. One thread.

#include "actors/link/data_preface.hpp"
#include "actors/relay/relay_ports.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::relay {

struct EngineLimits {
  /// Without an order yet. Beyond it the oldest is closed that has not shown a key either; the
  /// oldest of all, where each has.
  std::size_t unproven = 1024;
  std::size_t per_key = 512;  ///< Connections with an order, of one peer.
  std::size_t connections = 16'384;
  Millis handshake_deadline{3000};  ///< From arrival to the order.
  Millis leg_deadline{10'000};      ///< From the client's order to the home's.
  Millis linger_deadline{30'000};   ///< From the first side's end to the other's.
  /// With what the relay and its log take after it, a crash loses no more than 5 s (P9).
  Millis metering_interval{4000};
};

// ---- effects, to be done in their order ----

/// Hand over what arrives, 1 to `bytes` of it, once.
struct ReadUpTo {
  ConnectionId connection = 0;
  std::size_t bytes = 0;
};
/// At most 8 KiB, on a connection that has sent next to nothing: a driver that cannot send at
/// once reports it broken.
struct SendBytes {
  ConnectionId connection = 0;
  Bytes bytes;
};
/// Move bytes both ways from now on.
struct Join {
  ConnectionId client = 0;
  ConnectionId home = 0;
};
/// Nothing more will be sent to it.
struct ShutDown {
  ConnectionId connection = 0;
};
struct Close {
  ConnectionId connection = 0;
  bool abort = false;  ///< Drop what is queued, by RST.
};
using EngineEffect = std::variant<ReadUpTo, SendBytes, Join, ShutDown, Close, RelayExternal>;
using EngineEffects = std::vector<EngineEffect>;

struct EngineCounts {
  std::size_t connections = 0;
  std::size_t unproven = 0;
  std::size_t pairs = 0;       ///< Joined, or waiting for the home.
  std::uint64_t rejected = 0;  ///< Closed by us, in all, for want of a proper preface.
};

class RelayEngineMachine {
 public:
  explicit RelayEngineMachine(EngineLimits limits);

  /// `connection` is greater than all before.
  [[nodiscard]] EngineEffects accepted(ConnectionId connection, Instant now);
  [[nodiscard]] EngineEffects bytes(ConnectionId connection, BytesView bytes, Instant now);
  /// Its peer has finished sending, and all it sent was taken for the other side.
  [[nodiscard]] EngineEffects drained(ConnectionId connection, Instant now);
  /// It failed, or its peer closed it before it was joined. The driver has closed it.
  [[nodiscard]] EngineEffects broken(ConnectionId connection, Instant now);
  /// The kernel took `bytes` that came from `connection` for the other side.
  void moved(ConnectionId connection, std::uint64_t bytes);
  [[nodiscard]] EngineEffects order(const RelayCommand& command, Instant now);
  [[nodiscard]] EngineEffects tick(Instant now);
  /// When `tick` must come, at the latest.
  [[nodiscard]] std::optional<Instant> next_tick() const;
  /// Ends everything, with the last bills.
  [[nodiscard]] EngineEffects stop();

  [[nodiscard]] EngineCounts counts() const;

 private:
  enum class State : std::uint8_t {
    preface,  ///< No order yet.
    asking,   ///< A client that waits for the relay machine.
    waiting,  ///< A client that waits for its home's leg.
    early,    ///< A home's leg that came before the engine was told to expect it.
    joined,
  };
  struct Connection {
    State state = State::preface;
    bool drained = false;
    std::unique_ptr<link::DataResponder> responder;  ///< Until joined.
    link::DataKeyName key;
    NodeId peer;  ///< Zero until there is an order.
    PairId pair = 0;
    std::optional<Instant> deadline;
  };
  struct Pair {
    ConnectionId client = 0;
    ConnectionId home_leg = 0;  ///< 0 until it is there.
    NodeId home;
    std::uint64_t to_client = 0;  ///< Not yet reported.
    std::uint64_t to_home = 0;
  };
  struct Key {
    seal::DataKey key;
    NodeId peer;
    Role role = Role::none;
    std::set<ConnectionId> open;  ///< With an order, not joined.
  };
  using Connections = std::unordered_map<ConnectionId, Connection>;

  void take_order(ConnectionId id, Connection& connection, Instant now, EngineEffects& out);
  void take_accept(ConnectionId id, Connection& connection, PairId pair, EngineEffects& out);

  void on(const InstallKey& order, EngineEffects& out);
  void on(const RemoveKey& order, EngineEffects& out);
  void on(const ExpectLeg& order, EngineEffects& out);
  void on(const DenyOpen& order, EngineEffects& out);
  void on(const CutPairs& order, EngineEffects& out);
  void on(const StopAdmitting& order, EngineEffects& out);

  void join(PairId id, Pair& pair, ConnectionId home_leg, EngineEffects& out);
  void settle(ConnectionId id);
  /// Tells a client without a home why, closes it, and ends its pair if it has one.
  void refuse(ConnectionId id, ErrorCode reason, EngineEffects& out);
  void end_pair(PairId id, ErrorCode reason, bool abort, EngineEffects& out);
  void close(ConnectionId id, bool abort, EngineEffects& out);
  void forget(ConnectionId id);
  void set_deadline(ConnectionId id, std::optional<Instant> deadline);
  void expire(ConnectionId id, EngineEffects& out);
  void meter(Instant now, EngineEffects& out);

  EngineLimits limits_;
  bool admitting_ = true;
  std::uint64_t rejected_ = 0;
  Connections connections_;
  std::set<ConnectionId> unproven_;  ///< Without an order. Oldest first.
  std::set<ConnectionId> keyless_;   ///< Of these, those that have not shown a key.
  std::set<std::pair<Instant, ConnectionId>> deadlines_;
  std::map<link::DataKeyName, Key> keys_;
  std::map<NodeId, std::size_t> connections_by_peer_;  ///< With an order.
  std::unordered_map<PairId, Pair> pairs_;
  std::map<std::pair<NodeId, PairId>, ConnectionId> early_legs_;  ///< By home.
  Instant next_metering_{};                                       ///< While there are pairs.
};

}  // namespace hearth::relay
