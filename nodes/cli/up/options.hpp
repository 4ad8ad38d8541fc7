#pragma once

#include "messages/seal/node_list.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hearth::cli::up {

/// Options of `hearth up`, checked.
struct Options {
  std::filesystem::path data;                ///< Absolute.
  std::vector<std::filesystem::path> media;  ///< Absolute; at least one.
  std::vector<std::string> regions;          ///< At least one, no doubles.
  seal::Endpoint http;
  std::filesystem::path ready_file;  ///< Absolute, or empty.
  std::string log_level = "info";
  bool json = false;
  bool drills = false;  ///< Takes orders that break it.
  /// Of the emulated network between its processes. Nothing: they use the loopback interface.
  std::optional<std::uint8_t> subnet;
};

}  // namespace hearth::cli::up
