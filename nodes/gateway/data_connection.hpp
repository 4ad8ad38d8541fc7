#pragma once
// One data connection to a super-peer: moves the bytes of a StreamReceiverMachine.

#include "actors/client/stream_receiver_machine.hpp"
#include "nodes/http/event_loop.hpp"
#include "nodes/support/resolver.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace hearth::gateway {

/// Lives on the event loop's thread.
class DataConnection {
 public:
  using OnEffects = std::function<void(client::ReceiverEffects)>;

  DataConnection() = default;
  DataConnection(const DataConnection&) = delete;
  DataConnection& operator=(const DataConnection&) = delete;
  /// Closes at once; `on_effects` is not called any more.
  virtual ~DataConnection() = default;

  /// The consumer is done with so many more bytes.
  virtual void taken(std::uint64_t bytes) = 0;
};

/// Connects to the plan's super-peer, its endpoints in turn. `on_effects` gets header, media and
/// the end; never from inside this call or `taken`.
/// `resolver` must outlive it.
[[nodiscard]] std::unique_ptr<DataConnection> connect_stream(http::EventLoop& loop,
                                                             Resolver& resolver,
                                                             client::StreamPlan plan,
                                                             DataConnection::OnEffects on_effects);

}  // namespace hearth::gateway
