#pragma once

#include "messages/base/types.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hearth {

/// Lower-case hexadecimal of `bytes`.
[[nodiscard]] std::string to_hex(BytesView bytes);

/// The bytes that `hex` (either case, even length) stands for, or nothing.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view hex);

/// A value of exactly `Size` bytes whose `Tag` keeps ids and keys of different meaning apart.
/// Ordered bytewise; all zero means "none".
template <class Tag, std::size_t Size>
struct FixedBytes {
  static constexpr std::size_t size = Size;
  std::array<std::uint8_t, Size> bytes{};

  auto operator<=>(const FixedBytes&) const = default;

  [[nodiscard]] bool is_zero() const { return *this == FixedBytes{}; }
  [[nodiscard]] BytesView view() const { return bytes; }

  /// Nothing unless `from` has exactly `Size` bytes.
  [[nodiscard]] static std::optional<FixedBytes> from(BytesView from) {
    if (from.size() != Size) {
      return std::nullopt;
    }
    FixedBytes value;
    std::copy(from.begin(), from.end(), value.bytes.begin());
    return value;
  }
  /// Nothing unless `hex` is exactly 2 * `Size` hexadecimal digits.
  [[nodiscard]] static std::optional<FixedBytes> parse(std::string_view hex) {
    const auto decoded = from_hex(hex);
    return decoded ? from(*decoded) : std::nullopt;
  }
};

template <class Tag, std::size_t Size>
[[nodiscard]] std::string to_text(const FixedBytes<Tag, Size>& value) {
  return to_hex(value.view());
}

}  // namespace hearth
