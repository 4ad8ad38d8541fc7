#pragma once
// cluster.toml: which trust root a process believes. docs/configuration.md has an example.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hearth {

struct Cluster {
  std::string name;
  std::vector<SigningKey> roots;  ///< Two; either may sign the node list.
  /// The directories that the accounts began with; for good, whoever has become a member since.
  std::vector<NodeId> founders;
  std::uint32_t groups = 16;  ///< Of accounts, likewise: 1 to 1024.
};

/// Errors: `not_found`, `not_readable`, `value_invalid` (the detail has file and line).
[[nodiscard]] Result<Cluster> load_cluster(const std::filesystem::path& path);
[[nodiscard]] Result<void> save_cluster(const std::filesystem::path& path, const Cluster& cluster);

}  // namespace hearth
