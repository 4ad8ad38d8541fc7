#include "messages/seal/wire_bytes.hpp"

#include <algorithm>

namespace hearth::seal {

namespace {

constexpr std::uint64_t time_ms_max = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

}  // namespace

void ByteWriter::number(std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) {
    out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

void ByteWriter::time(WallTime value) {
  u64(static_cast<std::uint64_t>(value.time_since_epoch().count()));
}

void ByteReader::fail() {
  good_ = false;
  rest_ = {};
}

BytesView ByteReader::take(std::size_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const auto taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint64_t ByteReader::number(std::size_t size) {
  const auto taken = take(size);
  std::uint64_t value = 0;
  for (std::size_t i = taken.size(); i > 0; --i) {
    value = (value << 8U) | taken[i - 1];
  }
  return value;
}

WallTime ByteReader::time() {
  const auto ms = u64();
  if (ms > time_ms_max) {
    fail();
    return {};
  }
  return WallTime(Millis(static_cast<Millis::rep>(ms)));
}

bool ByteReader::expect(std::string_view text) {
  const auto taken = take(text.size());
  if (!std::equal(taken.begin(), taken.end(), text.begin(), text.end())) {
    fail();
  }
  return good_;
}

bool ByteReader::expect_zeros(std::size_t count) {
  const auto taken = take(count);
  if (std::any_of(taken.begin(), taken.end(), [](std::uint8_t byte) { return byte != 0; })) {
    fail();
  }
  return good_;
}

}  // namespace hearth::seal
