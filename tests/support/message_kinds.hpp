#pragma once
// Every kind of message that there is, so that none comes without a place in a test's table.

#include "messages/envelope/message_kind.hpp"

#include <vector>

namespace hearth::test {

/// All that have a name, by number. The first is `none`.
[[nodiscard]] inline std::vector<MessageKind> every_kind() {
  std::vector<MessageKind> kinds;
  for (unsigned number = 0; number < 0x10000; ++number) {
    const auto kind = static_cast<MessageKind>(number);
    if (!name_of(kind).empty()) {
      kinds.push_back(kind);
    }
  }
  return kinds;
}

}  // namespace hearth::test
