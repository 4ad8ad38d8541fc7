// The home's side of a stream against a client that opens what it seals.

#include "actors/home/stream_sender_machine.hpp"

#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/identities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace hearth::home {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

constexpr std::uint64_t file_bytes = 300'000;
constexpr std::uint64_t plenty = 1U << 30U;
constexpr Instant start{};

Bytes file_at(std::uint64_t offset, std::size_t bytes) {
  Bytes content(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    content[i] = static_cast<std::uint8_t>((offset + i) * 31 >> 3U);
  }
  return content;
}

seal::StreamContext context() {
  seal::StreamContext context;
  context.master = testing::secret_of(7);
  context.number = 3;
  return context;
}

/// The length before a frame, little-endian.
std::size_t length_of(const Bytes& bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    length |= std::size_t{bytes[i]} << (8 * i);
  }
  return length;
}

/// A client, a socket and a disk around one machine.
class Stream {
 public:
  explicit Stream(StreamRequest request, std::uint64_t size = file_bytes)
      : request_(request),
        grants_(seal::request_key(context().master, context().number)),
        machine_(
            StreamPlan{context(),
                       seal::StreamOpener(seal::request_key(context().master, context().number),
                                          grants_.header()),
                       request, header_of_size(size)}) {
    perform(machine_.step(StreamConnected{}, now));
  }

  static StreamHeader header_of_size(std::uint64_t size) {
    StreamHeader header;
    header.size = size;
    header.version.bytes.fill(9);
    header.mime = "audio/mpeg";
    return header;
  }

  void grant(std::uint64_t total) { give(grant_frame(total)); }
  Bytes grant_frame(std::uint64_t total) {
    Bytes plain(8);
    for (unsigned i = 0; i < 8; ++i) {
      plain[i] = static_cast<std::uint8_t>(total >> (8 * i));
    }
    Bytes frame;
    grants_.seal(frame, plain, seal::stream_associated_data(context(), {}, 0), false);
    return frame;
  }
  void give(BytesView bytes) { perform(machine_.step(StreamBytes{bytes}, now)); }
  void tick() { perform(machine_.step(StreamTick{}, now)); }
  void grant_in_pieces(std::uint64_t total) {
    for (const auto byte : grant_frame(total)) {
      give(BytesView(&byte, 1));
    }
  }
  /// The socket takes what was sent so far.
  void drain_once() {
    unwritten_ = false;
    perform(machine_.step(StreamWritable{}, now));
  }
  /// The same until nothing more is sent.
  void drain() {
    while (!ended && unwritten_) {
      drain_once();
    }
  }

  void perform(StreamEffects effects) {
    wire_.insert(wire_.end(), effects.send.begin(), effects.send.end());
    unwritten_ = unwritten_ || !effects.send.empty();
    ended = ended || effects.close.has_value();
    if (effects.close) {
      why = effects.close->code;
    }
    open_frames();
    if (effects.read) {
      const auto chunk = file_at(effects.read->offset, effects.read->bytes);
      perform(machine_.step(ChunkRead{chunk}, now));
    }
  }

  Instant now = start;
  bool ended = false;
  ErrorCode why = ErrorCode::none;
  std::optional<StreamHeader> header;
  Bytes media;
  std::vector<std::size_t> frames;
  bool final = false;

 private:
  void open_frames() {
    if (!opener_ && wire_.size() >= seal::stream_header_bytes) {
      opener_.emplace(seal::media_key(context().master, context().number),
                      BytesView(wire_).first(seal::stream_header_bytes));
      wire_.erase(wire_.begin(), wire_.begin() + seal::stream_header_bytes);
    }
    while (wire_.size() >= 4) {
      const auto length = length_of(wire_);
      ASSERT_GE(wire_.size(), 4 + length);
      const auto data =
          header ? seal::stream_associated_data(context(), header->version, request_.offset)
                 : seal::stream_associated_data(context(), {}, request_.offset);
      auto opened = opener_->open(BytesView(wire_).subspan(4, length), data);
      ASSERT_TRUE(opened);
      take(opened.value());
      wire_.erase(wire_.begin(), wire_.begin() + 4 + static_cast<std::ptrdiff_t>(length));
    }
  }
  void take(const seal::StreamOpener::Opened& frame) {
    final = frame.final;
    if (!header) {
      auto decoded = decode<StreamHeader>(frame.plain);
      ASSERT_TRUE(decoded);
      header = decoded.value();
      return;
    }
    frames.push_back(frame.plain.size());
    media.insert(media.end(), frame.plain.begin(), frame.plain.end());
  }

