#pragma once
// The gateway's HTTP side: API, media with ranges, and the page. It asks a client actor for
// everything but the bytes of streams, which it fetches itself from super-peers.

#include "actors/client/client_ports.hpp"
#include "messages/seal/identity.hpp"
#include "nodes/http/server.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth::gateway {

struct GatewayOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 24371;
  std::string token;                  ///< Opens the API. Not empty.
  seal::SecretKey capability_secret;  ///< Keep it over restarts: URLs live for 12 h.
  /// Hands a question to the client actor. Must not block. Its answers go to `on_answer`.
  std::function<void(client::UiQuestion)> post;
  std::function<bool()> ready;  ///< For /readyz. Called on the gateway's thread.
  http::ServerObserver observer;
};

class Gateway final {
 public:
  /// Binds; serves from `serve` on, so that a port in use is known before anything else starts.
  ///
  /// Errors: as `http::Server::listen`.
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> listen(GatewayOptions options);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  void serve();
  /// Closes all connections and ends the thread. Not from the gateway's own thread.
  void stop();

  /// From any thread.
  void on_answer(client::UiAnswer answer);

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::vector<std::string> listening() const;  ///< "HOST:PORT" each.
  /// What to open in a browser: sets the cookie that opens the page.
  [[nodiscard]] std::string login_url() const;

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth::gateway
