#include "nodes/gateway/data_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <fcntl.h>
#include <utility>
#include <vector>

namespace hearth::gateway {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCodeOf = boost::system::error_code;

constexpr Millis connect_deadline{3000};
constexpr std::size_t input_bytes = 128U << 10U;

link::DataInitiator preface_of(const client::StreamPlan& plan) {
  return {plan.data_key, relay::OpenStream{plan.home, plan.ticket, plan.sealed_request}};
}

/// The state of one connection. Kept alive by operations under way; `closed_` ends them.
class Pipe final : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(http::EventLoop& loop, Resolver& resolver, std::vector<seal::Endpoint> endpoints,
       client::StreamReceiverMachine machine, DataConnection::OnEffects on_effects)
      : loop_(loop),
        resolver_(resolver),
        endpoints_(std::move(endpoints)),
        socket_(loop.context()),
        machine_(std::move(machine)),
        on_effects_(std::move(on_effects)) {}

  void start() {
    deadline_ = loop_.after(connect_deadline, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) {
        self->step(client::DataClosed{});
      }
    });
    loop_.post([self = shared_from_this()] { self->try_next(); });
  }

  void close() {
    closed_ = true;
    deadline_.reset();
    on_effects_ = nullptr;
    ErrorCodeOf ignored;
    resolver_.forget(lookup_);
    socket_.close(ignored);
  }

  void taken(std::uint64_t bytes) {
    loop_.post([self = shared_from_this(), bytes] { self->step(client::MediaTaken{bytes}); });
  }

 private:
  void try_next() {
    if (closed_) {
      return;
    }
    if (next_endpoint_ == endpoints_.size()) {
      step(client::DataClosed{});
      return;
    }
    const auto& endpoint = endpoints_[next_endpoint_++];
    if (const auto address = numeric_address(endpoint)) {
      connect({*address});
      return;
    }
    lookup_ = resolver_.resolve(endpoint, [weak = weak_from_this()](
                                              std::vector<SocketAddress> addresses) {
      if (auto self = weak.lock()) {
        auto& loop = self->loop_;
        loop.post([kept = std::move(self), found = std::move(addresses)] { kept->connect(found); });
      }
    });
  }

  void connect(const std::vector<SocketAddress>& found) {
    if (closed_) {
      return;
    }
    std::vector<tcp::endpoint> to;
    for (const auto& address : found) {
      std::memcpy(to.emplace_back().data(), &address.bytes, address.size);
      to.back().resize(address.size);
    }
    asio::async_connect(
        socket_, to, [self = shared_from_this()](const ErrorCodeOf& error, const tcp::endpoint&) {
          if (error) {
            self->try_next();
          } else {
            self->connected();
          }
        });
  }

  void connected() {
    if (closed_) {
      return;
    }
    ErrorCodeOf ignored;
    ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    input_.resize(input_bytes);
    tick();
    step(client::DataConnected{});
    read();
  }

  void tick() {
    deadline_ = loop_.after(client::receiver_tick, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) {
        self->tick();
        self->step(client::ReceiverTick{});
      }
    });
  }

  void read() {
    if (closed_) {
      return;
    }
    socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](
                                                      const ErrorCodeOf& error, std::size_t size) {
      if (error) {
        self->step(client::DataClosed{});
        return;
      }
      self->step(client::DataArrived{BytesView{self->input_}.first(size)});
      self->read();
    });
  }

  void step(const client::ReceiverInput& input) {
    if (closed_) {
      return;
    }
    auto effects = machine_.step(input, http::EventLoop::now());
    waiting_.insert(waiting_.end(), effects.send.begin(), effects.send.end());
    effects.send.clear();
    write();
    const bool tells =
        effects.header || !effects.media.empty() || effects.broken || effects.finished;
    if (tells) {
      // A copy: what it tells may end this connection, and with it the function.
      const auto tell = on_effects_;
      tell(std::move(effects));
    }
  }

  void write() {
    if (closed_ || !sending_.empty() || waiting_.empty()) {
      return;
    }
    sending_.swap(waiting_);
    asio::async_write(socket_, asio::buffer(sending_),
                      [self = shared_from_this()](const ErrorCodeOf& error, std::size_t) {
                        self->sending_.clear();
                        if (!error) {
                          self->write();
                        }
                      });
  }

  http::EventLoop& loop_;
  Resolver& resolver_;
  std::vector<seal::Endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  Resolver::Job lookup_ = 0;
  tcp::socket socket_;
  client::StreamReceiverMachine machine_;
  DataConnection::OnEffects on_effects_;
  std::shared_ptr<void> deadline_;
  Bytes input_;
  Bytes waiting_;
  Bytes sending_;
  bool closed_ = false;
};

class PipeHandle final : public DataConnection {
 public:
  explicit PipeHandle(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
  ~PipeHandle() override { pipe_->close(); }
  void taken(std::uint64_t bytes) override { pipe_->taken(bytes); }

 private:
  std::shared_ptr<Pipe> pipe_;
};

}  // namespace

std::unique_ptr<DataConnection> connect_stream(http::EventLoop& loop, Resolver& resolver,
                                               client::StreamPlan plan,
                                               DataConnection::OnEffects on_effects) {
  auto endpoints = plan.data;
  auto preface = preface_of(plan);
  auto pipe = std::make_shared<Pipe>(
      loop, resolver, std::move(endpoints),
      client::StreamReceiverMachine{std::move(plan), std::move(preface)}, std::move(on_effects));
  pipe->start();
  return std::make_unique<PipeHandle>(std::move(pipe));
}

}  // namespace hearth::gateway
