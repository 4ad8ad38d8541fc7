#pragma once
// What a node's own machine knows of its entry in the node list: keys, and where it likely is.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hearth::cli::trust {

/// What the operator says of it; empty: as the configuration of the role on this machine has it,
/// with the machine's name where that listens on all addresses.
struct EntryWish {
  std::string region;
  std::vector<std::string> control;  ///< HOST:PORT.
  std::vector<std::string> data;
};

/// The entry of the node whose data folder is `folder`. Errors: `not_found` (no keys),
/// `wrong_role` (homes and gateways are not listed), `value_invalid`, those of reading.
[[nodiscard]] Result<seal::ListedNode> entry_of(const std::filesystem::path& folder,
                                                const EntryWish& wish);

}  // namespace hearth::cli::trust
