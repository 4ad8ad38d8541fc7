#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/envelope/envelope.hpp"
#include "messages/envelope/message_kind.hpp"

#include <string>

namespace hearth {

struct Address {
  NodeId node;
  std::string actor;  ///< At most `limits::actor_name_bytes_max` of a-z, 0-9, '-' and '/'.

  friend bool operator==(const Address&, const Address&) = default;
};

/// What every envelope says before its body.
struct Header {
  MessageKind kind = MessageKind::none;
  Address from;
  Address to;
  RequestId request;  ///< All zero where the message is no command.
  TraceId trace;

  friend bool operator==(const Header&, const Header&) = default;
};

/// Errors: `message_malformed`, `version_unsupported`.
[[nodiscard]] Result<Header> header_of(const Envelope& envelope);

}  // namespace hearth
