#pragma once

#include "messages/envelope/envelope.hpp"
#include "messages/link/frame.hpp"

#include <array>
#include <deque>
#include <optional>

namespace hearth::link {

/// A frame of any length, before it is cut into parts. At most one of `envelope` and `raw` is set.
struct OutFrame {
  FrameHeader header;
  Envelope envelope = {};
  Bytes raw = {};
};

/// One part, fit for the channel.
struct OutPart {
  FrameHeader header;
  BytesView body;  ///< Valid until the outbox changes.
};

/// What one session has to send, in order within a traffic class. Between classes the more urgent
/// one goes first, part by part, so that a long bulk answer does not hold up consensus. Pings and
/// pongs go before all.
class Outbox {
 public:
  /// What a waiting frame costs besides its body.
  static constexpr std::size_t frame_overhead = 128;

  void push(OutFrame frame);

  /// The next part, or nothing. It stays until `pop`.
  [[nodiscard]] std::optional<OutPart> front() const;
  /// Precondition: `front()`.
  void pop();

  /// Of all that waits, in bytes with overhead.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Waiting {
    OutFrame frame;
    std::size_t offset = 0;  ///< Sent so far.
  };
  static constexpr std::size_t lanes = 4;

  [[nodiscard]] std::size_t first_lane() const;

  std::array<std::deque<Waiting>, lanes> lanes_;
  std::size_t bytes_ = 0;
};

}  // namespace hearth::link
