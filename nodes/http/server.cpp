#include "nodes/http/server.hpp"

#include "nodes/http/session.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace hearth::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCodeOf = boost::system::error_code;

constexpr int backlog = 1024;
constexpr int send_buffer_bytes = 256 << 10;  // of the kernel, for a reader that does not read
constexpr auto accept_pause = 100ms;          // when descriptors are used up

Error listen_error(const ServerOptions& options, const ErrorCodeOf& error) {
  const auto code = error == asio::error::address_in_use  ? ErrorCode::in_use
                    : error == asio::error::no_permission ? ErrorCode::not_readable
                    : error == asio::error::access_denied ? ErrorCode::not_readable
                                                          : ErrorCode::not_found;
  return {code, fmt::format("{}:{}: {}", options.host, options.port, error.message())};
}

// The processes that a node starts must not keep our connections open.
template <class Socket>
void close_on_exec(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(EventLoop& loop, ServerOptions options) : loop_(loop), options_(std::move(options)) {}

  ErrorCodeOf listen() {
    ErrorCodeOf error;
    tcp::resolver resolver{loop_.context()};
    const auto found = resolver.resolve(
        options_.host, "0", tcp::resolver::passive | tcp::resolver::numeric_service, error);
    if (error) {
      return error;
    }
    for (const auto& entry : found) {
      if (const auto failed = listen_at(entry.endpoint().address())) {
        return failed;
      }
    }
    context_ = std::make_shared<SessionContext>(
        SessionContext{loop_, options_.limits, options_.observer, options_.handler,
                       HostCheck{options_.host, options_.port}});
    return {};
  }

  void serve() {
    for (auto& acceptor : acceptors_) {
      accept(acceptor);
    }
  }

  void close() {
    ErrorCodeOf ignored;
    for (auto& acceptor : acceptors_) {
      acceptor.close(ignored);
    }
    for (const auto& [number, session] : std::exchange(sessions_, {})) {
      session->close();
    }
  }

  [[nodiscard]] std::uint16_t port() const { return options_.port; }
  [[nodiscard]] std::size_t connections() const { return sessions_.size(); }
  [[nodiscard]] const ServerOptions& options() const { return options_; }

  [[nodiscard]] std::vector<std::string> listening() const {
    std::vector<std::string> texts;
    for (const auto& acceptor : acceptors_) {
      ErrorCodeOf ignored;
      texts.push_back(text_of(acceptor.local_endpoint(ignored)));
    }
    return texts;
  }

 private:
  ErrorCodeOf listen_at(const asio::ip::address& address) {
    ErrorCodeOf error;
    tcp::acceptor acceptor{loop_.context()};
    const tcp::endpoint endpoint{address, options_.port};
    acceptor.open(endpoint.protocol(), error);
    if (error) {
      return error;
    }
    close_on_exec(acceptor);
    ErrorCodeOf ignored;
    acceptor.set_option(tcp::acceptor::reuse_address(true), ignored);
    if (address.is_v6()) {
      acceptor.set_option(asio::ip::v6_only(true), ignored);
    }
    acceptor.bind(endpoint, error);
    if (!error) {
      acceptor.listen(backlog, error);
    }
    if (!error) {
      options_.port = acceptor.local_endpoint(error).port();  // the other addresses get the same
      acceptors_.push_back(std::move(acceptor));
    }
    return error;
  }

  void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept(
        [self = shared_from_this(), &acceptor](const ErrorCodeOf& error, tcp::socket socket) {
          if (!acceptor.is_open()) {
            return;
          }
          if (error) {
            self->accept_later(acceptor);
            return;
          }
          self->welcome(std::move(socket));
          self->accept(acceptor);
        });
  }

  void accept_later(tcp::acceptor& acceptor) {
    accept_retry_ = loop_.after(accept_pause, [weak = weak_from_this(), &acceptor] {
      if (const auto self = weak.lock(); self && acceptor.is_open()) {
        self->accept(acceptor);
      }
    });
  }

  void welcome(tcp::socket socket) {
    close_on_exec(socket);
    if (sessions_.size() >= options_.limits.connections_max && !evict()) {
      refused("connections_full");
      return;
    }
    ErrorCodeOf ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ignored);
    const auto number = ++last_session_;
    auto session =
        std::make_shared<Session>(std::move(socket), context_, [weak = weak_from_this(), number] {
          if (const auto self = weak.lock()) {
            self->sessions_.erase(number);
          }
        });
    sessions_.emplace(number, session);
    session->start();
  }

  /// Closes the connection that has waited longest without a request being answered.
  bool evict() {
    std::shared_ptr<Session> oldest;
    for (const auto& [number, session] : sessions_) {
      if (session->waiting() && (!oldest || session->waiting_since() < oldest->waiting_since())) {
        oldest = session;
      }
    }
    if (oldest) {
      refused("evicted");
      oldest->close();
    }
    return oldest != nullptr;
  }

  void refused(std::string_view reason) const {
    if (options_.observer.refused) {
      options_.observer.refused(reason);
    }
  }

  EventLoop& loop_;
  ServerOptions options_;
  std::vector<tcp::acceptor> acceptors_;  ///< Not changed after `listen`: accepts refer to them.
  std::shared_ptr<const SessionContext> context_;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::uint64_t last_session_ = 0;
  std::shared_ptr<void> accept_retry_;
};

Result<std::unique_ptr<Server>> Server::listen(EventLoop& loop, ServerOptions options) {
  auto impl = std::make_shared<Impl>(loop, std::move(options));
  if (const auto error = impl->listen()) {
    return listen_error(impl->options(), error);
  }
  return std::unique_ptr<Server>(new Server{std::move(impl)});
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  close();
}

void Server::serve() {
  impl_->serve();
}
void Server::close() {
  impl_->close();
}
std::uint16_t Server::port() const {
  return impl_->port();
}
std::vector<std::string> Server::listening() const {
  return impl_->listening();
}
std::size_t Server::connections() const {
  return impl_->connections();
}

}  // namespace hearth::http
