#include "actors/client/stream_receiver_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/little_endian.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t frame_bytes_max = limits::frame_bytes_max + seal::stream_tag_bytes;
constexpr std::size_t grant_bytes = 8;

}  // namespace

bool worth_retrying(ErrorCode code) {
  switch (code) {
    case ErrorCode::ticket_invalid:
    case ErrorCode::stream_number_used:
    case ErrorCode::identity_unknown:
    case ErrorCode::limit_reached: return true;
    default: return kind_of(code) == ErrorKind::transient || kind_of(code) == ErrorKind::malformed;
  }
}

StreamReceiverMachine::StreamReceiverMachine(StreamPlan plan, link::DataInitiator preface)
    : plan_(std::move(plan)),
      preface_(std::move(preface)),
      header_data_(seal::stream_associated_data(plan_.context, {}, plan_.request.offset)),
      request_data_(seal::stream_associated_data(plan_.context, {}, 0)),
      granted_(plan_.request.credit) {
  HEARTH_CHECK(granted_ > 0);
}

ReceiverEffects StreamReceiverMachine::step(const ReceiverInput& input, Instant now) {
  ReceiverEffects effects;
  if (!over_) {
    std::visit([&](const auto& body) { take(body, now, effects); }, input);
  }
  return effects;
}

void StreamReceiverMachine::take(const DataConnected& /*input*/, Instant now,
                                 ReceiverEffects& effects) {
  opened_at_ = now;
  heard_at_ = now;
  effects.send = preface_.first_flight();
}

void StreamReceiverMachine::take(const DataArrived& input, Instant now, ReceiverEffects& effects) {
  heard_at_ = now;
  auto rest = take_preface(input.bytes, effects);
  if (!rest) {
    fail(rest.error(), worth_retrying(rest.error().code), effects);
    return;
  }
  pending_.insert(pending_.end(), rest.value().begin(), rest.value().end());
  if (auto taken = take_frames(effects); !taken) {
    // A refusal by the home is final unless time may heal it. Bytes that are not the home's own
    // are the fault of this path: what was given away before them stands.
    fail(taken.error(), !refused_ || worth_retrying(taken.error().code), effects);
  }
}

Result<BytesView> StreamReceiverMachine::take_preface(BytesView bytes, ReceiverEffects& effects) {
  while (!preface_.done() && !bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), preface_.wants()));
    auto answer = preface_.feed(part);
    if (!answer) {
      return answer.error();
    }
    effects.send.insert(effects.send.end(), answer.value().begin(), answer.value().end());
    bytes = bytes.subspan(part.size());
  }
  return bytes;
}

Result<void> StreamReceiverMachine::take_frames(ReceiverEffects& effects) {
  BytesView rest{pending_};
  if (!opener_ && rest.size() >= seal::stream_header_bytes) {
    opener_.emplace(seal::media_key(plan_.context.master, plan_.context.number),
                    rest.first(seal::stream_header_bytes));
    rest = rest.subspan(seal::stream_header_bytes);
  }
  while (opener_ && !over_ && rest.size() >= length_bytes) {
    const auto size = get_le<std::uint32_t>(rest.data());
    if (size < seal::stream_tag_bytes || size > frame_bytes_max) {
      HEARTH_PROBE(true, "client: a frame has no possible length");
      return Error{ErrorCode::frame_oversized, "a frame of the stream has no possible length"};
    }
    if (rest.size() - length_bytes < size) {
      break;
    }
    if (auto taken = take_frame(rest.subspan(length_bytes, size), effects); !taken) {
      return taken;
    }
    rest = rest.subspan(length_bytes + size);
  }
  pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return {};
}

Result<void> StreamReceiverMachine::take_frame(BytesView frame, ReceiverEffects& effects) {
  const bool is_header = media_data_.empty();
  auto opened = opener_->open(frame, is_header ? header_data_ : media_data_);
  HEARTH_PROBE(!opened, "client: a frame does not open");
  if (!opened) {
    return opened.error();
  }
  return is_header ? take_header(opened.value().plain, opened.value().final, effects)
                   : take_media(std::move(opened.value().plain), opened.value().final, effects);
}

