#include "sim/world/sim_socket.hpp"

#include <utility>

namespace hearth::sim {

namespace {

void call(const std::function<void()>& handler) {
  if (handler) {
    handler();
  }
}

void hand_over(const SocketHandlers& handlers, SocketEvent& event) {
  using Kind = SocketEvent::Kind;
  switch (event.kind) {
    case Kind::accepted: break;
    case Kind::connected: return call(handlers.connected);
    case Kind::bytes: return handlers.bytes ? handlers.bytes(std::move(event.bytes)) : void();
    case Kind::finished: return call(handlers.finished);
    case Kind::room: return handlers.room ? handlers.room(event.count) : void();
    case Kind::closed: return call(handlers.closed);
  }
}

}  // namespace

SocketSink task_sink(Network& network, Timers& timers, std::weak_ptr<void> owner,
                     std::function<void(SocketEvent&)> handle) {
  auto shared = std::make_shared<std::function<void(SocketEvent&)>>(std::move(handle));
  return [&network, &timers, owner = std::move(owner), shared = std::move(shared)](
             std::chrono::nanoseconds delay, SocketEvent event) {
    timers.after(delay, [&network, owner, shared, event = std::move(event)]() mutable {
      const bool own_kernel = event.kind == SocketEvent::Kind::closed && event.count == 1;
      const bool heard = network.admit(event) || own_kernel;
      if (const auto alive = owner.lock(); alive && heard) {
        (*shared)(event);
      }
    });
  };
}

SimSocket::SimSocket(Network& network, Timers& timers, HostId from, const seal::Endpoint& to,
                     SocketHandlers handlers)
    : network_(network), handlers_(std::make_shared<SocketHandlers>(std::move(handlers))) {
  // Not kept alive by the sink: a handler may end the socket that it is called for.
  socket_ = network.dial(
      from, to,
      task_sink(network, timers, handlers_, [weak = std::weak_ptr(handlers_)](SocketEvent& event) {
        if (const auto alive = weak.lock()) {
          hand_over(*alive, event);
        }
      }));
}

SimSocket::~SimSocket() {
  network_.close(socket_, false);
}

void SimSocket::send(Bytes bytes) {
  network_.send(socket_, std::move(bytes));
}

void SimSocket::close(bool abort) {
  network_.close(socket_, abort);
}

}  // namespace hearth::sim