  StreamRequest request_;
  seal::StreamSealer grants_;
  std::optional<seal::StreamOpener> opener_;
  Bytes wire_;
  bool unwritten_ = false;
  StreamSenderMachine machine_;
};

StreamRequest request(std::uint64_t credit, std::uint64_t offset = 0, std::uint64_t end = 0) {
  StreamRequest request;
  request.credit = credit;
  request.offset = offset;
  request.end = end;
  return request;
}

TEST(StreamSenderMachine, SendsTheWholeFileAndMarksItsEnd) {
  Stream stream(request(plenty));
  stream.drain();
  ASSERT_TRUE(stream.header);
  EXPECT_EQ(stream.header->size, file_bytes);
  EXPECT_EQ(stream.media, file_at(0, file_bytes));
  EXPECT_TRUE(stream.final);
  EXPECT_TRUE(stream.ended);
  EXPECT_EQ(stream.why, ErrorCode::none);
}

TEST(StreamSenderMachine, SendsARangeOfAFileBeyondTwoGigabytes) {
  constexpr std::uint64_t far = 5'000'000'000;
  Stream stream(request(plenty, far, far + 100), far + 1000);
  stream.drain();
  EXPECT_EQ(stream.media, file_at(far, 100));
  EXPECT_EQ(stream.header->offset, far);
  EXPECT_TRUE(stream.final);
}

TEST(StreamSenderMachine, TheFirstMediaFrameLeavesWithTheHeader) {
  Stream stream(request(plenty));
  EXPECT_TRUE(stream.header);
  EXPECT_THAT(stream.frames, ElementsAre(4096));
}

TEST(StreamSenderMachine, FramesGrowWhileTheyAreTakenAtOnce) {
  Stream stream(request(plenty));
  stream.drain();
  ASSERT_GE(stream.frames.size(), 3U);
  EXPECT_EQ(stream.frames[0], 4096U);
  EXPECT_EQ(stream.frames[1], 16384U);
  EXPECT_EQ(stream.frames[2], limits::frame_bytes_max);
}

TEST(StreamSenderMachine, FramesStaySmallForASlowReader) {
  Stream stream(request(plenty));
  for (int i = 0; i < 20; ++i) {
    stream.now += 450ms;
    stream.drain_once();
  }
  EXPECT_THAT(stream.frames, Each(Le(16384U)));
}

TEST(StreamSenderMachine, NeverSendsMoreThanTheClientAllowed) {
  Stream stream(request(1000));
  stream.drain();
  EXPECT_EQ(stream.media.size(), 1000U);
  stream.grant(5000);
  stream.drain();
  EXPECT_EQ(stream.media.size(), 5000U);
  stream.grant(3000);  // Less than before changes nothing.
  stream.drain();
  EXPECT_EQ(stream.media.size(), 5000U);
  EXPECT_FALSE(stream.ended);
  stream.grant(plenty);
  stream.drain();
  EXPECT_EQ(stream.media, file_at(0, file_bytes));
}

TEST(StreamSenderMachine, ARangeWithoutBytesIsAnEmptyFinalFrame) {
  Stream stream(request(plenty, file_bytes));
  EXPECT_THAT(stream.frames, ElementsAre(0));
  EXPECT_TRUE(stream.final);
  EXPECT_TRUE(stream.ended);
}

