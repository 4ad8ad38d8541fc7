#pragma once

#include "messages/base/ids.hpp"
#include "messages/seal/identity.hpp"

#include <string>

namespace hearth::link {

/// Who this node is to its peers.
struct LinkSelf {
  seal::Identity identity;
  Role role = Role::none;
  std::string region;  ///< As in the node list; empty for homes and clients, which have none.
};

/// Whom a channel is opened to: keys, role and region must all turn out as said.
struct Contact {
  PublicKeys keys;
  Role role = Role::none;
  std::string region;
};

/// Nodes of the node list know each other's keys beforehand; homes and clients are not listed.
[[nodiscard]] constexpr bool is_listed(Role role) {
  return role == Role::directory || role == Role::super_peer;
}

}  // namespace hearth::link
