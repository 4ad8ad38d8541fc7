#pragma once
// TCP between the machines of a simulated world: byte streams that are late, slow, stalled, broken
// or silently dead. What happens to packets shows as TCP shows it: a lost one costs a
// retransmission, a doubled one bandwidth, an overtaken one a little delay; within a connection
// bytes are never lost, doubled or reordered.
//
// Source of the timing: RFC 6298 (retransmission), Linux tcp(7) (SYN retries, TCP_USER_TIMEOUT).

#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"
#include "sim/random.hpp"
#include "sim/timers.hpp"
#include "sim/world/route.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

/// One end of a connection. The other end is `peer_of(socket)`. Never reused.
using SocketId = std::uint64_t;

struct SocketEvent {
  enum class Kind : std::uint8_t {
    accepted,   ///< A new connection, to a listener.
    connected,  ///< A dialled one is up.
    bytes,
    room,      ///< `count` bytes are still on their way; less than before.
    finished,  ///< The peer has shut its side down; all it sent was before this.
    closed,    ///< Refused, reset or timed out.
  };
  Kind kind = Kind::closed;
  SocketId socket = 0;
  Bytes bytes{};
  std::size_t count = 0;
};

/// Has `event` come to its owner `delay` from now, who then calls `Network::admit`.
using SocketSink = std::function<void(std::chrono::nanoseconds delay, SocketEvent event)>;

/// What one processor needs for what arrives.
struct ServiceTimes {
  std::chrono::nanoseconds chunk{};       ///< Each piece of a connection's bytes.
  std::chrono::nanoseconds connection{};  ///< A new one, with its handshake.
  double nanoseconds_per_byte = 0;
  double factor = 1;  ///< Of a machine that is slow.
};

/// Looks at what crosses a host: a checker.
using Tap = std::function<void(HostId from, HostId to, BytesView bytes)>;
/// May change what a host's application is given: an evil relay.
using Tamper = std::function<void(HostId from, HostId to, Bytes& bytes)>;

/// One thread. Outlives all that is connected to it.
class Network final {
 public:
  /// `timers` outlive the network.
  Network(Timers& timers, Random random);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  // ---- machines ----

  /// `name` is what others dial; `region` what routes go by.
  HostId add_host(const std::string& name, const std::string& region, bool behind_nat);
  [[nodiscard]] Routes& routes() { return routes_; }
  [[nodiscard]] HostId host(std::string_view name) const;

  void listen(HostId host, std::uint16_t port, SocketSink sink);
  /// All sockets and listeners of the host are gone at once. Its kernel tells the peers, unless
  /// the whole machine is without power: they then hear nothing.
  void process_died(HostId host);
  void power_lost(HostId host);
  void power_back(HostId host);
  /// The host's NAT forgets its connections: nothing reaches the host over them any more, and what
  /// it sends is answered with a reset.
  void rebind(HostId host);
  /// A break of the connections between the two that both ends hear of.
  void reset(HostId a, HostId b);
  /// As `reset`, but only `b` hears of it; `a` hears silence.
  void half_open(HostId a, HostId b);
  /// Call after every change of `routes()`.
  void routes_changed();
  /// What handling costs the host's processor: what it sends leaves when that is done.
  void set_service(HostId host, const ServiceTimes& times);
  /// The host's processor has so much more to do, after all that it has to do already.
  void charge(HostId host, std::chrono::nanoseconds work);

  // ---- sockets ----

  [[nodiscard]] static SocketId peer_of(SocketId socket) { return socket ^ 1U; }
  [[nodiscard]] SocketId dial(HostId from, const seal::Endpoint& to, SocketSink sink);
  /// Also while still connecting. Nothing happens on a socket that is over.
  void send(SocketId socket, Bytes bytes);
  void shut_down(SocketId socket);
  /// Both ways at once; `abort`: what is under way is dropped.
  void close(SocketId socket, bool abort);
  /// What arrives waits in the kernel from now on, and fills the sender's window.
  void pause(SocketId socket);
  void resume(SocketId socket);
  /// Bytes sent that the peer's application has not taken.
  [[nodiscard]] std::size_t under_way(SocketId socket) const;

  /// Whether `event`, which has come to its owner now, is to be heard. What is not will come again,
  /// or is void. May change the bytes.
  [[nodiscard]] bool admit(SocketEvent& event);

  // ---- for checkers ----

  Tap tap;
  Tamper tamper;
  [[nodiscard]] HostId host_of(SocketId socket) const;
  /// Whether packets get through, both ways. Says nothing of who is up there.
  [[nodiscard]] bool is_way_open(HostId a, HostId b) const {
    return !routes_.way(a, b).blocked && !routes_.way(b, a).blocked;
  }
  [[nodiscard]] std::uint64_t bytes_carried() const { return bytes_carried_; }

 private:
  struct Host {
    std::string name;
    bool powered = true;
    std::map<std::uint16_t, SocketSink> listeners;
    std::set<SocketId> sockets;  ///< Ends of pipes that are kept, in the order of dialling.
    ServiceTimes service{};
    Instant busy_until{};
  };
  struct End {
    HostId host{};
    SocketSink sink;
    bool open = true;  ///< The application has it.
    bool connected = false;
    bool paused = false;
    bool finished = false;          ///< Has shut its side down.
    std::size_t under_way = 0;      ///< Sent by this end.
    std::size_t untold = 0;         ///< Of these, taken and not told.
    Instant line_free{};            ///< When the next byte of this end may leave.
    Instant last_arrival{};         ///< Nothing overtakes.
    std::vector<SocketEvent> held;  ///< For this end: paused, or the way to it is blocked.
    std::uint32_t tries = 0;        ///< Of a SYN.
    std::uint64_t way_number = 0;   ///< `Routes::version` of `way`.
    Way way;                        ///< From here to the peer.
  };
  struct Pipe {
    End ends[2];
    std::uint16_t port = 0;
    bool rebound[2] = {false, false};  ///< The NAT of that end has forgotten it.
    bool silent = false;               ///< Half-open: nothing arrives anywhere.
    std::optional<Instant> stalled_since;
  };

  [[nodiscard]] Pipe* pipe_of(SocketId socket) const {
    return socket / 2 < pipes_.size() ? pipes_[socket / 2].get() : nullptr;
  }
  [[nodiscard]] End* end_of(SocketId socket);
  const Way& way_from(SocketId socket);
  void transmit(SocketId from, SocketEvent event);
  [[nodiscard]] bool is_blocked(Pipe& pipe, SocketId to);
  [[nodiscard]] bool admit_syn(SocketId to, Pipe& pipe);
  void charge_for(HostId host, const SocketEvent& event);
  void take(SocketId to, const SocketEvent& event);
  void hold(Pipe& pipe, SocketEvent event);
  void release(SocketId socket, std::chrono::nanoseconds delay);
  void fail(SocketId socket, std::chrono::nanoseconds delay);
  void forget_if_over(SocketId socket);
  void forget(std::uint64_t pipe);
  void abandon(HostId host, bool tell_peers);
  [[nodiscard]] std::vector<SocketId> sockets_of(HostId host) const;

  Timers& timers_;
  Random random_;
  Routes routes_;
  std::vector<Host> hosts_;
  std::map<std::string, HostId, std::less<>> host_by_name_;
  /// By socket / 2, the order of dialling; null once forgotten. The first is nobody's: no socket is
  /// 0.
  std::vector<std::unique_ptr<Pipe>> pipes_ = std::vector<std::unique_ptr<Pipe>>(1);
  std::uint64_t bytes_carried_ = 0;
};

}  // namespace hearth::sim
