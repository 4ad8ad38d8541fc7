#pragma once

#include "messages/base/result.hpp"
#include "messages/link/frame.hpp"

#include <array>
#include <optional>

namespace hearth::link {

/// A message of one or more parts, whole.
struct WholeFrame {
  FrameHeader header;
  BytesView body;  ///< Valid until the next `add`.
};

/// Puts the parts of a session's messages together. Parts of different traffic classes may be
/// mixed, so at most one message a class is unfinished, none longer than an envelope may be.
class Reassembly {
 public:
  /// Nothing while parts are missing. `body` is copied only where parts are missing.
  ///
  /// Errors: `message_malformed` when a part does not belong to the unfinished message of its
  /// class, `frame_oversized`. The session is then of no more use.
  [[nodiscard]] Result<std::optional<WholeFrame>> add(const FrameHeader& header, BytesView body);

 private:
  struct Unfinished {
    std::optional<FrameHeader> header;  ///< Of the first part.
    Bytes bytes;
  };
  std::array<Unfinished, 3> by_class_;
  Bytes done_;  ///< Of the last message of several parts.
};

}  // namespace hearth::link