TEST(StreamSenderMachine, ARangeOutsideTheFileIsRefusedInTheHeader) {
  for (const auto& asked : {request(plenty, file_bytes + 1), request(plenty, 0, file_bytes + 1),
                            request(plenty, 10, 9)}) {
    Stream stream(asked);
    ASSERT_TRUE(stream.header);
    EXPECT_EQ(stream.header->error, static_cast<std::uint16_t>(ErrorCode::range_invalid));
    EXPECT_TRUE(stream.final);
    EXPECT_TRUE(stream.ended);
  }
}

TEST(StreamSenderMachine, SendsNothingOnceAllIsSaid) {
  Stream stream(request(plenty, file_bytes));
  stream.now += 10s;
  stream.tick();
  stream.grant(plenty);
  EXPECT_THAT(stream.frames, ElementsAre(0));
}

TEST(StreamSenderMachine, AClientWithCreditHearsSomethingEveryHalfSecond) {
  const seal::StreamSealer client(seal::request_key(context().master, context().number));
  StreamSenderMachine machine(
      {context(),
       seal::StreamOpener(seal::request_key(context().master, context().number), client.header()),
       request(plenty), Stream::header_of_size(file_bytes)});
  const auto begun = machine.step(StreamConnected{}, start);
  ASSERT_TRUE(begun.read);  // The disk never answers.
  static_cast<void>(machine.step(StreamWritable{}, start));
  Instant last = start;
  int frames = 0;
  for (auto now = start; now < start + 10s; now += stream_tick) {
    const auto effects = machine.step(StreamTick{}, now);
    if (!effects.send.empty()) {
      EXPECT_LE(now - last, limits::stream_heartbeat);
      last = now;
      ++frames;
      static_cast<void>(machine.step(StreamWritable{}, now));
    }
  }
  EXPECT_GE(frames, 20);
}

TEST(StreamSenderMachine, AClientWithoutCreditHearsNothing) {
  Stream stream(request(1000));
  stream.drain();
  const auto heard = stream.frames.size();
  for (int i = 0; i < 100; ++i) {
    stream.now += stream_tick;
    stream.tick();
  }
  EXPECT_EQ(stream.frames.size(), heard);
}

TEST(StreamSenderMachine, AStreamThatNothingMovesInIsCutWithoutItsMark) {
  Stream stream(request(1000));
  stream.drain();
  stream.now += 119s;
  stream.tick();
  EXPECT_FALSE(stream.ended);
  stream.now += 1s;
  stream.tick();
  EXPECT_TRUE(stream.ended);
  EXPECT_EQ(stream.why, ErrorCode::timed_out);
  EXPECT_FALSE(stream.final);
}

TEST(StreamSenderMachine, AGrantKeepsAStreamAlive) {
  Stream stream(request(1000));
  stream.drain();
  stream.now += 119s;
  stream.grant(1000);
  stream.now += 119s;
  stream.tick();
  EXPECT_FALSE(stream.ended);
}

TEST(StreamSenderMachine, GrantsMayComeInAnyPieces) {
  Stream stream(request(0));
  stream.drain();
  EXPECT_TRUE(stream.media.empty());
  stream.grant_in_pieces(plenty);
  stream.drain();
  EXPECT_EQ(stream.media, file_at(0, file_bytes));
}

TEST(StreamSenderMachine, AForgedGrantCutsTheStream) {
  Stream stream(request(0));
  stream.drain();
  Bytes forged(29, 0);
  forged[0] = 25;
  stream.give(forged);
  EXPECT_TRUE(stream.ended);
  EXPECT_EQ(stream.why, ErrorCode::decryption_failed);
  EXPECT_FALSE(stream.final);
}

TEST(StreamSenderMachine, AGrantOfAnotherLengthCutsTheStream) {
  Stream stream(request(0));
  stream.drain();
  stream.give(Bytes{0xFF, 0xFF, 0xFF, 0xFF});
  EXPECT_EQ(stream.why, ErrorCode::message_malformed);
}

}  // namespace
}  // namespace hearth::home
