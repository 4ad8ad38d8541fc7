#pragma once

#include <string_view>

namespace hearth::gateway {

/// The bytes of a file that the build put into the binary, named without its folder.
/// Precondition: the build lists it.
[[nodiscard]] std::string_view embedded_file(std::string_view name);

}  // namespace hearth::gateway
