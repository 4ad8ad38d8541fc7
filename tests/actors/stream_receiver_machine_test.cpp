// What a client makes of a stream's bytes: given a connection that has come so far, when this
// comes, then that is given to the consumer, sent, or the stream is broken.

#include "actors/client/stream_receiver_machine.hpp"

#include "actors/client/resume_policy.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/little_endian.hpp"
#include "tests/support/sealed_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace hearth::client {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t file_size = 10'000'000;
constexpr std::uint64_t offset = 1000;

home::StreamRequest request_for(std::uint64_t bytes) {
  home::StreamRequest request;
  request.item.bytes.fill(3);
  request.version.bytes.fill(4);
  request.offset = offset;
  request.end = offset + bytes;
  request.credit = credit_min;
  return request;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const auto& part : parts) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Bytes text(std::string_view from) {
  return {from.begin(), from.end()};
}

/// A machine, its clock, and the super-peer and home at its other end.
class Stream {
 public:
  explicit Stream(home::StreamRequest request)
      : request_(request),
        sealer_(seal::media_key(context_.master, context_.number)),
        machine_(make_machine(request)) {}

  ReceiverEffects when(const ReceiverInput& input) { return machine_.step(input, now_); }
  ReceiverEffects comes(const Bytes& bytes) { return when(DataArrived{bytes}); }
  ReceiverEffects after(Millis time) {
    now_ += time;
    return when(ReceiverTick{});
  }

  /// Up to the super-peer's word.
  ReceiverEffects paired(ErrorCode status = ErrorCode::none) {
    auto to_super_peer = when(DataConnected{}).send;
    for (;;) {
      const auto size = std::min(to_super_peer.size(), responder_.wants());
      const auto answer =
          responder_.feed(BytesView{to_super_peer}.first(size), [](auto, const auto& name) {
            static const auto key = test::stream_data_key();
            return name == key.name ? &key : nullptr;
          });
      EXPECT_TRUE(answer.ok());
      to_super_peer.erase(to_super_peer.begin(),
                          to_super_peer.begin() + static_cast<std::ptrdiff_t>(size));
      if (responder_.order()) {
        return comes(responder_.status(status));
      }
      if (!answer.value().empty()) {
        const auto sent = comes(answer.value()).send;
        to_super_peer.insert(to_super_peer.end(), sent.begin(), sent.end());
      }
    }
  }
  /// Up to the home's header.
  ReceiverEffects begun() {
    paired();
    return comes(header());
  }

  [[nodiscard]] home::StreamHeader good_header() const {
    return {0, request_.version, file_size, request_.offset, "audio/flac"};
  }
  Bytes header() { return header(good_header(), false); }
  Bytes header(const home::StreamHeader& header, bool final) {
    const auto first = sealer_.header();
    Bytes bytes(first.begin(), first.end());
    sealer_.seal(bytes, encode(header), seal::stream_associated_data(context_, {}, request_.offset),
                 final);
    return bytes;
  }
  Bytes frame(BytesView plain, bool final = false) {
    Bytes bytes;
    sealer_.seal(bytes, plain,
                 seal::stream_associated_data(context_, request_.version, request_.offset), final);
    return bytes;
  }

  /// The credit that `sent` grants, as the home reads it; nothing where it grants none.
  std::optional<std::uint64_t> granted(const Bytes& sent) {
    if (sent.empty()) {
      return std::nullopt;
    }
    if (!grants_) {
      grants_.emplace(test::open_stream_request(sealed_).grants);
    }
    const auto opened =
        grants_->open(BytesView{sent}.subspan(4), seal::stream_associated_data(context_, {}, 0));
    EXPECT_TRUE(opened.ok());
    return get_le<std::uint64_t>(opened.value().plain.data());
  }

 private:
  StreamReceiverMachine make_machine(const home::StreamRequest& request) {
    auto plan = test::stream_plan(request, context_.number);
    sealed_ = plan.sealed_request;
    link::DataInitiator preface{plan.data_key,
                                relay::OpenStream{plan.home, plan.ticket, plan.sealed_request}};
    return {std::move(plan), std::move(preface)};
  }

  home::StreamRequest request_;
  seal::StreamContext context_ = test::stream_context(5);
  Bytes sealed_;
  seal::StreamSealer sealer_;
  link::DataResponder responder_;
  std::optional<seal::StreamOpener> grants_;
  Instant now_{};
  StreamReceiverMachine machine_;
};

