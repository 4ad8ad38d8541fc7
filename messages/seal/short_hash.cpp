#include "messages/seal/short_hash.hpp"

#include "messages/base/little_endian.hpp"

#include <sodium/crypto_shorthash_siphash24.h>

#include <array>

namespace hearth::seal {

namespace {

/// "hearth buckets v1" without its last letter: where a key lives depends on it, for ever.
constexpr std::array<std::uint8_t, crypto_shorthash_siphash24_KEYBYTES> bucket_key{
    'h', 'e', 'a', 'r', 't', 'h', ' ', 'b', 'u', 'c', 'k', 'e', 't', 's', ' ', 'v'};

}  // namespace

std::uint64_t short_hash(BytesView message) {
  std::array<std::uint8_t, crypto_shorthash_siphash24_BYTES> hash{};
  crypto_shorthash_siphash24(hash.data(), message.data(), message.size(), bucket_key.data());
  return get_le<std::uint64_t>(hash.data());
}

}  // namespace hearth::seal
