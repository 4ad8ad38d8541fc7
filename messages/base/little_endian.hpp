#pragma once
// Integers of fixed layouts: little-endian, without padding, at any alignment.

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace hearth {

/// Writes `sizeof(Int)` bytes at `at`.
template <class Int>
void put_le(std::uint8_t* at, Int value) {
  const auto rest = static_cast<std::make_unsigned_t<Int>>(value);
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    at[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(rest) >> (8 * i));
  }
}

/// Reads `sizeof(Int)` bytes at `at`.
template <class Int>
[[nodiscard]] Int get_le(const std::uint8_t* at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value |= static_cast<std::uint64_t>(at[i]) << (8 * i);
  }
  return static_cast<Int>(value);
}

}  // namespace hearth
