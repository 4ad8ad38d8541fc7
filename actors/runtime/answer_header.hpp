#pragma once

#include "messages/base/result.hpp"
#include "messages/envelope/codec.hpp"

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

/// The answer to a request with header `request`.
template <class Message>
[[nodiscard]] Result<Envelope> answer_envelope(const Header& request, Result<Message> answer) {
  return answer ? Result<Envelope>(pack(answer_header(request), answer.value()))
                : Result<Envelope>(answer.error());
}

}  // namespace hearth
