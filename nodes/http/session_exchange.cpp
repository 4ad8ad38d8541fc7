#include "nodes/http/session_exchange.hpp"

#include "messages/base/check.hpp"
#include "nodes/http/problem.hpp"
#include "nodes/http/response_text.hpp"

#include <ctime>
#include <utility>

namespace hearth::http {

SessionExchange::SessionExchange(std::shared_ptr<Session> session, Request request)
    : session_(std::move(session)), request_(std::move(request)) {}

SessionExchange::~SessionExchange() {
  if (!begun_) {
    respond(problem(500, "not_answered", "Nobody answered this request."));
  } else if (left_ != 0) {
    session_->close();
  }
}

void SessionExchange::respond(Response response) {
  HEARTH_CHECK(!begun_);
  begun_ = true;
  session_->count(response.status);
  auto text = head_of(response, response.body.size());
  if (!bodiless(response.status)) {
    text += response.body;
  }
  session_->send_last(std::move(text), request_.keep_alive);
}

void SessionExchange::begin(Response head, std::uint64_t length) {
  HEARTH_CHECK(!begun_);
  begun_ = true;
  session_->count(head.status);
  auto text = head_of(head, length);
  if (length == 0 || bodiless(head.status)) {
    session_->send_last(std::move(text), request_.keep_alive);
    return;
  }
  left_ = length;
  session_->send_head(std::move(text), request_.keep_alive);
}

void SessionExchange::write(Bytes chunk, std::function<void()> taken) {
  HEARTH_CHECK(begun_ && chunk.size() <= left_);
  left_ -= chunk.size();
  session_->send_chunk(std::move(chunk), left_ == 0, std::move(taken));
}

void SessionExchange::abort() {
  begun_ = true;
  left_ = 0;
  session_->close();
}

void SessionExchange::on_client_gone(std::function<void()> gone) {
  session_->watch(std::move(gone));
}

std::string SessionExchange::head_of(const Response& response, std::uint64_t length) const {
  return head_text(response, {length, request_.keep_alive, std::time(nullptr)});
}

bool SessionExchange::bodiless(unsigned status) const {
  return request_.method == "HEAD" || status == 204 || status == 304;
}

}  // namespace hearth::http
