#pragma once

#include "messages/seal/node_list.hpp"

#include <filesystem>
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
};

}  // namespace hearth::cli::up
