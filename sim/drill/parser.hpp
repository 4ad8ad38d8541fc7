#pragma once
// Drill files: docs/drills/format.md. Strict, because a drill that silently leaves out what it
// could not read would prove nothing.

#include "messages/base/result.hpp"
#include "sim/drill/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

struct ParsedDrill {
  Drill drill;  ///< Of use only if there are no problems.
  /// "FILE:LINE:COLUMN: what is wrong", in the order of the file.
  std::vector<std::string> problems;

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

/// `file` is what problems call it. Beside form, this checks sense: targets that the topology has,
/// faults in the order of time, a drill `within` tolerance that is (see atlas.hpp).
[[nodiscard]] ParsedDrill parse_drill(std::string_view text, const std::string& file);

inline constexpr std::size_t drill_file_bytes_max = std::size_t{1} << 20U;

}  // namespace hearth::drill
