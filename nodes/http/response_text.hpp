#pragma once

#include "nodes/http/message.hpp"

#include <cstdint>
#include <ctime>
#include <string>

namespace hearth::http {

struct Framing {
  std::uint64_t content_length = 0;  ///< Not told for 204 and 304.
  bool keep_alive = true;
  std::time_t now = 0;  ///< For Date.
};

/// Status line and header section, with Content-Length, Date and Connection. Field values are cut
/// of control characters: a peer's text cannot make header lines.
[[nodiscard]] std::string head_text(const Response& response, const Framing& framing);

/// Like "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
[[nodiscard]] std::string http_date(std::time_t at);

}  // namespace hearth::http
