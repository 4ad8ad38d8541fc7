#include "sim/drill/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace hearth::drill {

Distribution::Distribution(const std::vector<std::optional<double>>& values, Side side) {
  for (const auto& value : values) {
    if (value) {
      sorted_.push_back(*value);
    } else {
      ++never_;
    }
  }
  std::sort(sorted_.begin(), sorted_.end());
  if (side == Side::at_least) {
    std::reverse(sorted_.begin(), sorted_.end());
  }
}

std::optional<double> Distribution::percentile(double percent) const {
  const auto rank = std::ceil(percent / 100 * static_cast<double>(runs()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return index < sorted_.size() ? std::optional(sorted_[index]) : std::nullopt;
}

}  // namespace hearth::drill
