#include "messages/seal/random.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/init.hpp"

#include <sodium/randombytes.h>

#include <array>

namespace hearth::seal {

void random_bytes(std::span<std::uint8_t> to) {
  HEARTH_CHECK(init());
  randombytes_buf(to.data(), to.size());
}

std::uint64_t random_u64() {
  std::array<std::uint8_t, 8> bytes{};
  random_bytes(bytes);
  std::uint64_t value = 0;
  for (const auto byte : bytes) {
    value = (value << 8U) | byte;
  }
  return value;
}

SecretKey random_secret() {
  std::array<std::uint8_t, 32> bytes{};
  random_bytes(bytes);
  SecretKey secret(bytes);
  wipe(bytes);
  return secret;
}

}  // namespace hearth::seal
