#pragma once
// Cap'n Proto messages put together word by word, for what no builder writes.
// Source: https://capnproto.org/encoding.html

#include "messages/base/types.hpp"

#include <cstdint>
#include <cstring>
#include <vector>

namespace hearth::test {

using Word = std::uint64_t;

/// To a struct that begins `offset` words after the pointer's end.
constexpr Word struct_pointer(std::int32_t offset, std::uint16_t data_words,
                              std::uint16_t pointers) {
  return (static_cast<Word>(static_cast<std::uint32_t>(offset) << 2U)) | (Word{data_words} << 32U) |
         (Word{pointers} << 48U);
}

enum class ElementSize : std::uint8_t { none = 0, byte = 2, word = 5, pointer = 6, composite = 7 };

/// `count` is that of the elements, of a composite list that of its words without the tag.
constexpr Word list_pointer(std::int32_t offset, ElementSize size, std::uint32_t count) {
  return 1U | static_cast<Word>(static_cast<std::uint32_t>(offset) << 2U) |
         (static_cast<Word>(size) << 32U) | (Word{count} << 35U);
}

/// The first word of a composite list.
constexpr Word list_tag(std::uint32_t count, std::uint16_t data_words, std::uint16_t pointers) {
  return struct_pointer(static_cast<std::int32_t>(count), data_words, pointers);
}

constexpr Word far_pointer(std::uint32_t segment, std::uint32_t offset, bool to_two_words) {
  return 2U | (to_two_words ? 4U : 0U) | (Word{offset} << 3U) | (Word{segment} << 32U);
}

/// The bytes of a message of one segment.
inline Bytes flat_message(const std::vector<Word>& segment) {
  std::vector<Word> words{Word{segment.size()} << 32U};
  words.insert(words.end(), segment.begin(), segment.end());
  Bytes bytes(words.size() * sizeof(Word));
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

}  // namespace hearth::test
