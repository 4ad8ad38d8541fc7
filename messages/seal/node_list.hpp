#pragma once
// The trust root's word on which nodes are the service. Source: docs/formats/node_list.md.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::seal {

struct Endpoint {
  std::string host;  ///< Name, IPv4 or IPv6 address without brackets; at most 253 bytes.
  std::uint16_t port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct ListedNode {
  PublicKeys keys;
  Role role = Role::none;         ///< directory or super_peer.
  std::string region;             ///< 1 to 16 of a-z, 0-9, '-'.
  std::vector<Endpoint> control;  ///< 1 to 4.
  std::vector<Endpoint> data;     ///< Of a super-peer: 1 to 4; else none.
  bool issues_tickets = false;    ///< Directories only.
  friend bool operator==(const ListedNode&, const ListedNode&) = default;

  [[nodiscard]] NodeId id() const;
};

struct NodeList {
  std::uint64_t serial = 0;  ///< Only grows.
  WallTime not_after;
  std::vector<ListedNode> nodes;  ///< 1 to `limits::nodes_max`, no key twice.
  friend bool operator==(const NodeList&, const NodeList&) = default;

  /// Null when the list does not know `id`. Goes through the list and hashes: for rare questions.
  [[nodiscard]] const ListedNode* find(const NodeId& id) const;
};

/// Whether all bounds hold; does not look at `not_after`. Errors: `value_invalid`, the detail says
/// which node and what.
[[nodiscard]] Result<void> check_node_list(const NodeList& list);

/// Precondition: `check_node_list(list)` is good.
[[nodiscard]] Bytes sign_node_list(const NodeList& list, const SecretKey& root_seed);

/// Either root key may have signed. Errors: `message_malformed`, `identity_unknown` (signature),
/// `value_invalid` (over, duplicates, bounds; the detail says which).
[[nodiscard]] Result<NodeList> verify_node_list(BytesView signed_list,
                                                const std::vector<SigningKey>& roots, WallTime now);

}  // namespace hearth::seal
