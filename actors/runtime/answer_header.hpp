#pragma once

#include "messages/envelope/header.hpp"

namespace hearth {

/// The header of an answer to a request with header `request`.
[[nodiscard]] inline Header answer_header(const Header& request) {
  Header header;
  header.from = request.to;
  header.to = request.from;
  header.request = request.request;
  header.trace = request.trace;
  return header;
}

}  // namespace hearth
