#pragma once

#include "nodes/http/session.hpp"

namespace hearth::http {

/// The exchange in progress on a session.
class SessionExchange final : public Exchange {
 public:
  SessionExchange(std::shared_ptr<Session> session, Request request);
  ~SessionExchange() override;

  [[nodiscard]] const Request& request() const override { return request_; }
  void respond(Response response) override;
  void begin(Response head, std::uint64_t length) override;
  void write(Bytes chunk, std::function<void()> taken) override;
  void abort() override;
  void on_client_gone(std::function<void()> gone) override;

 private:
  [[nodiscard]] std::string head_of(const Response& response, std::uint64_t length) const;
  [[nodiscard]] bool bodiless(unsigned status) const;

  std::shared_ptr<Session> session_;
  Request request_;
  bool begun_ = false;
  std::uint64_t left_ = 0;
};

}  // namespace hearth::http
