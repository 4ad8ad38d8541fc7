#pragma once
// An HTTP/1.1 server on an event loop. It answers for the framing of requests (RFC 9112), the hosts
// and origins that are served, limits and deadlines; handlers see complete, checked requests and
// answer when they can, from the loop's thread.

#include "messages/base/result.hpp"
#include "nodes/http/event_loop.hpp"
#include "nodes/http/exchange.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::http {

using namespace std::chrono_literals;

struct ServerLimits {
  std::size_t head_bytes_max = 16U << 10U;  ///< 431 past it.
  std::size_t body_bytes_max = 64U << 10U;  ///< 413 past it.
  std::size_t connections_max = 512;        ///< Past it the one that has idled longest is closed.
  Millis head_deadline = 10s;     ///< From the first byte of a request, or the connection.
  Millis body_deadline = 10s;     ///< From the end of the head.
  Millis idle_deadline = 60s;     ///< Between requests.
  Millis stall_deadline = 15min;  ///< For a reader to take one chunk: players pause.
};

/// What is counted. Either function may be empty; called on the loop's thread.
struct ServerObserver {
  std::function<void(std::string_view reason)> refused;  ///< A request or connection turned away.
  std::function<void(unsigned status)> answered;         ///< A handler's answer.
};

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< Name or address to bind; all addresses of a name.
  std::uint16_t port = 0;          ///< 0: any free one.
  Handler handler;
  ServerLimits limits;
  ServerObserver observer;
};

/// Serves `host:port` and `localhost:port`; requests for other hosts are answered 421, those of
/// pages of other origins 403.
class Server final {
 public:
  /// Binds and listens; serves from `serve` on. The loop must outlive the server.
  ///
  /// Errors: `in_use`, `not_found` (no such host or address), `not_readable` (may not bind); the
  /// detail names host and port.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(EventLoop& loop,
                                                              ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  void serve();
  /// Closes listeners and connections. On the loop's thread, or when the loop has stopped.
  void close();

  [[nodiscard]] std::uint16_t port() const;
  /// "HOST:PORT" of every listening socket.
  [[nodiscard]] std::vector<std::string> listening() const;
  [[nodiscard]] std::size_t connections() const;  ///< On the loop's thread.

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace hearth::http
