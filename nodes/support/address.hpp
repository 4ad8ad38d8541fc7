#pragma once
// Socket addresses of endpoints, for IPv4 and IPv6 alike.

#include "messages/seal/node_list.hpp"

#include <optional>
#include <sys/socket.h>
#include <vector>

namespace hearth {

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// Nothing where the host is a name. Does not block.
[[nodiscard]] std::optional<SocketAddress> numeric_address(const seal::Endpoint& endpoint);

/// Asks the system's resolver: blocks, perhaps for many seconds. Empty where it knows nothing.
[[nodiscard]] std::vector<SocketAddress> look_up(const seal::Endpoint& endpoint);

}  // namespace hearth
