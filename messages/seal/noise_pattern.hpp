#pragma once
// Handshake patterns as data. Source: The Noise Protocol Framework, revision 34, sections 7 and 9.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hearth::seal {

enum class NoiseToken : std::uint8_t { e, s, ee, es, se, ss, psk };

/// The tokens of one message. Five at most in a pattern, a psk at either end.
struct NoiseMessage {
  std::array<NoiseToken, 7> tokens{};
  std::uint8_t size = 0;

  constexpr void append(NoiseToken token) { tokens[size++] = token; }
  constexpr void prepend(NoiseToken token) {
    for (std::size_t i = size++; i > 0; --i) {
      tokens[i] = tokens[i - 1];
    }
    tokens[0] = token;
  }
  [[nodiscard]] constexpr const NoiseToken* begin() const { return tokens.data(); }
  [[nodiscard]] constexpr const NoiseToken* end() const { return tokens.data() + size; }
};

struct NoisePattern {
  bool knows_initiator = false;  ///< The responder has the initiator's static key beforehand.
  bool knows_responder = false;
  std::array<NoiseMessage, 3> messages{};
  std::uint8_t message_count = 0;
  std::uint8_t psk_count = 0;

  [[nodiscard]] bool one_way() const { return message_count == 1; }
  /// Whether that side sends its static key in a message.
  [[nodiscard]] bool sends_static(bool initiator) const;
};

/// Nothing for a name like "XX1", "XXfallback", "XXpsk4" or "XXpsk1+psk1".
[[nodiscard]] std::optional<NoisePattern> find_noise_pattern(std::string_view name);

}  // namespace hearth::seal
