#pragma once

#include "sim/drill/plan.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace hearth::drill {

/// Values of a number over many runs, from the best to the worst. Runs in which it never came about
/// (no recovery) count as worse than any value. Percentiles are by nearest rank: one of the values,
/// never between two.
class Distribution final {
 public:
  /// Absent values are the runs that never got there. `side`: where its objective is; `at_most`
  /// makes small values the good ones.
  explicit Distribution(const std::vector<std::optional<double>>& values,
                        Side side = Side::at_most);

  [[nodiscard]] std::size_t runs() const { return sorted_.size() + never_; }
  [[nodiscard]] std::size_t never() const { return never_; }
  /// The best first.
  [[nodiscard]] const std::vector<double>& values() const { return sorted_; }

  /// What `percent` of the runs (1 to 100) reached or did better. Nothing: not so many ever got
  /// there, or there are no runs.
  [[nodiscard]] std::optional<double> percentile(double percent) const;
  [[nodiscard]] std::optional<double> worst() const { return percentile(100); }

 private:
  std::vector<double> sorted_;
  std::size_t never_ = 0;
};

}  // namespace hearth::drill
