#pragma once
// A network namespace with one interface, whose packets this process reads and writes. Nothing of
// it has a name outside: the kernel removes it with the last descriptor and the last process in it,
// however these end.

#include "messages/base/result.hpp"
#include "nodes/support/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace hearth::network {

/// Of the emulated network: 10.213.SUBNET.0/24.
[[nodiscard]] std::string address_of(std::uint8_t subnet, std::size_t host);

struct Attached {
  UniqueFd netns;    ///< For `setns`; none of the machine itself.
  UniqueFd packets;  ///< One IPv4 packet a read or write; does not block.
};

/// Leaves the calling thread where it was. Call it while it is the only one of its process: root.
/// Errors: `not_allowed` (no permission to make namespaces or interfaces), `overloaded`.
[[nodiscard]] Result<Attached> make_host(const std::string& address);

/// The machine itself becomes a host: an interface of its own appears on it.
[[nodiscard]] Result<Attached> attach_machine(const std::string& address);

/// The first subnet that this machine has no address in. Errors: `in_use`: there is none.
[[nodiscard]] Result<std::uint8_t> free_subnet();

}  // namespace hearth::network
