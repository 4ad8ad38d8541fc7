#pragma once
// The codecs' way into a new envelope: they write a message into its buffer before anybody else
// holds it, so that a message is copied nowhere.

#include "messages/envelope/envelope.hpp"

#include <cstdint>
#include <span>

namespace hearth {

class EnvelopeAccess {
 public:
  /// An envelope of `bytes` bytes, not initialised. Precondition: whole words, at least one.
  [[nodiscard]] static Envelope allocate(std::size_t bytes);

  /// Precondition: nobody else has a copy of `envelope` yet.
  [[nodiscard]] static std::span<std::uint8_t> writable(Envelope& envelope);
};

}  // namespace hearth
