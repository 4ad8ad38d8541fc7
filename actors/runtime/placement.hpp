#pragma once

#include "actors/runtime/step.hpp"
#include "messages/seal/node_list.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace hearth {

/// Up to `count` nodes of `role`: those of `region` first, then the others; inside each group in
/// an order of `self`'s own (rendezvous hashing), so that load spreads. Each of the second and
/// later ones is of a region not yet taken, as long as there is one: a standby must not fall with
/// the primary's region. Pure.
[[nodiscard]] std::vector<NodeId> choose_nodes(const seal::NodeList& list, Role role,
                                               std::string_view region, const NodeId& self,
                                               std::size_t count);

/// Directories that a home or client keeps connections to.
inline constexpr std::size_t directories_wanted = 2;

/// Dials those of `to` that `from` lacks, and lets go of those that only `from` has.
void move_connections(const std::vector<NodeId>& from, const std::vector<NodeId>& to,
                      std::vector<LinkOrder>& orders);

}  // namespace hearth
