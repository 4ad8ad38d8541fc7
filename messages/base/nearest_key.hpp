#pragma once
// What a misspelt word was meant to be.

#include <string>
#include <vector>

namespace hearth {

/// The `known` key that is most like `wanted`: fewest letters inserted, left out or changed; the
/// first of several. Empty if none is known.
[[nodiscard]] std::string nearest_key(const std::string& wanted,
                                      const std::vector<std::string>& known);

}  // namespace hearth
