#pragma once
// The hash of a state that is kept up with every change (promise P10): the sum of a hash of each
// row, so that a row is added or taken away without reading the others, in any order.

#include "messages/base/types.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace hearth::replication {

/// Of no rows: zero. Four sums modulo 2^64, of the parts of the rows' BLAKE2b-256.
struct RowHash {
  std::array<std::uint64_t, 4> parts{};

  RowHash& operator+=(const RowHash& other);
  RowHash& operator-=(const RowHash& other);
  friend bool operator==(const RowHash&, const RowHash&) = default;
};

[[nodiscard]] RowHash hash_of_row(std::string_view key, BytesView value);

}  // namespace hearth::replication
