#include "messages/seal/digest.hpp"

#include "messages/base/check.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/utils.h>

namespace hearth::seal {

void digest_into(std::span<std::uint8_t> to, BytesView message) {
  HEARTH_CHECK(to.size() >= crypto_generichash_blake2b_BYTES_MIN &&
               to.size() <= crypto_generichash_blake2b_BYTES_MAX);
  crypto_generichash_blake2b(to.data(), to.size(), message.data(), message.size(), nullptr, 0);
}

Mac mac(const SecretKey& key, BytesView message) {
  Mac code;
  crypto_auth_hmacsha256(code.bytes.data(), message.data(), message.size(), key.data());
  return code;
}

bool verify_mac(const SecretKey& key, BytesView message, BytesView code) {
  return equal_in_constant_time(mac(key, message).view(), code);
}

bool equal_in_constant_time(BytesView left, BytesView right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace hearth::seal
