#pragma once
// The one message type between actors of different nodes: an immutable, reference-counted, flat
// Cap'n Proto message. A copy is one increment, so local sends copy no bytes and a retry sends the
// same buffer. Any thread may hold one.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstddef>
#include <cstdint>

namespace hearth {

class Envelope {
 public:
  Envelope() noexcept = default;
  Envelope(const Envelope& other) noexcept;
  Envelope(Envelope&& other) noexcept;
  Envelope& operator=(Envelope other) noexcept;
  ~Envelope();

  /// Copies `bytes` of the network or of a codec. What is inside is checked by the codecs.
  ///
  /// Errors: `message_malformed` when empty or not whole words, `frame_oversized` past
  /// `limits::envelope_bytes_max`.
  [[nodiscard]] static Result<Envelope> from_bytes(BytesView bytes);

  explicit operator bool() const noexcept { return buffer_ != nullptr; }

  /// The flat message, 8-aligned, whole words. Valid while this envelope or a copy lives.
  [[nodiscard]] BytesView bytes() const noexcept;

  // CAF demands an inspector of whatever it carries. Nothing lets CAF serialise an envelope (the
  // link does), so it shows its size and no more.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, Envelope& x) {
    auto size = static_cast<std::uint64_t>(x.bytes().size());
    return f(size);
  }

 private:
  friend class EnvelopeAccess;
  struct Buffer;
  Buffer* buffer_ = nullptr;
};

}  // namespace hearth
