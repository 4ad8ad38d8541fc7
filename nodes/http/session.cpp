#include "nodes/http/session.hpp"

#include "nodes/http/problem.hpp"
#include "nodes/http/response_text.hpp"
#include "nodes/http/session_exchange.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <utility>

namespace hearth::http {

namespace {

namespace asio = boost::asio;
using ErrorCodeOf = boost::system::error_code;

constexpr std::size_t input_bytes = 16U << 10U;
constexpr auto linger_time = 2s;
constexpr std::size_t linger_bytes_max = 256U << 10U;
constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Session::Session(Socket socket, std::shared_ptr<const SessionContext> context,
                 std::function<void()> closed)
    : socket_(std::move(socket)),
      context_(std::move(context)),
      closed_(std::move(closed)),
      reader_(context_->limits.head_bytes_max, context_->limits.body_bytes_max),
      since_(EventLoop::now()) {}

void Session::start() {
  enter(Phase::fresh);
  read_more();
}

void Session::close() {
  deadline_.reset();
  ErrorCodeOf ignored;
  socket_.close(ignored);
  if (const auto gone = std::exchange(gone_, nullptr)) {
    gone();
  }
  if (const auto closed = std::exchange(closed_, nullptr)) {
    closed();
  }
}

void Session::count(unsigned status) const {
  if (context_->observer.answered) {
    context_->observer.answered(status);
  }
}

// ---- reading ----

void Session::enter(Phase phase) {
  phase_ = phase;
  since_ = EventLoop::now();
  const auto& limits = context_->limits;
  const auto allowed = phase == Phase::idle        ? limits.idle_deadline
                       : phase == Phase::body      ? limits.body_deadline
                       : phase == Phase::answering ? limits.stall_deadline
                       : phase == Phase::closing   ? Millis{linger_time}
                                                   : limits.head_deadline;
  deadline_ = context_->loop.after(allowed, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->expired();
    }
  });
}

void Session::expired() {
  if (!sending_interim_ && (phase_ == Phase::head || phase_ == Phase::body)) {
    refuse({408, "request_too_slow", "The request did not come in time."});
  } else {
    close();
  }
}

void Session::next_request() {
  auto outcome = reader_.next();
  if (auto* request = std::get_if<Request>(&outcome)) {
    dispatch(std::move(*request));
    return;
  }
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    refuse(*refusal);
    return;
  }
  const auto phase = reader_.in_body() ? Phase::body : reader_.idle() ? Phase::idle : Phase::head;
  if (phase != phase_ && !(phase == Phase::head && phase_ == Phase::fresh)) {
    enter(phase);
  } else {
    phase_ = phase;  // the time that a fresh connection has includes its first head
  }
  if (reader_.take_expects_continue()) {
    send_interim();
  } else {
    read_more();
  }
}

void Session::send_interim() {
  sending_interim_ = true;
  asio::async_write(socket_, asio::buffer(interim),
                    [self = shared_from_this()](const ErrorCodeOf& error, std::size_t) {
                      self->sending_interim_ = false;
                      if (error) {
                        self->close();
                      } else {
                        self->read_more();
                      }
                    });
}

void Session::read_more() {
  input_.resize(input_bytes);
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](
                                                    const ErrorCodeOf& error, std::size_t size) {
    if (self->phase_ == Phase::answering || self->phase_ == Phase::closing) {
      return;  // refused meanwhile
    }
    if (error) {
      self->close();
      return;
    }
    self->reader_.feed(std::string_view{self->input_}.substr(0, size));
    self->next_request();
  });
}

// ---- answering ----

void Session::refuse(const Refusal& refusal) {
  if (context_->observer.refused) {
    context_->observer.refused(refusal.code);
  }
  Request request;
  request.keep_alive = false;
  answer_now(std::move(request), problem(refusal.status, refusal.code, refusal.detail));
}

void Session::answer_now(Request request, Response response) {
  enter(Phase::answering);
  SessionExchange{shared_from_this(), std::move(request)}.respond(std::move(response));
}

void Session::dispatch(Request request) {
  const auto verdict = context_->hosts.judge(request.host);
  if (verdict == HostVerdict::malformed) {
    refuse({400, "request_malformed", "Host is no host."});
    return;
  }
  const auto turn_away = [this, &request](unsigned status, std::string_view code,
                                          std::string_view detail) {
    if (context_->observer.refused) {
      context_->observer.refused(code);
    }
    answer_now(std::move(request), problem(status, code, detail));
  };
  if (verdict == HostVerdict::not_served) {
    turn_away(421, "host_not_served", "This host is not served here.");
    return;
  }
  const auto origin = request.fields.find("origin");
  if (origin && !context_->hosts.own_origin(*origin)) {
    turn_away(403, "origin_not_allowed", "Pages of other sites may not use this.");
    return;
  }
  enter(Phase::answering);
  deadline_.reset();  // handlers have deadlines of their own
  context_->handler(std::make_shared<SessionExchange>(shared_from_this(), std::move(request)));
}

void Session::send_head(std::string head, bool keep_alive) {
  head_ = std::move(head);
  keep_alive_ = keep_alive;
}

void Session::send_last(std::string head_and_body, bool keep_alive) {
  send_head(std::move(head_and_body), keep_alive);
  write([self = shared_from_this()] { self->exchange_over(); });
}

void Session::send_chunk(Bytes chunk, bool last, std::function<void()> taken) {
  chunk_ = std::move(chunk);
  write([self = shared_from_this(), last, done = std::move(taken)] {
    if (last) {
      self->exchange_over();
    }
    done();
  });
}

void Session::write(std::function<void()> done) {
  if (phase_ == Phase::answering) {
    enter(Phase::answering);  // a deadline of its own for every chunk
  }
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(chunk_)};
  asio::async_write(
      socket_, parts,
      [self = shared_from_this(), then = std::move(done)](const ErrorCodeOf& error, std::size_t) {
        self->head_.clear();
        self->chunk_.clear();
        if (self->phase_ == Phase::answering) {
          self->deadline_.reset();
        }
        if (error) {
          self->close();
        } else {
          then();
        }
      });
}

void Session::exchange_over() {
  gone_ = nullptr;
  if (!keep_alive_) {
    linger();
    return;
  }
  // Posted, so that a client's pipelined requests do not nest.
  context_->loop.post([self = shared_from_this()] {
    if (self->socket_.is_open()) {
      self->next_request();
    }
  });
}

// ---- ends ----

void Session::linger() {
  // Closing with unread input would reset the connection and take our answer along.
  enter(Phase::closing);
  ErrorCodeOf ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  socket_.cancel(ignored);
  drain(linger_bytes_max);
}

void Session::drain(std::size_t left) {
  input_.resize(input_bytes);
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this(), left](
                                                    const ErrorCodeOf& error, std::size_t size) {
    if (error || size >= left) {
      self->close();
    } else {
      self->drain(left - size);
    }
  });
}

void Session::watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (!std::exchange(watching_, true)) {
    watch_for_reset();
  }
}

void Session::watch_for_reset() {
  socket_.async_wait(Socket::wait_error, [weak = weak_from_this()](const ErrorCodeOf& error) {
    if (const auto self = weak.lock(); self && !error) {
      self->close();
    }
  });
}

}  // namespace hearth::http
