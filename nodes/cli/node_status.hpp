#pragma once

#include "messages/base/result.hpp"

#include <filesystem>
#include <string>

namespace hearth::cli {

struct NodeStatus {
  std::string role;
  std::string id;  ///< Empty before `node init`.
  std::string data;
  bool running = false;
  std::string admin;  ///< HOST:PORT of a running one.
  bool ready = false;
};

/// What the data folder says, and its process if one runs. Changes nothing.
/// Errors: `not_found` (no data folder), `not_readable`, `format_newer`.
[[nodiscard]] Result<NodeStatus> node_status(const std::filesystem::path& data);

[[nodiscard]] std::string to_json(const NodeStatus& status);
[[nodiscard]] std::string to_table(const NodeStatus& status);

}  // namespace hearth::cli
