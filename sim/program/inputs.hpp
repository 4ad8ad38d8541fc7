#pragma once
// What the operator names, read. Nothing: it was said why.

#include "sim/drill/plan.hpp"
#include "sim/drill/profile.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hearth::sim {

/// A drill that can run.
[[nodiscard]] std::optional<drill::Drill> load_drill(const std::string& name_or_file);
/// Empty: the built-in one.
[[nodiscard]] std::optional<drill::Profile> load_profile(const std::string& file);
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file);

}  // namespace hearth::sim
