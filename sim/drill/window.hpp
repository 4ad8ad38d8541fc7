#pragma once

#include "messages/base/types.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace hearth::drill {

/// Values of the last while. One thread.
class Window final {
 public:
  explicit Window(Millis length) : length_(length) {}

  void add(Instant at, double value) {
    values_.emplace_back(at, value);
    forget(at);
  }

  void clear() { values_.clear(); }

  [[nodiscard]] std::size_t size(Instant now) {
    forget(now);
    return values_.size();
  }

  /// Nothing when there is no value.
  [[nodiscard]] std::optional<double> mean(Instant now) {
    forget(now);
    if (values_.empty()) {
      return std::nullopt;
    }
    double sum = 0;
    for (const auto& [at, value] : values_) {
      sum += value;
    }
    return sum / static_cast<double>(values_.size());
  }

  /// The value that `share` of all do not exceed.
  [[nodiscard]] std::optional<double> quantile(Instant now, double share) {
    forget(now);
    if (values_.empty()) {
      return std::nullopt;
    }
    std::vector<double> sorted;
    for (const auto& [at, value] : values_) {
      sorted.push_back(value);
    }
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()))) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank),
                     sorted.end());
    return sorted[rank];
  }

 private:
  void forget(Instant now) {
    while (!values_.empty() && now - values_.front().first > length_) {
      values_.pop_front();
    }
  }

  Millis length_;
  std::deque<std::pair<Instant, double>> values_;
};

}  // namespace hearth::drill
