#pragma once

#include <string_view>
#include <vector>

namespace hearth::mutants {

/// A mistake that the preset `mutants` can make on purpose.
struct Mutant {
  std::string_view name;     ///< At its sites: HEARTH_MUTANT("name").
  std::string_view promise;  ///< Whose checker must notice: "P1".
  std::string_view drill;    ///< That makes it matter: a file of drills/.
  std::string_view says;     ///< What was done wrong.
};

/// Every mutant there is, by promise.
[[nodiscard]] const std::vector<Mutant>& all();

}  // namespace hearth::mutants
