#pragma once
// nodes.toml: what an operator says of the nodes of a cluster, to be signed. One block [[node]]
// for each; `hearth node show` writes that of a node. docs/configuration.md has the keys.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hearth::cli::trust {

struct NodesFile {
  std::vector<seal::ListedNode> nodes;  ///< In the order of the file; those without problems.
  std::vector<std::string> problems;    ///< "FILE:LINE: what is wrong, and what to do".
};

/// Errors: `not_found`, `not_readable`; `value_invalid` when it is no TOML.
[[nodiscard]] Result<NodesFile> read_nodes_file(const std::filesystem::path& path);

/// What works, and is likely not what is wanted: regions without a directory or a super-peer.
[[nodiscard]] std::vector<std::string> doubts_about(const std::vector<seal::ListedNode>& nodes);

/// The block [[node]] of `node`.
[[nodiscard]] std::string block_of(const seal::ListedNode& node);

}  // namespace hearth::cli::trust
