#pragma once
// Reading and writing of the fixed little-endian layouts of docs/formats.

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace hearth::seal {

/// Keeps its capacity from the start, so that secrets do not stay behind in old buffers.
class ByteWriter {
 public:
  explicit ByteWriter(std::size_t capacity) { out_.reserve(capacity); }

  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u64(std::uint64_t value) { number(value, 8); }
  void time(WallTime value);
  void bytes(BytesView value) { out_.insert(out_.end(), value.begin(), value.end()); }
  void text(std::string_view value) { out_.insert(out_.end(), value.begin(), value.end()); }
  void zeros(std::size_t count) { out_.insert(out_.end(), count, 0); }

  [[nodiscard]] BytesView written() const { return out_; }
  [[nodiscard]] Bytes finish() { return std::move(out_); }

 private:
  void number(std::uint64_t value, unsigned size);

  Bytes out_;
};

/// Reads without ever leaving the buffer: after the first bad read everything is zero and
/// `good()` is false, so that a decoder checks once per decision instead of once per field.
class ByteReader {
 public:
  explicit ByteReader(BytesView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint64_t u64() { return number(8); }
  /// Bad outside of the years 1970 to 9999, so that sums of times cannot overflow.
  WallTime time();
  /// The next `size` bytes; none of them when fewer are left.
  BytesView take(std::size_t size);
  template <class Id>
  Id fixed() {
    return Id::from(take(Id::size)).value_or(Id{});
  }
  bool expect(std::string_view text);
  bool expect_zeros(std::size_t count);

  [[nodiscard]] bool good() const { return good_; }
  /// Good, and nothing is left over.
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  std::uint64_t number(std::size_t size);
  void fail();

  BytesView rest_;
  bool good_ = true;
};

}  // namespace hearth::seal
