#pragma once
// TCP sockets of a link, for IPv4 and IPv6 alike. No function blocks.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/address.hpp"
#include "nodes/support/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace hearth {

/// A socket that listens on `host`, a numeric address, and `port`; port 0 takes a free one.
///
/// Errors: `in_use`, `not_readable` (not permitted), `value_invalid` (no numeric address),
/// `not_found` (no such address here), `limit_reached` (descriptors). The detail names host and
/// port.
[[nodiscard]] Result<UniqueFd> listen_on(const std::string& host, std::uint16_t port);

/// Where a listening socket listens: its own address and the port that it was given.
[[nodiscard]] Result<seal::Endpoint> local_endpoint(int fd);

/// Begins to connect and returns at once; the multiplexer sees how it ends.
/// Errors: `unreachable`, `limit_reached`.
[[nodiscard]] Result<UniqueFd> start_connect(const SocketAddress& address);

/// For connections that carry small, urgent messages and must notice a dead peer.
void tune_connection(int fd);

/// Makes a socket fail now, even one that is still connecting. Whoever owns it closes it.
void break_connection(int fd);

/// What one party at the other end is taken to control: an IPv4 address, or an IPv6 /64.
[[nodiscard]] std::string source_of(int fd);

}  // namespace hearth
