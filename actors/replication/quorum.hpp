#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>

namespace hearth::replication {

/// How many of `voters` are a majority.
[[nodiscard]] constexpr std::size_t majority(std::size_t voters) {
  return voters / 2 + 1;
}

/// The greatest value that a majority has reached, given what each voter has; the smallest there is
/// where there are no voters. Reorders `values`.
template <class Value>
[[nodiscard]] Value reached_by_majority(std::span<Value> values) {
  if (values.empty()) {
    return Value{};
  }
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(majority(values.size()) - 1);
  std::nth_element(values.begin(), nth, values.end(), std::greater<>());
  return *nth;
}

}  // namespace hearth::replication