Result<void> StreamReceiverMachine::take_header(BytesView plain, bool final,
                                                ReceiverEffects& effects) {
  auto decoded = decode<home::StreamHeader>(plain);
  if (!decoded) {
    return decoded.error();
  }
  const auto& header = decoded.value();
  const auto& request = plan_.request;
  if (header.error != 0) {
    refused_ = true;
    const auto code = error_code_from(header.error);
    return Error{code, std::string(explanation_of(code))};
  }
  const auto end = request.end == 0 ? header.size : request.end;
  if (final || header.offset != request.offset || end > header.size || end < request.offset) {
    return Error{ErrorCode::message_malformed, "the stream's header does not fit its request"};
  }
  if (!request.version.is_zero() && header.version != request.version) {
    refused_ = true;
    HEARTH_PROBE(true, "client: the home has another version");
    return Error{ErrorCode::item_changed, "the home sends another version of the file"};
  }
  total_ = end - request.offset;
  media_data_ = seal::stream_associated_data(plan_.context, header.version, request.offset);
  effects.header = header;
  return {};
}

Result<void> StreamReceiverMachine::take_media(Bytes plain, bool final, ReceiverEffects& effects) {
  received_ += plain.size();
  if (received_ > total_ || received_ > granted_) {
    return Error{ErrorCode::message_malformed, "the stream brings more than was asked for"};
  }
  if (final && received_ != total_) {
    return Error{ErrorCode::message_malformed, "the stream ends early"};
  }
  if (!plain.empty()) {
    effects.media.push_back(std::move(plain));
  }
  over_ = final;
  effects.finished = final;
  return {};
}

void StreamReceiverMachine::take(const DataClosed& /*input*/, Instant /*now*/,
                                 ReceiverEffects& effects) {
  if (HEARTH_MUTANT("take-a-break-for-the-end") && !media_data_.empty()) {
    over_ = effects.finished = true;
    return;
  }
  HEARTH_PROBE(true, "client: a stream breaks off");
  fail({ErrorCode::unreachable, "the stream's connection is over before its end"}, true, effects);
}

void StreamReceiverMachine::take(const MediaTaken& input, Instant now, ReceiverEffects& effects) {
  taken_ += input.bytes;
  HEARTH_CHECK(taken_ <= received_);
  grant(now, effects);
}

void StreamReceiverMachine::grant(Instant now, ReceiverEffects& effects) {
  // A consumer that has shown to take much may have much in flight.
  const auto window = std::clamp(taken_, credit_min, credit_max);
  const auto wanted = std::min(taken_ + window, total_);
  if (wanted <= granted_ || (wanted != total_ && wanted - granted_ < window / 4)) {
    return;
  }
  if (!owed()) {
    heard_at_ = now;  // until now the home had no reason to send
  }
  granted_ = wanted;
  Bytes number(grant_bytes);
  put_le(number.data(), granted_);
  plan_.grants.seal(effects.send, number, request_data_, false);
}

void StreamReceiverMachine::take(const ReceiverTick& /*input*/, Instant now,
                                 ReceiverEffects& effects) {
  const bool opening = media_data_.empty();
  if (opening && now - opened_at_ >= stream_opening_max) {
    HEARTH_PROBE(true, "client: a stream does not begin in time");
    fail({ErrorCode::timed_out, "the stream did not begin in time"}, true, effects);
  } else if (!opening && owed() && now - heard_at_ >= limits::stream_silence_max) {
    HEARTH_PROBE(true, "client: a stream falls silent");
    fail({ErrorCode::timed_out, "the stream fell silent"}, true, effects);
  }
}

// All bytes may be here while the final mark is not: that is owed whatever the credit.
bool StreamReceiverMachine::owed() const {
  return received_ < granted_ || received_ == total_;
}

void StreamReceiverMachine::fail(Error error, bool resumable, ReceiverEffects& effects) {
  over_ = true;
  effects.broken = StreamBroken{std::move(error), resumable};
}

}  // namespace hearth::client