void expect_broken(const ReceiverEffects& effects, ErrorCode code, bool resumable) {
  ASSERT_TRUE(effects.broken.has_value());
  EXPECT_EQ(effects.broken->error.code, code) << effects.broken->error.detail;
  EXPECT_EQ(effects.broken->resumable, resumable);
  EXPECT_FALSE(effects.finished);
}

TEST(StreamReceiver, GivesHeaderThenMediaThenTheEnd) {
  Stream stream{request_for(10)};
  const auto begun = stream.begun();
  ASSERT_TRUE(begun.header.has_value());
  EXPECT_EQ(begun.header->size, file_size);
  EXPECT_EQ(joined(stream.comes(stream.frame(text("hello"))).media), text("hello"));
  const auto last = stream.comes(stream.frame(text("world"), true));
  EXPECT_EQ(joined(last.media), text("world"));
  EXPECT_TRUE(last.finished);
  EXPECT_FALSE(stream.when(DataClosed{}).broken.has_value());
}

TEST(StreamReceiver, ReadsWhatComesByteByByteAndAllAtOnce) {
  Stream stream{request_for(5)};
  stream.paired();
  auto bytes = stream.header();
  const auto frame = stream.frame(text("hello"), true);
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  Bytes media;
  bool finished = false;
  for (const auto byte : bytes) {
    const auto effects = stream.comes({byte});
    ASSERT_FALSE(effects.broken.has_value());
    const auto part = joined(effects.media);
    media.insert(media.end(), part.begin(), part.end());
    finished |= effects.finished;
  }
  EXPECT_EQ(media, text("hello"));
  EXPECT_TRUE(finished);

  Stream at_once{request_for(5)};
  at_once.paired();
  auto all = at_once.header();
  const auto last = at_once.frame(text("hello"), true);
  all.insert(all.end(), last.begin(), last.end());
  const auto effects = at_once.comes(all);
  EXPECT_TRUE(effects.header && effects.finished);
  EXPECT_EQ(joined(effects.media), text("hello"));
}

TEST(StreamReceiver, AFinalFrameMayBeEmpty) {
  Stream stream{request_for(5)};
  stream.begun();
  EXPECT_FALSE(stream.comes(stream.frame(text("hello"))).finished);
  EXPECT_TRUE(stream.comes(stream.frame({}, true)).finished);
}

TEST(StreamReceiver, ASuperPeersRefusalIsWorthAnotherPath) {
  for (const auto code :
       {ErrorCode::home_offline, ErrorCode::ticket_invalid, ErrorCode::identity_unknown,
        ErrorCode::overloaded, ErrorCode::session_ended}) {
    Stream stream{request_for(5)};
    expect_broken(stream.paired(code), code, true);
  }
}

TEST(StreamReceiver, AHomesRefusalIsFinalUnlessTimeHealsIt) {
  for (const auto& [code, resumable] :
       {std::pair{ErrorCode::item_gone, false}, std::pair{ErrorCode::item_changed, false},
        std::pair{ErrorCode::item_unknown, false}, std::pair{ErrorCode::range_invalid, false},
        std::pair{ErrorCode::not_readable, false}, std::pair{ErrorCode::overloaded, true}}) {
    Stream stream{request_for(5)};
    stream.paired();
    auto header = stream.good_header();
    header.error = static_cast<std::uint16_t>(code);
    const auto effects = stream.comes(stream.header(header, true));
    expect_broken(effects, code, resumable);
    EXPECT_FALSE(effects.header.has_value());
  }
}

TEST(StreamReceiver, TakesNoOtherVersionOfTheFile) {
  Stream stream{request_for(5)};
  stream.paired();
  auto header = stream.good_header();
  header.version.bytes.fill(9);
  expect_broken(stream.comes(stream.header(header, false)), ErrorCode::item_changed, false);
}

TEST(StreamReceiver, TakesNoHeaderForAnotherPlaceOrAShorterFile) {
  auto elsewhere = Stream{request_for(5)}.good_header();
  elsewhere.offset += 1;
  auto shorter = Stream{request_for(5)}.good_header();
  shorter.size = offset + 4;
  for (const auto& header : {elsewhere, shorter}) {
    Stream stream{request_for(5)};
    stream.paired();
    expect_broken(stream.comes(stream.header(header, false)), ErrorCode::message_malformed, true);
  }
}

