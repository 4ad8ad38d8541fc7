#pragma once
// The simulated side of a super-peer: the byte mover of the real relay engine machine, on simulated
// connections. What the splice engine does with epoll and pipes, this does with events.

#include "actors/relay/relay_engine_machine.hpp"
#include "actors/relay/relay_machine.hpp"
#include "sim/world/network.hpp"
#include "sim/world/post.hpp"

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace hearth::sim {

/// What an evil super-peer does to a chunk that it passes on.
using Meddle = std::function<void(Bytes& chunk)>;

/// What it has passed on in all, as its kernel counts: beside these the bills are checked.
struct Moved {
  std::uint64_t to_client = 0;
  std::uint64_t to_home = 0;
};
/// A client's machine and a home's.
using Parties = std::pair<HostId, HostId>;
using MovedBytes = std::map<Parties, Moved>;

/// One life of the process.
class SimRelayEngine final {
 public:
  /// Listens on `port`. `moved` outlives it.
  SimRelayEngine(Network& network, Timers& timers, HostId host, std::uint16_t port,
                 MovedBytes& moved);
  SimRelayEngine(const SimRelayEngine&) = delete;
  SimRelayEngine& operator=(const SimRelayEngine&) = delete;
  ~SimRelayEngine();

  void order(const relay::RelayCommand& command);
  Post<relay::RelayMachine> machine;
  Meddle meddle;

 private:
  struct Leg {
    SocketId socket = 0;
    HostId host{};  ///< The peer's.
    std::size_t wanted = 0;
    Bytes inbox;
    relay::ConnectionId other = 0;  ///< 0: not joined.
    bool is_home = false;
    bool finished = false;  ///< It sends no more.
    bool drained = false;
    bool paused = false;
  };

  void on_event(SocketEvent& event);
  void apply(relay::EngineEffects effects);
  void perform(const relay::ReadUpTo& effect);
  void perform(const relay::SendBytes& effect);
  void perform(const relay::Join& effect);
  void perform(const relay::ShutDown& effect);
  void perform(const relay::Close& effect);
  void perform(relay::RelayExternal& effect);
  void pump(relay::ConnectionId id);
  void count(const Leg& from, const Leg& to, std::size_t bytes);
  void broken(relay::ConnectionId id);
  void tick_when_due();
  [[nodiscard]] Leg* find(relay::ConnectionId id);

  Network& network_;
  Timers& timers_;
  MovedBytes& moved_;
  relay::RelayEngineMachine engine_;
  std::map<relay::ConnectionId, Leg> legs_;
  std::map<SocketId, relay::ConnectionId> by_socket_;
  relay::ConnectionId last_ = 0;
  std::optional<Instant> tick_at_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::sim
