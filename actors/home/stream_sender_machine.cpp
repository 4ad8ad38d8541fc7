#include "actors/home/stream_sender_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace hearth::home {

namespace {

using namespace std::chrono_literals;

/// The first frames are small, so that the first bytes are there soon; the last size is for rates
/// at which a frame takes no time.
constexpr std::array<std::size_t, 3> frame_steps{4U << 10U, 16U << 10U, limits::frame_bytes_max};
constexpr auto frame_quick = 50ms;  ///< A frame taken sooner may be followed by a larger one.
constexpr auto frame_slow = 400ms;  ///< One taken later is followed by a smaller one.

constexpr std::size_t length_bytes = 4;
constexpr std::size_t grant_bytes = 8;

std::uint64_t read_number(BytesView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    number |= std::uint64_t{bytes[i]} << (8 * i);
  }
  return number;
}

}  // namespace

StreamSenderMachine::StreamSenderMachine(StreamPlan plan)
    : plan_(std::move(plan)),
      sealer_(seal::media_key(plan_.context.master, plan_.context.number)),
      request_data_(seal::stream_associated_data(plan_.context, {}, 0)),
      media_data_(
          seal::stream_associated_data(plan_.context, plan_.header.version, plan_.request.offset)),
      end_(plan_.request.end == 0 ? plan_.header.size : plan_.request.end),
      credit_(plan_.request.credit) {}

StreamEffects StreamSenderMachine::step(const StreamInput& input, Instant now) {
  StreamEffects effects;
  now_ = now;
  if (!over_) {
    std::visit([&](const auto& body) { take(body, effects); }, input);
  }
  return effects;
}

void StreamSenderMachine::take(const StreamConnected& /*input*/, StreamEffects& effects) {
  moved_at_ = now_;
  auto header = plan_.header;
  header.offset = plan_.request.offset;
  if (header.error == 0 && !range_fits()) {
    HEARTH_PROBE(true, "home: a range does not fit the file");
    header.error = static_cast<std::uint16_t>(ErrorCode::range_invalid);
  }
  const auto first = sealer_.header();
  effects.send.assign(first.begin(), first.end());
  const auto data = seal::stream_associated_data(plan_.context, {}, plan_.request.offset);
  sealer_.seal(effects.send, encode(header), data, header.error != 0);
  writing_ = true;
  frame_sent_at_ = now_;
  if (header.error != 0) {
    end(Error{}, effects);
  } else if (left() == 0) {
    send_frame({}, true, effects);
  } else {
    go_on(effects);  // The first media frame leaves together with the header.
  }
}

bool StreamSenderMachine::range_fits() const {
  return plan_.request.offset <= end_ && end_ <= plan_.header.size;
}

void StreamSenderMachine::take(const StreamBytes& input, StreamEffects& effects) {
  received_.insert(received_.end(), input.bytes.begin(), input.bytes.end());
  if (auto taken = take_grants(); !taken) {
    HEARTH_PROBE(true, "home: a grant cannot be read");
    end(taken.error(), effects);
    return;
  }
  if (!writing_) {
    go_on(effects);
  }
}

Result<void> StreamSenderMachine::take_grants() {
  constexpr auto frame_bytes = grant_bytes + seal::stream_tag_bytes;
  std::size_t at = 0;
  for (; received_.size() - at >= length_bytes; at += length_bytes + frame_bytes) {
    const auto rest = BytesView(received_).subspan(at);
    if (read_number(rest.first(length_bytes)) != frame_bytes) {
      return Error{ErrorCode::message_malformed, "a grant of another length than 8"};
    }
    if (rest.size() < length_bytes + frame_bytes) {
      break;
    }
    auto opened = plan_.grants.open(rest.subspan(length_bytes, frame_bytes), request_data_);
    if (!opened) {
      return opened.error();
    }
    credit_ = std::max(credit_, read_number(opened.value().plain));
    moved_at_ = now_;
  }
  received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

void StreamSenderMachine::take(const ChunkRead& input, StreamEffects& effects) {
  HEARTH_CHECK(reading_ && !input.bytes.empty() && input.bytes.size() <= left());
  reading_ = false;
  sent_ += HEARTH_MUTANT("take-a-short-read-for-a-full-one")
               ? std::min<std::uint64_t>(frame_steps[frame_step_], left())
               : input.bytes.size();
  send_frame(input.bytes, left() == 0, effects);
}

void StreamSenderMachine::take(const StreamWritable& /*input*/, StreamEffects& effects) {
  writing_ = false;
  moved_at_ = now_;
  fit_frame_to_rate();
  go_on(effects);
}

void StreamSenderMachine::take(const StreamTick& /*input*/, StreamEffects& effects) {
  if (now_ - moved_at_ >= stream_idle_max) {
    end(Error{ErrorCode::timed_out, "nothing moved for two minutes"}, effects);
    return;
  }
  const bool due = now_ - frame_sent_at_ + stream_tick >= limits::stream_heartbeat;
  if (due && !writing_ && credit_ > sent_) {
    HEARTH_PROBE(true, "home: an empty frame keeps a stream alive");
    send_frame({}, false, effects);
  }
}

void StreamSenderMachine::send_frame(BytesView plain, bool final, StreamEffects& effects) {
  sealer_.seal(effects.send, plain, media_data_, final);
  writing_ = true;
  frame_sent_at_ = now_;
  if (final) {
    end(Error{}, effects);
  }
}

void StreamSenderMachine::fit_frame_to_rate() {
  const auto taken_after = now_ - frame_sent_at_;
  if (taken_after <= frame_quick && sent_ > 0) {
    frame_step_ = std::min(frame_step_ + 1, frame_steps.size() - 1);
  } else if (taken_after > frame_slow && frame_step_ > 0) {
    HEARTH_PROBE(true, "home: frames get smaller");
    --frame_step_;
  }
}

void StreamSenderMachine::go_on(StreamEffects& effects) {
  const auto allowed = credit_ - std::min(credit_, sent_);
  HEARTH_PROBE(allowed == 0 && left() > 0, "home: a stream waits for grants");
  if (reading_ || allowed == 0) {
    return;
  }
  const auto bytes = std::min({std::uint64_t{frame_steps[frame_step_]}, left(), allowed});
  const auto begin = HEARTH_MUTANT("resume-at-the-start") ? 0 : plan_.request.offset;
  effects.read = StreamEffects::Read{begin + sent_, static_cast<std::size_t>(bytes)};
  reading_ = true;
}

void StreamSenderMachine::end(Error why, StreamEffects& effects) {
  over_ = true;
  effects.close = std::move(why);
}

}  // namespace hearth::home
