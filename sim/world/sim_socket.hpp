#pragma once
// A data connection as the simulated home, super-peer and client drive it: callbacks, and no event
// after its end.

#include "messages/seal/node_list.hpp"
#include "sim/world/network.hpp"

#include <functional>
#include <memory>

namespace hearth::sim {

struct SocketHandlers {
  std::function<void()> connected{};
  std::function<void(Bytes bytes)> bytes{};
  std::function<void()> finished{};  ///< The peer sends no more.
  std::function<void(std::size_t under_way)> room{};
  std::function<void()> closed{};  ///< The last one.
};

/// The sink of one socket, or of a listener (`accepted` gets the numbers of new sockets, which then
/// need a handler of their own). Its life ends it: no handler is called any more.
class SimSocket final {
 public:
  /// Begins to connect.
  SimSocket(Network& network, Timers& timers, HostId from, const seal::Endpoint& to,
            SocketHandlers handlers);
  SimSocket(const SimSocket&) = delete;
  SimSocket& operator=(const SimSocket&) = delete;
  /// Closes, if that was not done.
  ~SimSocket();

  void send(Bytes bytes);
  void shut_down() { network_.shut_down(socket_); }
  void close(bool abort);
  [[nodiscard]] std::size_t under_way() const { return network_.under_way(socket_); }

 private:
  Network& network_;
  SocketId socket_ = 0;
  std::shared_ptr<SocketHandlers> handlers_;  // what is under way holds it weakly
};

/// A sink that hands admitted events to `handle` as long as `owner` lives. Events that the own
/// kernel tells (a connection that failed) come as `closed`.
[[nodiscard]] SocketSink task_sink(Network& network, Timers& timers, std::weak_ptr<void> owner,
                                   std::function<void(SocketEvent&)> handle);

}  // namespace hearth::sim
