#pragma once

#include <string_view>

namespace hearth::cli {

/// From CMakeLists.txt; semantic versioning.
inline constexpr std::string_view version = HEARTH_VERSION;
inline constexpr std::string_view compiler = __VERSION__;

}  // namespace hearth::cli
