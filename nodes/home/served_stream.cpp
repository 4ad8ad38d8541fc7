#include "nodes/home/served_stream.hpp"

#include "nodes/support/logging.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace hearth::home {

namespace {

using namespace std::chrono_literals;

/// After the last byte: for the peer to take it and close first, or a reset could overtake it.
constexpr auto linger_max = 10s;

/// A super-peer that strangers flood may close a connection before it has said who it is.
constexpr std::size_t dials_again_max = 8;

void set(int socket, int level, int option, int value) {
  static_cast<void>(::setsockopt(socket, level, option, &value, sizeof value));
}

/// A dead path shows within half a minute, and little waits in the kernel.
void set_up(int socket) {
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 45);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
  set(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 128 << 10);
}

}  // namespace

ServedStream::ServedStream(const Shop& shop, ServeStream order, OnEnd on_end)
    : shop_(shop),
      socket_(boost::asio::make_strand(shop.io)),
      timer_(socket_.get_executor()),
      order_(std::move(order)),
      on_end_(std::move(on_end)),
      dials_left_(dials_again_max) {}

Instant ServedStream::now() {
  return std::chrono::steady_clock::now();
}

void ServedStream::start(Result<StreamContent> content) {
  if (content) {
    content_ = std::move(content.value());
    if (order_.request.part == StreamPart::art) {
      order_.header.size = content_->size();
      order_.header.mime = content_->mime();
    }
  } else if (order_.header.error == 0) {
    order_.header.error = static_cast<std::uint16_t>(content.error().code);
  }
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->over_) {
      return;
    }
    self->timer_.expires_after(self->shop_.dial_timeout);
    self->timer_.async_wait([self](const Failure& failure) {
      if (!failure && !self->machine_) {
        self->end(false);
      }
    });
    self->dial_next();
  });
}

void ServedStream::cut() {
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(false); });
}

// ---- connection ----

void ServedStream::dial_next() {
  if (over_ || next_endpoint_ == order_.data.size()) {
    end(false);
    return;
  }
  const auto& endpoint = order_.data[next_endpoint_++];
  if (const auto address = numeric_address(endpoint)) {
    dial({*address});
    return;
  }
  lookup_ = shop_.resolver.resolve(
      endpoint, [self = shared_from_this()](std::vector<SocketAddress> addresses) {
        boost::asio::post(self->socket_.get_executor(), [self, to = std::move(addresses)] {
          self->over_ ? void() : self->dial(to);
        });
      });
}

void ServedStream::dial(const std::vector<SocketAddress>& addresses) {
  std::vector<Tcp::endpoint> to;
  for (const auto& address : addresses) {
    std::memcpy(to.emplace_back().data(), &address.bytes, address.size);
    to.back().resize(address.size);
  }
  boost::asio::async_connect(
      socket_, to,
      [self = shared_from_this()](const Failure& refused, const Tcp::endpoint& /*peer*/) {
        refused ? self->dial_next() : self->connected();
      });
}

void ServedStream::connected() {
  if (over_) {
    return;
  }
  set_up(socket_.native_handle());
  preface_.emplace(order_.data_key, relay::AcceptStream{order_.pair});
  outgoing_ = preface_->first_flight();
  shake_hands();
}

/// Sends what the preface wants sent, then reads what it wants, until it is over.
void ServedStream::shake_hands() {
  writing_ = std::exchange(outgoing_, {});
  boost::asio::async_write(
      socket_, boost::asio::buffer(writing_),
      [self = shared_from_this()](const Failure& failure, std::size_t /*bytes*/) {
        if (failure) {
          self->dial_again();
        } else if (self->over_) {
          return;
        } else if (self->preface_->done()) {
          self->begin();
        } else {
          self->socket_.async_read_some(
              boost::asio::buffer(self->incoming_, self->preface_->wants()),
              [self](const Failure& broken, std::size_t got) {
                broken ? self->dial_again() : self->take_handshake(got);
              });
        }
      });
}

void ServedStream::take_handshake(std::size_t bytes) {
  auto answer = preface_->feed(BytesView(incoming_).first(bytes));
  if (!answer || over_) {
    end(false);
    return;
  }
  outgoing_ = std::move(answer.value());
  shake_hands();
}

