#include "messages/seal/recovery_key.hpp"

#include "messages/base/types.hpp"
#include "messages/seal/digest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace hearth::seal {

namespace {

/// As of pairing codes: none can be taken for another.
constexpr std::string_view alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr unsigned bits_each = 5;
constexpr std::size_t seed_bytes = 32;
constexpr std::size_t checksum_bytes = 3;
constexpr std::size_t all_bytes = seed_bytes + checksum_bytes;
constexpr std::size_t characters = all_bytes * 8 / bits_each;
static_assert(characters * bits_each == all_bytes * 8 && characters % 4 == 0);

using Whole = std::array<std::uint8_t, all_bytes>;

/// Seed, and the beginning of a digest of it behind.
Whole with_checksum(const SecretKey& seed) {
  constexpr std::string_view purpose = "hearth recovery key 1";
  Bytes body(purpose.begin(), purpose.end());
  body.push_back(0);
  body.insert(body.end(), seed.bytes().begin(), seed.bytes().end());
  std::array<std::uint8_t, 32> digest{};
  digest_into(digest, body);
  wipe(body);
  Whole whole{};
  std::copy(seed.bytes().begin(), seed.bytes().end(), whole.begin());
  std::copy_n(digest.begin(), checksum_bytes, whole.begin() + seed_bytes);
  return whole;
}

/// Five bits from bit `at` on, the highest of a byte first.
std::size_t bits_at(const Whole& whole, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t bit = at; bit < at + bits_each; ++bit) {
    value = value << 1U | ((whole.at(bit / 8) >> (7 - bit % 8)) & 1U);
  }
  return value;
}

}  // namespace

std::string recovery_key_text(const SecretKey& seed) {
  auto whole = with_checksum(seed);
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) {
    text += i > 0 && i % 4 == 0 ? "-" : "";
    text += alphabet.at(bits_at(whole, i * bits_each));
  }
  wipe(whole);
  return text;
}

std::optional<SecretKey> read_recovery_key(std::string_view text) {
  Whole whole{};
  std::size_t count = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t') {
      continue;
    }
    const char large = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const auto value = alphabet.find(large);
    if (value == std::string_view::npos || count == characters) {
      return std::nullopt;
    }
    for (unsigned bit = 0; bit < bits_each; ++bit) {
      const auto at = count * bits_each + bit;
      const auto set = static_cast<unsigned>(value >> (bits_each - 1 - bit)) & 1U;
      whole.at(at / 8) = static_cast<std::uint8_t>(whole.at(at / 8) | set << (7 - at % 8));
    }
    ++count;
  }
  std::array<std::uint8_t, seed_bytes> bytes{};
  std::copy_n(whole.begin(), seed_bytes, bytes.begin());
  const SecretKey seed(bytes);
  wipe(bytes);
  auto expected = with_checksum(seed);
  const bool is_whole = count == characters && equal_in_constant_time(whole, expected);
  wipe(whole);
  wipe(expected);
  return is_whole ? std::optional(seed) : std::nullopt;
}

}  // namespace hearth::seal
