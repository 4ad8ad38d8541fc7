#pragma once
// Turns the bytes of one connection into requests, or into the one reason to refuse it. Strict:
// what two servers could read in two ways is refused (request smuggling, RFC 9112 section 11.2).

#include "nodes/http/message.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace hearth::http {

/// Answer with this and close: what follows on the connection has no meaning.
struct Refusal {
  unsigned status = 400;
  std::string code;
  std::string detail;
};

struct NeedMore {};

/// `Request::host` is as the client wrote it: the caller knows which hosts are served.
using ReadOutcome = std::variant<NeedMore, Request, Refusal>;

class RequestReader {
 public:
  RequestReader(std::size_t head_bytes_max, std::size_t body_bytes_max);
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;
  ~RequestReader();

  /// Appends bytes of the connection.
  void feed(std::string_view bytes);
  /// The next request, if it is complete. After a `Refusal`: not to be called again.
  [[nodiscard]] ReadOutcome next();

  /// No byte of a next request has come.
  [[nodiscard]] bool idle() const;
  /// The head of a request is complete and its body is not.
  [[nodiscard]] bool in_body() const;
  /// Once per request: its client waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool take_expects_continue();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth::http
