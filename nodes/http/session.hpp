#pragma once

#include "nodes/http/event_loop.hpp"
#include "nodes/http/exchange.hpp"
#include "nodes/http/host_check.hpp"
#include "nodes/http/request_reader.hpp"
#include "nodes/http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

namespace hearth::http {

/// What all connections of a server share. Outlives them.
struct SessionContext {
  EventLoop& loop;
  ServerLimits limits;
  ServerObserver observer;
  Handler handler;
  HostCheck hosts;
};

/// One connection: reads a request, waits for its answer, sends it, and again.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// `closed` is called once.
  Session(Socket socket, std::shared_ptr<const SessionContext> context,
          std::function<void()> closed);

  void start();
  void close();
  /// No request is being answered: may be closed for a newer connection.
  [[nodiscard]] bool waiting() const { return phase_ != Phase::answering; }
  [[nodiscard]] Instant waiting_since() const { return since_; }

  // For the exchange in progress.
  void send_head(std::string head, bool keep_alive);
  void send_last(std::string head_and_body, bool keep_alive);
  void send_chunk(Bytes chunk, bool last, std::function<void()> taken);
  void watch(std::function<void()> gone);
  void count(unsigned status) const;

 private:
  enum class Phase { fresh, idle, head, body, answering, closing };

  void next_request();
  void send_interim();
  void read_more();
  void enter(Phase phase);
  void expired();
  void refuse(const Refusal& refusal);
  void dispatch(Request request);
  void answer_now(Request request, Response response);
  void write(std::function<void()> done);
  void exchange_over();
  void linger();
  void drain(std::size_t left);
  void watch_for_reset();

  Socket socket_;
  std::shared_ptr<const SessionContext> context_;
  std::function<void()> closed_;
  RequestReader reader_;
  std::string input_;
  std::string head_;  ///< Not yet sent.
  Bytes chunk_;       ///< Being sent after `head_`.
  std::function<void()> gone_;
  std::shared_ptr<void> deadline_;
  Phase phase_ = Phase::fresh;
  Instant since_;
  bool keep_alive_ = true;
  bool sending_interim_ = false;  ///< Nothing else may be sent meanwhile.
  bool watching_ = false;
};

}  // namespace hearth::http
