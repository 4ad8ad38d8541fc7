#include "nodes/support/admin_server.hpp"

#include "nodes/http/event_loop.hpp"
#include "nodes/http/router.hpp"
#include "nodes/http/server.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

http::Response text_response(unsigned status, std::string type, std::string body) {
  http::Response response;
  response.status = status;
  response.fields.add("content-type", std::move(type));
  response.fields.add("cache-control", "no-store");
  response.body = std::move(body);
  return response;
}

}  // namespace

class AdminServer::Impl {
 public:
  Impl(AdminOptions options, Metrics& metrics) : options_(std::move(options)), metrics_(metrics) {
    metrics_.describe("hearth_build_info", "Version of the program; always 1.");
    metrics_.set_gauge(
        "hearth_build_info",
        {{"version", options_.version}, {"role", options_.role}, {"region", options_.region}}, 1);
    metrics_.describe("hearth_http_refused_total", "Requests and connections turned away.");
    router_.add({"GET", "/healthz"}, [](const http::ExchangePtr& exchange, const auto&) {
      exchange->respond(text_response(200, "text/plain", "ok\n"));
    });
    router_.add({"GET", "/readyz"}, [this](const http::ExchangePtr& exchange, const auto&) {
      exchange->respond(readiness());
    });
    router_.add({"GET", "/metrics"}, [this](const http::ExchangePtr& exchange, const auto&) {
      exchange->respond(text_response(200, "text/plain; version=0.0.4", metrics_.text()));
    });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    loop_.stop();
    if (server_) {
      ::unlink(address_file().c_str());
      server_->close();
    }
  }

  Result<void> start() {
    http::ServerOptions server;
    server.host = options_.listen.host;
    server.port = options_.listen.port;
    server.handler = [this](const http::ExchangePtr& exchange) { router_.handle(exchange); };
    server.observer.refused = [this](std::string_view reason) {
      metrics_.count("hearth_http_refused_total",
                     {{"listener", "admin"}, {"reason", std::string(reason)}});
    };
    auto listening = http::Server::listen(loop_, std::move(server));
    if (!listening) {
      return listening.error();
    }
    if (auto written = write_file(address_file(),
                                  to_text({options_.listen.host, listening.value()->port()}), 0600);
        !written) {
      return written;
    }
    server_ = std::move(listening.value());
    server_->serve();
    loop_.start();
    return {};
  }

  [[nodiscard]] seal::Endpoint bound() const { return {options_.listen.host, server_->port()}; }

 private:
  [[nodiscard]] http::Response readiness() const {
    const auto checks = options_.checks ? options_.checks() : std::vector<ReadyCheck>{};
    const bool ready =
        std::all_of(checks.begin(), checks.end(), [](const auto& check) { return check.ok; });
    std::vector<std::pair<std::string_view, std::string>> listed;
    for (const auto& check : checks) {
      listed.emplace_back(check.name, json_bool(check.ok));
    }
    return text_response(
        ready ? 200 : 503, "application/json",
        json_object({{"ready", json_bool(ready)}, {"checks", json_object(listed)}}) + "\n");
  }

  [[nodiscard]] std::filesystem::path address_file() const { return options_.data / "admin"; }

  AdminOptions options_;
  Metrics& metrics_;
  http::Router router_;
  http::EventLoop loop_;
  std::unique_ptr<http::Server> server_;
};

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminServer::~AdminServer() = default;

Result<std::unique_ptr<AdminServer>> AdminServer::start(AdminOptions options, Metrics& metrics) {
  auto impl = std::make_unique<Impl>(std::move(options), metrics);
  if (auto started = impl->start(); !started) {
    return started.error();
  }
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

seal::Endpoint AdminServer::bound() const {
  return impl_->bound();
}

}  // namespace hearth
