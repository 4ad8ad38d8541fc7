#include "nodes/gateway/gateway.hpp"

#include "nodes/gateway/access.hpp"
#include "nodes/gateway/api.hpp"
#include "nodes/gateway/media_routes.hpp"
#include "nodes/gateway/page_routes.hpp"
#include "nodes/http/problem.hpp"
#include "nodes/http/router.hpp"
#include "nodes/http/uri.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>
#include <future>
#include <optional>
#include <string_view>
#include <utility>

namespace hearth::gateway {

namespace {

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// Paths that ask for no token: they hold a capability, take the token, or tell nothing.
bool is_open(std::string_view path) {
  constexpr std::array paths{"/healthz", "/readyz", "/login", "/page.css", "/icon.svg"};
  return starts_with(path, "/media/") || starts_with(path, "/art/") ||
         std::find(paths.begin(), paths.end(), path) != paths.end();
}

}  // namespace

class Gateway::Impl {
 public:
  explicit Impl(GatewayOptions options)
      : options_(std::move(options)),
        capabilities_(options_.capability_secret),
        library_(loop_, options_.post) {}

  ~Impl() { stop(); }

  Result<void> listen() {
    auto server = http::Server::listen(
        loop_, {options_.host,
                options_.port,
                [this](const http::ExchangePtr& exchange) { handle(exchange); },
                {},
                options_.observer});
    if (!server) {
      return server.error();
    }
    server_ = std::move(server.value());
    access_.emplace(options_.token, options_.capability_secret, server_->port());
    const ApiContext context{library_, capabilities_, wall_now};
    add_api_routes(router_, context);
    add_media_routes(router_, loop_, resolver_, context);
    add_page_routes(router_, *access_);
    add_health_routes();
    return {};
  }

  void serve() {
    server_->serve();
    loop_.start();
    started_ = true;
  }

  void stop() {
    resolver_.stop();
    if (std::exchange(started_, false)) {
      std::promise<void> closed;
      loop_.post([this, &closed] {
        server_->close();
        closed.set_value();
      });
      closed.get_future().wait();
      loop_.stop();
    }
  }

  void on_answer(client::UiAnswer answer) { library_.on_answer(std::move(answer)); }
  [[nodiscard]] const http::Server& server() const { return *server_; }

  [[nodiscard]] std::string login_url() const {
    const bool is_v6 = options_.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}/login?token={}", is_v6 ? "[" : "", options_.host,
                       is_v6 ? "]" : "", server_->port(), http::percent_encoded(options_.token));
  }

 private:
  void handle(const http::ExchangePtr& exchange) {
    const auto& request = exchange->request();
    const auto verdict = is_open(request.path) ? AccessVerdict::allowed : access_->judge(request);
    if (verdict == AccessVerdict::allowed) {
      router_.handle(exchange);
      return;
    }
    if (options_.observer.refused) {
      options_.observer.refused(verdict == AccessVerdict::wrong ? "token_wrong" : "token_missing");
    }
    exchange->respond(refuse_access(request, verdict));
  }

  void add_health_routes() {
    router_.add({"GET", "/healthz"},
                [](const http::ExchangePtr& exchange, const http::PathValues& /*values*/) {
                  exchange->respond(json_response(200, R"({"status":"ok"})"));
                });
    router_.add({"GET", "/readyz"}, [this](const http::ExchangePtr& exchange,
                                           const http::PathValues& /*values*/) {
      const bool ready = !options_.ready || options_.ready();
      exchange->respond(ready
                            ? json_response(200, R"({"status":"ready"})")
                            : http::problem(503, "not_ready", "The gateway is not connected yet."));
    });
  }

  GatewayOptions options_;
  Resolver resolver_;  // before all that refers to them
  http::EventLoop loop_;
  Capabilities capabilities_;
  LibraryClient library_;
  std::optional<Access> access_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  bool started_ = false;
};

Result<std::unique_ptr<Gateway>> Gateway::listen(GatewayOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto listening = impl->listen(); !listening) {
    return listening.error();
  }
  return std::unique_ptr<Gateway>(new Gateway{std::move(impl)});
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;

void Gateway::serve() {
  impl_->serve();
}
void Gateway::stop() {
  impl_->stop();
}
void Gateway::on_answer(client::UiAnswer answer) {
  impl_->on_answer(std::move(answer));
}
std::uint16_t Gateway::port() const {
  return impl_->server().port();
}
std::vector<std::string> Gateway::listening() const {
  return impl_->server().listening();
}
std::string Gateway::login_url() const {
  return impl_->login_url();
}

}  // namespace hearth::gateway
