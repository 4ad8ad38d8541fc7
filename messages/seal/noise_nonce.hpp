#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hearth::seal {

/// Noise's form of a nonce for ChaCha20-Poly1305: four zero bytes, then the counter,
/// little-endian. Source: The Noise Protocol Framework, revision 34, section 12.3.
[[nodiscard]] inline std::array<std::uint8_t, 12> noise_nonce(std::uint64_t counter) {
  std::array<std::uint8_t, 12> nonce{};
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  }
  return nonce;
}

}  // namespace hearth::seal
