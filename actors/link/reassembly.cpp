#include "actors/link/reassembly.hpp"

#include "messages/base/limits.hpp"

#include <utility>

namespace hearth::link {

Result<std::optional<WholeFrame>> Reassembly::add(const FrameHeader& header, BytesView body) {
  auto& unfinished = by_class_[static_cast<std::size_t>(header.traffic)];
  const bool more = (header.flags & flag_more) != 0;
  if (!unfinished.header && !more) {
    return std::optional(WholeFrame{header, body});
  }
  if (!unfinished.header) {
    unfinished.header = header;
    unfinished.bytes.clear();
  } else if (unfinished.header->kind != header.kind ||
             unfinished.header->correlation != header.correlation) {
    return Error{ErrorCode::message_malformed, "part of another message"};
  }
  if (unfinished.bytes.size() + body.size() > limits::envelope_bytes_max) {
    return Error{ErrorCode::frame_oversized, "message of too many parts"};
  }
  unfinished.bytes.insert(unfinished.bytes.end(), body.begin(), body.end());
  if (more) {
    return std::optional<WholeFrame>();
  }
  auto whole = *unfinished.header;
  whole.flags = 0;
  unfinished.header.reset();
  done_ = std::exchange(unfinished.bytes, {});
  return std::optional(WholeFrame{whole, done_});
}

}  // namespace hearth::link