TEST(StreamReceiver, ATruncatedStreamIsNeverComplete) {
  Stream cut{request_for(10)};
  cut.begun();
  cut.comes(cut.frame(text("hello")));
  expect_broken(cut.when(DataClosed{}), ErrorCode::unreachable, true);

  Stream unmarked{request_for(5)};
  unmarked.begun();
  EXPECT_FALSE(unmarked.comes(unmarked.frame(text("hello"))).finished);
  expect_broken(unmarked.when(DataClosed{}), ErrorCode::unreachable, true);

  Stream early{request_for(10)};
  early.begun();
  expect_broken(early.comes(early.frame(text("hello"), true)), ErrorCode::message_malformed, true);
}

TEST(StreamReceiver, DetectsReplayReorderingAndForgery) {
  Stream replayed{request_for(100)};
  replayed.begun();
  const auto frame = replayed.frame(text("hello"));
  replayed.comes(frame);
  const auto effects = replayed.comes(frame);
  expect_broken(effects, ErrorCode::decryption_failed, true);
  EXPECT_TRUE(effects.media.empty());

  Stream reordered{request_for(100)};
  reordered.begun();
  const auto first = reordered.frame(text("first"));
  const auto second = reordered.frame(text("second"));
  expect_broken(reordered.comes(second), ErrorCode::decryption_failed, true);

  Stream forged{request_for(100)};
  forged.begun();
  auto flipped = forged.frame(text("hello"));
  flipped.back() ^= 1U;
  expect_broken(forged.comes(flipped), ErrorCode::decryption_failed, true);
}

