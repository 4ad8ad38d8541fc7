#pragma once
// Byte ranges. Source: RFC 9110 section 14. One range is served; several, and a Range that breaks
// the grammar, are answered with the whole file, as 14.2 allows.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace hearth::http {

/// Ignore the Range header: 200.
struct WholeFile {
  friend bool operator==(const WholeFile&, const WholeFile&) = default;
};
/// 206. Not empty, and inside the file.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
/// 416.
struct RangeUnsatisfiable {
  friend bool operator==(const RangeUnsatisfiable&, const RangeUnsatisfiable&) = default;
};

using RangeChoice = std::variant<WholeFile, ByteRange, RangeUnsatisfiable>;

/// What `range`, the value of a Range header, asks of a file of `size` bytes.
[[nodiscard]] RangeChoice choose_range(std::string_view range, std::uint64_t size);

/// Whether a Range may be applied beside this If-Range, for a file with this strong `etag` and no
/// date. Source: RFC 9110 section 13.1.5.
[[nodiscard]] bool if_range_holds(std::string_view if_range, std::string_view etag);

/// Value of Content-Range for a 206.
[[nodiscard]] std::string content_range(const ByteRange& range, std::uint64_t size);
/// Value of Content-Range for a 416.
[[nodiscard]] std::string unsatisfied_range(std::uint64_t size);

}  // namespace hearth::http
