#include "storage/key_codec.hpp"

#include <algorithm>

namespace hearth::storage {

namespace {

constexpr std::uint32_t log_group = 0xffffffff;
constexpr StreamId log_stream{0xffffffffffffffff};

template <class Int>
void put_be(char* at, Int value) {
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    at[i] = static_cast<char>(value >> (8 * (sizeof(Int) - 1 - i)));
  }
}

template <class Int>
Int get_be(const char* at) {
  Int value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value = static_cast<Int>((value << 8U) | static_cast<unsigned char>(at[i]));
  }
  return value;
}

KeyPrefix prefix(std::uint32_t group, StreamId stream, KeyKind kind) {
  KeyPrefix bytes;
  put_be(bytes.data(), group);
  put_be(bytes.data() + 4, static_cast<std::uint64_t>(stream));
  put_be(bytes.data() + 12, static_cast<std::uint8_t>(kind));
  return bytes;
}

Key key(std::uint32_t group, StreamId stream, KeyKind kind, std::uint64_t sequence) {
  Key bytes;
  const auto head = prefix(group, stream, kind);
  std::copy(head.begin(), head.end(), bytes.begin());
  put_be(bytes.data() + key_prefix_bytes, sequence);
  return bytes;
}

}  // namespace

Key snapshot_key(StreamId stream, Sequence sequence) {
  return key(own_group, stream, KeyKind::snapshot, sequence);
}

Key run_key(StreamId stream, Sequence last) {
  return key(own_group, stream, KeyKind::run, last);
}

Key head_key(StreamId stream) {
  return key(own_group, stream, KeyKind::meta, 0);
}

Key stream_end(StreamId stream) {
  return key(own_group, stream, KeyKind{0xff}, 0);
}

Key last_batch_key() {
  return key(log_group, log_stream, KeyKind::meta, 0);
}

Key format_key() {
  return key(log_group, log_stream, KeyKind::meta, 1);
}

KeyPrefix row_prefix(StreamId stream) {
  return prefix(own_group, stream, KeyKind::row);
}

std::optional<StreamId> stream_of(std::string_view key) {
  if (key.size() < key_prefix_bytes || get_be<std::uint32_t>(key.data()) != own_group) {
    return std::nullopt;
  }
  return StreamId{get_be<std::uint64_t>(key.data() + 4)};
}

Sequence sequence_of(std::string_view key) {
  return get_be<std::uint64_t>(key.data() + key_prefix_bytes);
}

}  // namespace hearth::storage