void ServedStream::dial_again() {
  if (over_ || dials_left_ == 0) {
    end(false);
    return;
  }
  --dials_left_;
  Failure ignored;
  socket_.close(ignored);
  next_endpoint_ = 0;
  dial_next();
}

// ---- the stream ----

void ServedStream::begin() {
  writing_.clear();
  preface_.reset();
  machine_.emplace(
      StreamPlan{order_.context, std::move(order_.grants), order_.request, order_.header});
  perform(machine_->step(StreamConnected{}, now()));
  if (!over_) {
    listen();
    tick();
  }
}

void ServedStream::listen() {
  socket_.async_read_some(boost::asio::buffer(incoming_),
                          [self = shared_from_this()](const Failure& failure, std::size_t bytes) {
                            if (self->over_) {
                              return;
                            }
                            if (failure) {  // A client that has all it wants closes first.
                              self->end(self->closing_ && self->closing_->code == ErrorCode::none &&
                                        self->writing_.empty());
                              return;
                            }
                            if (!self->closing_) {
                              const auto got = BytesView(self->incoming_).first(bytes);
                              self->perform(self->machine_->step(StreamBytes{got}, now()));
                            }
                            if (!self->over_) {
                              self->listen();
                            }
                          });
}

void ServedStream::tick() {
  timer_.expires_after(stream_tick);
  timer_.async_wait([self = shared_from_this()](const Failure& failure) {
    if (failure || self->over_ || self->closing_) {
      return;
    }
    self->perform(self->machine_->step(StreamTick{}, now()));
    if (!self->over_ && !self->closing_) {
      self->tick();
    }
  });
}

void ServedStream::perform(StreamEffects effects) {
  outgoing_.insert(outgoing_.end(), effects.send.begin(), effects.send.end());
  closing_ = std::move(effects.close);
  if (closing_ && closing_->code != ErrorCode::none) {
    end(false);
    return;
  }
  if (effects.read) {
    read(*effects.read);
  }
  if (!over_) {
    flush();
  }
}

void ServedStream::read(const StreamEffects::Read& order) {
  chunk_.resize(order.bytes);
  boost::asio::post(shop_.disk, [self = shared_from_this(), offset = order.offset] {
    const auto done = self->content_->read(offset, self->chunk_);
    boost::asio::post(self->socket_.get_executor(), [self, done] { self->take_chunk(done); });
  });
}

void ServedStream::take_chunk(const Result<void>& read) {
  if (over_) {
    return;
  }
  if (!read) {
    logs::info("stream.cut", "a stream was cut", {{"reason", read.error().detail}});
    end(false);
    return;
  }
  perform(machine_->step(ChunkRead{chunk_}, now()));
}

void ServedStream::flush() {
  if (!writing_.empty() || outgoing_.empty()) {
    return;
  }
  std::swap(writing_, outgoing_);
  boost::asio::async_write(
      socket_, boost::asio::buffer(writing_),
      [self = shared_from_this()](const Failure& failure, std::size_t /*bytes*/) {
        if (failure || self->over_) {
          self->end(false);
          return;
        }
        self->writing_.clear();
        if (!self->outgoing_.empty()) {
          self->flush();
        } else if (self->closing_) {
          self->finish();
        } else {
          self->perform(self->machine_->step(StreamWritable{}, now()));
        }
      });
}

/// All bytes are with the kernel: says so, and waits for the client to close.
void ServedStream::finish() {
  Failure ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  timer_.expires_after(linger_max);
  timer_.async_wait([self = shared_from_this()](const Failure& failure) {
    if (!failure) {
      self->end(true);
    }
  });
}

void ServedStream::end(bool complete) {
  if (std::exchange(over_, true)) {
    return;
  }
  Failure ignored;
  socket_.close(ignored);
  shop_.resolver.forget(lookup_);
  timer_.cancel();
  on_end_({complete, order_.header.error != 0, machine_ ? machine_->media_bytes_sent() : 0});
}

}  // namespace hearth::home
