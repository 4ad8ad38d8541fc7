#pragma once

#include "messages/base/types.hpp"

#include <string>

namespace hearth {

/// "2026-11-28T07:08:57Z", RFC 3339.
[[nodiscard]] std::string time_text(WallTime time);

}  // namespace hearth
