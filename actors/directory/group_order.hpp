#pragma once
// What one directory wants of the leader of a group, at another or at itself.

#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/codec.hpp"

namespace hearth::directory {

/// The actor of a directory that takes what is for any of its groups.
inline constexpr const char* front_name = "accounts";

[[nodiscard]] inline Envelope pack_order(const NodeId& from, const NodeId& to,
                                         const Forwarded& order) {
  Header header;
  header.from = {from, front_name};
  header.to = {to, front_name};
  return pack(header, order);
}

/// In a directory's own name. Group, bucket and map are for the caller to fill in.
template <class Message>
[[nodiscard]] Forwarded own_order(const NodeId& self, const Message& message) {
  Header header;
  header.from = {self, front_name};
  header.to = {self, front_name};
  const auto inner = pack(header, message);
  Forwarded order;
  order.origin = self;
  order.role = Role::directory;
  order.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
  return order;
}

}  // namespace hearth::directory
