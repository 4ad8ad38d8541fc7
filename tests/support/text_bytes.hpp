#pragma once

#include "messages/base/types.hpp"

#include <string_view>

namespace hearth::testing {

[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

}  // namespace hearth::testing
