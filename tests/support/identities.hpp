#pragma once
// Identities and times that are the same in every run.

#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <array>
#include <cstdint>

namespace hearth::testing {

/// 32 times the same byte.
[[nodiscard]] inline seal::SecretKey secret_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(byte);
  return seal::SecretKey(bytes);
}

/// Seed 32 times `byte`, exchange secret 32 times `byte` + 128.
[[nodiscard]] inline seal::Identity identity_of(std::uint8_t byte) {
  return seal::Identity::from_secrets(secret_of(byte),
                                      secret_of(static_cast<std::uint8_t>(byte + 128)));
}

/// A Friday in 2027.
inline constexpr WallTime some_day{Millis{1'800'000'000'000}};

}  // namespace hearth::testing