TEST(StreamReceiver, AFrameOfImpossibleLengthIsRefusedBeforeItIsHeld) {
  for (const std::uint32_t length : {0U, 16U, 61'458U, 0xFFFFFFFFU}) {
    Stream stream{request_for(100)};
    stream.begun();
    Bytes bytes(4);
    put_le(bytes.data(), length);
    expect_broken(stream.comes(bytes), ErrorCode::frame_oversized, true);
  }
}

TEST(StreamReceiver, TakesNoMoreThanItAskedFor) {
  Stream stream{request_for(4)};
  stream.begun();
  expect_broken(stream.comes(stream.frame(text("hello"))), ErrorCode::message_malformed, true);
}

TEST(StreamReceiver, TakesNoMoreThanItGaveCreditFor) {
  auto request = request_for(100);
  request.credit = 4;
  Stream stream{request};
  stream.begun();
  expect_broken(stream.comes(stream.frame(text("hello"))), ErrorCode::message_malformed, true);
}

/// Lets the home send `bytes`; nothing is granted for that alone.
void receive(Stream& stream, std::uint64_t bytes) {
  while (bytes > 0) {
    const auto size = std::min<std::uint64_t>(bytes, 50'000);
    const auto effects = stream.comes(stream.frame(Bytes(size, 'x')));
    ASSERT_FALSE(effects.broken.has_value());
    ASSERT_TRUE(effects.send.empty());
    bytes -= size;
  }
}

TEST(StreamReceiver, GrantsCreditAsTheConsumerTakes) {
  Stream stream{request_for(9'000'000)};
  stream.begun();
  receive(stream, credit_min);
  EXPECT_EQ(stream.granted(stream.when(MediaTaken{1000}).send), std::nullopt);
  const auto quarter = credit_min / 4;
  EXPECT_EQ(stream.granted(stream.when(MediaTaken{quarter - 1000}).send), credit_min + quarter);
  EXPECT_EQ(stream.granted(stream.when(MediaTaken{quarter}).send), credit_min + 2 * quarter);
}

TEST(StreamReceiver, AConsumerThatTakesMuchGetsMoreInFlightButNotWithoutEnd) {
  Stream stream{request_for(9'000'000)};
  stream.begun();
  std::uint64_t taken = 0;
  std::uint64_t granted = credit_min;
  while (granted < 9'000'000) {
    const auto part = granted - taken;
    receive(stream, part);
    taken += part;
    const auto more = stream.granted(stream.when(MediaTaken{part}).send);
    ASSERT_TRUE(more.has_value());
    granted = *more;
    EXPECT_LE(granted - taken, credit_max);
    EXPECT_EQ(granted, std::min<std::uint64_t>(taken + std::clamp(taken, credit_min, credit_max),
                                               9'000'000));
  }
}

TEST(StreamReceiver, SilenceWhileCreditIsOutMeansTheRelayIsLost) {
  Stream stream{request_for(9'000'000)};
  stream.begun();
  EXPECT_FALSE(stream.after(1499ms).broken.has_value());
  expect_broken(stream.after(1ms), ErrorCode::timed_out, true);
}

TEST(StreamReceiver, EmptyFramesKeepAStreamAlive) {
  Stream stream{request_for(9'000'000)};
  stream.begun();
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(stream.after(1000ms).broken.has_value());
    stream.comes(stream.frame({}));
  }
}

TEST(StreamReceiver, AConsumerMayRestAsLongAsItLikes) {
  Stream stream{request_for(9'000'000)};
  stream.begun();
  receive(stream, credit_min);
  EXPECT_FALSE(stream.after(60s).broken.has_value());
  EXPECT_TRUE(stream.granted(stream.when(MediaTaken{credit_min}).send).has_value());
  EXPECT_FALSE(stream.after(1499ms).broken.has_value());
  expect_broken(stream.after(1ms), ErrorCode::timed_out, true);
}

TEST(StreamReceiver, TheFinalMarkIsOwedWhateverTheCredit) {
  auto request = request_for(5);
  request.credit = 5;
  Stream stream{request};
  stream.begun();
  stream.comes(stream.frame(text("hello")));
  expect_broken(stream.after(1500ms), ErrorCode::timed_out, true);
}

TEST(StreamReceiver, AStreamThatDoesNotBeginIsGivenUp) {
  Stream stream{request_for(5)};
  stream.paired();
  EXPECT_FALSE(stream.after(4999ms).broken.has_value());
  expect_broken(stream.after(1ms), ErrorCode::timed_out, true);
}

TEST(StreamReceiver, NothingHasAnEffectAfterTheEnd) {
  Stream stream{request_for(5)};
  stream.begun();
  expect_broken(stream.when(DataClosed{}), ErrorCode::unreachable, true);
  const auto effects = stream.comes(stream.frame(text("hello"), true));
  EXPECT_TRUE(effects.media.empty() && !effects.finished && !effects.broken);
}

// ---- resuming ----

constexpr Instant noon{};
const StreamBroken lost{{ErrorCode::unreachable, ""}, true};

TEST(ResumePolicy, TheFirstTryIsAtOnceAndOnTheOtherPath) {
  ResumePolicy policy{noon};
  EXPECT_EQ(policy.attempt(), 0U);
  policy.progressed(noon);
  EXPECT_EQ(policy.after_break(lost, noon), Millis{0});
  EXPECT_EQ(policy.attempt(), 1U);
}

TEST(ResumePolicy, TriesInVainComeLessAndLessOften) {
  ResumePolicy policy{noon};
  for (const auto delay : {0ms, 100ms, 200ms, 400ms, 800ms, 800ms}) {
    EXPECT_EQ(policy.after_break(lost, noon), delay);
  }
  policy.progressed(noon);
  EXPECT_EQ(policy.after_break(lost, noon), 0ms);
}

TEST(ResumePolicy, GivesUpTenSecondsAfterTheLastProgress) {
  ResumePolicy policy{noon};
  policy.progressed(noon + 1s);
  EXPECT_TRUE(policy.after_break(lost, noon + 10'999ms).has_value());
  EXPECT_FALSE(policy.after_break(lost, noon + 11s).has_value());
}

TEST(ResumePolicy, AStreamThatNeverBeganIsGivenUpSooner) {
  ResumePolicy policy{noon};
  EXPECT_TRUE(policy.after_break(lost, noon + 7999ms).has_value());
  EXPECT_FALSE(policy.after_break(lost, noon + 8s).has_value());
}

TEST(ResumePolicy, ARefusalIsFinal) {
  ResumePolicy policy{noon};
  EXPECT_FALSE(policy.after_break({{ErrorCode::item_gone, ""}, false}, noon).has_value());
}

}  // namespace
}  // namespace hearth::client
