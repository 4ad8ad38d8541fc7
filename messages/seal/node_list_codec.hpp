#pragma once
// The signed part of a node list as bytes: docs/formats/node_list.md.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"

namespace hearth::seal {

/// Precondition: `check_node_list(list)` is good.
[[nodiscard]] Bytes encode_node_list(const NodeList& list);

/// Checks that the bytes are the layout's, not that the values make sense.
/// Errors: `message_malformed`.
[[nodiscard]] Result<NodeList> decode_node_list(BytesView body);

}  // namespace hearth::seal
