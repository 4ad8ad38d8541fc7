#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace hearth::drill {

/// Values of a number over many runs. Runs in which it never came about (no recovery) count as
/// worse than any value. Percentiles are by nearest rank: one of the values, never between two.
class Distribution final {
 public:
  /// Of the values, some may be absent: those runs are the never ones.
  explicit Distribution(const std::vector<std::optional<double>>& values);

  [[nodiscard]] std::size_t runs() const { return sorted_.size() + never_; }
  [[nodiscard]] std::size_t never() const { return never_; }
  /// In rising order.
  [[nodiscard]] const std::vector<double>& values() const { return sorted_; }

  /// `percent` from 1 to 100. Nothing: that many runs never got there, or there are none.
  [[nodiscard]] std::optional<double> percentile(double percent) const;
  [[nodiscard]] std::optional<double> max() const { return percentile(100); }

 private:
  std::vector<double> sorted_;
  std::size_t never_ = 0;
};

}  // namespace hearth::drill
