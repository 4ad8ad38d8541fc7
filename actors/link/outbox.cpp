#include "actors/link/outbox.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace hearth::link {

namespace {

constexpr std::size_t part_bytes_max = limits::frame_bytes_max - frame_header_bytes;

BytesView body_of(const OutFrame& frame) {
  return frame.envelope ? frame.envelope.bytes() : BytesView(frame.raw);
}

std::size_t lane_of(const FrameHeader& header) {
  const bool pulse = header.kind == FrameKind::ping || header.kind == FrameKind::pong;
  return pulse ? 0 : 1 + static_cast<std::size_t>(header.traffic);
}

}  // namespace

void Outbox::push(OutFrame frame) {
  bytes_ += frame_overhead + body_of(frame).size();
  auto& lane = lanes_[lane_of(frame.header)];
  lane.push_back(Waiting{std::move(frame), 0});
}

std::size_t Outbox::first_lane() const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [](const std::deque<Waiting>& lane) { return !lane.empty(); });
  return static_cast<std::size_t>(found - lanes_.begin());
}

std::optional<OutPart> Outbox::front() const {
  const auto lane = first_lane();
  if (lane == lanes) {
    return std::nullopt;
  }
  const auto& waiting = lanes_[lane].front();
  const auto rest = body_of(waiting.frame).subspan(waiting.offset);
  OutPart part{waiting.frame.header, rest.first(std::min(rest.size(), part_bytes_max))};
  if (part.body.size() < rest.size()) {
    part.header.flags |= flag_more;
  }
  return part;
}

void Outbox::pop() {
  const auto part = front();
  HEARTH_CHECK(part.has_value());
  auto& lane = lanes_[first_lane()];
  bytes_ -= part->body.size();
  lane.front().offset += part->body.size();
  if ((part->header.flags & flag_more) == 0) {
    bytes_ -= frame_overhead;
    lane.pop_front();
  }
}

}  // namespace hearth::link
