#include "nodes/http/request_reader.hpp"

#include "nodes/http/head_lint.hpp"
#include "nodes/http/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

namespace hearth::http {

namespace {

namespace beast_http = boost::beast::http;
using Parser = beast_http::request_parser<beast_http::string_body>;

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

Refusal refusal_of(const boost::system::error_code& error) {
  if (error == beast_http::error::body_limit) {
    return {413, "body_too_large", "The request's body is too large."};
  }
  if (error == beast_http::error::header_limit) {
    return {431, "head_too_large", "The request's head is too large."};
  }
  return {400, "request_malformed", error.message()};
}

}  // namespace

class RequestReader::Impl {
 public:
  Impl(std::size_t head_bytes_max, std::size_t body_bytes_max)
      : head_bytes_max_(head_bytes_max), body_bytes_max_(body_bytes_max) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }

  ReadOutcome next() {
    if (!parser_) {
      if (auto refusal = read_head()) {
        return *refusal;
      }
    }
    return parser_ ? read_body() : ReadOutcome{NeedMore{}};
  }

  [[nodiscard]] bool idle() const { return !parser_ && buffer_.empty(); }
  [[nodiscard]] bool in_body() const { return parser_.has_value(); }
  [[nodiscard]] bool take_expects_continue() { return std::exchange(expects_continue_, false); }

 private:
  std::optional<Refusal> read_head() {
    // RFC 9112 2.2: one empty line before the request line is forgiven, however it comes.
    if (!forgiven_ && scanned_ < line_end.size() &&
        std::string_view{buffer_}.substr(0, line_end.size()) == line_end) {
      buffer_.erase(0, line_end.size());
      scanned_ = 0;
      forgiven_ = true;
    }
    const auto found = buffer_.find(head_end, scanned_ < 3 ? 0 : scanned_ - 3);
    const auto size = found == std::string::npos ? buffer_.size() : found + head_end.size();
    if (size > head_bytes_max_) {
      return Refusal{431, "head_too_large", "The request's head is too large."};
    }
    if (auto refusal = lint_bytes(std::string_view{buffer_}.substr(0, size),
                                  scanned_ == 0 ? 0 : scanned_ - 1)) {
      return refusal;
    }
    scanned_ = size;
    return found == std::string::npos ? std::nullopt : parse_head(size);
  }

  std::optional<Refusal> parse_head(std::size_t size) {
    if (auto refusal = lint_head(std::string_view{buffer_}.substr(0, size))) {
      return refusal;
    }
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(head_bytes_max_ + 1));
    parser_->body_limit(body_bytes_max_);
    boost::system::error_code error;
    const auto used = parser_->put(boost::asio::buffer(buffer_.data(), size), error);
    if (error && error != beast_http::error::need_more) {
      return refusal_of(error);
    }
    if (used != size || !parser_->is_header_done()) {
      return Refusal{400, "request_malformed", "The head has no clear end."};
    }
    buffer_.erase(0, size);
    scanned_ = 0;
    forgiven_ = false;
    return take_head();
  }

  std::optional<Refusal> take_head() {
    const auto& message = parser_->get();
    request_ = Request{};
    request_.method = std::string{message.method_string()};
    request_.http_1_0 = message.version() == 10;
    request_.keep_alive = parser_->keep_alive();
    for (const auto& field : message) {
      request_.fields.add(std::string_view{field.name_string().data(), field.name_string().size()},
                          std::string{field.value()});
    }
    if (auto refusal = lint_framing(request_.fields, request_.http_1_0)) {
      return refusal;
    }
    expects_continue_ =
        !request_.http_1_0 && !parser_->is_done() && request_.fields.count("expect") != 0;
    const auto target = message.target();
    return split_target(std::string_view{target.data(), target.size()}, request_);
  }

  ReadOutcome read_body() {
    parser_->eager(true);
    boost::system::error_code error;
    while (!parser_->is_done() && !buffer_.empty() && !error) {
      buffer_.erase(0, parser_->put(boost::asio::buffer(buffer_), error));
    }
    if (error && error != beast_http::error::need_more) {
      return refusal_of(error);
    }
    if (!parser_->is_done()) {
      // What the parser leaves here is the begin of a chunk's head or of the trailers.
      return buffer_.size() > head_bytes_max_
                 ? ReadOutcome{Refusal{400, "request_malformed", "A chunk's head is too large."}}
                 : ReadOutcome{NeedMore{}};
    }
    request_.body = std::move(parser_->get().body());
    parser_.reset();
    expects_continue_ = false;
    return std::move(request_);
  }

  std::size_t head_bytes_max_;
  std::size_t body_bytes_max_;
  std::string buffer_;
  bool forgiven_ = false;         ///< The empty line before this head.
  std::size_t scanned_ = 0;       ///< Bytes of an incomplete head that were looked at.
  std::optional<Parser> parser_;  ///< Set while a body is read.
  Request request_;
  bool expects_continue_ = false;
};

RequestReader::RequestReader(std::size_t head_bytes_max, std::size_t body_bytes_max)
    : impl_(std::make_unique<Impl>(head_bytes_max, body_bytes_max)) {}
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;
RequestReader::~RequestReader() = default;

void RequestReader::feed(std::string_view bytes) {
  impl_->feed(bytes);
}
ReadOutcome RequestReader::next() {
  return impl_->next();
}
bool RequestReader::idle() const {
  return impl_->idle();
}
bool RequestReader::in_body() const {
  return impl_->in_body();
}
bool RequestReader::take_expects_continue() {
  return impl_->take_expects_continue();
}

}  // namespace hearth::http
