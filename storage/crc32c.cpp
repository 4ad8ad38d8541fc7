#include "storage/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace hearth::storage {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  constexpr std::uint32_t reversed_polynomial = 0x82f63b78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    auto rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? reversed_polynomial : 0);
    }
    table[byte] = rest;
  }
  return table;
}

std::uint32_t extend_by_table(std::uint32_t crc, BytesView bytes) {
  static constexpr auto table = make_table();
  for (const auto byte : bytes) {
    crc = table[(crc ^ byte) & 0xffU] ^ (crc >> 8U);
  }
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t extend_by_hardware(std::uint32_t crc,
                                                                   BytesView bytes) {
  std::uint64_t wide = crc;
  while (bytes.size() >= sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    wide = _mm_crc32_u64(wide, word);
    bytes = bytes.subspan(sizeof word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const auto byte : bytes) {
    narrow = _mm_crc32_u8(narrow, byte);
  }
  return narrow;
}

std::uint32_t extend(std::uint32_t crc, BytesView bytes) {
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  return has_instruction ? extend_by_hardware(crc, bytes) : extend_by_table(crc, bytes);
}
#else
std::uint32_t extend(std::uint32_t crc, BytesView bytes) {
  return extend_by_table(crc, bytes);
}
#endif

}  // namespace

std::uint32_t crc32c(BytesView bytes, std::uint32_t previous) {
  return ~extend(~previous, bytes);
}

}  // namespace hearth::storage
