#pragma once

#include "nodes/http/message.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace hearth::http {

/// One request and the way to answer it. Everything happens on the event loop's thread. An exchange
/// that is dropped unanswered answers 500 by itself.
class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  [[nodiscard]] virtual const Request& request() const = 0;

  /// Sends the whole response. For HEAD the body's length is told and its bytes are not.
  virtual void respond(Response response) = 0;

  /// Sends the head of a response whose body of exactly `length` bytes follows by `write`. For
  /// HEAD, 204 and 304 nothing follows.
  virtual void begin(Response head, std::uint64_t length) = 0;

  /// Sends the next bytes of the body; after the last one the exchange is over. One at a time:
  /// `taken` is called once the socket took all of them, never if the client has gone.
  virtual void write(Bytes chunk, std::function<void()> taken) = 0;

  /// Closes the connection now: the client must not take the body for complete.
  virtual void abort() = 0;

  /// `gone` is called at most once, when the client goes before the exchange is over.
  virtual void on_client_gone(std::function<void()> gone) = 0;
};

using ExchangePtr = std::shared_ptr<Exchange>;
using Handler = std::function<void(ExchangePtr)>;

}  // namespace hearth::http
