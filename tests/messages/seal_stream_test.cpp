#include "messages/seal/stream_keys.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/text_bytes.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace hearth::seal {
namespace {

using testing::bytes_of;

using testing::read_golden;
using testing::secret_of;

StreamContext golden_context() {
  StreamContext context{secret_of(6), {}, 3};
  context.session.fill(7);
  return context;
}

ItemVersion golden_version() {
  ItemVersion version;
  version.bytes.fill(8);
  return version;
}

constexpr std::uint64_t golden_offset = 0x0102030405;
const Bytes context_bytes = bytes_of("associated data");

/// One frame without its length.
Bytes seal_one(StreamSealer& sealer, std::string_view text, bool final = false) {
  Bytes out;
  sealer.seal(out, bytes_of(text), context_bytes, final);
  return {out.begin() + 4, out.end()};
}

bool opens(StreamOpener& opener, const Bytes& frame) {
  return opener.open(frame, context_bytes).ok();
}

TEST(StreamKeys, AreTheGoldenOnes) {
  const auto golden = read_golden("seal/stream.hex");
  const auto master = secret_of(6);
  EXPECT_EQ(to_hex(request_key(master, 1).bytes()), to_hex(golden.at("request_key_1")));
  EXPECT_EQ(to_hex(media_key(master, 1).bytes()), to_hex(golden.at("media_key_1")));
  EXPECT_EQ(to_hex(request_key(master, 1'000'000'007).bytes()),
            to_hex(golden.at("request_key_1000000007")));
  EXPECT_EQ(to_hex(media_key(master, 1'000'000'007).bytes()),
            to_hex(golden.at("media_key_1000000007")));
}

TEST(StreamKeys, DifferByDirectionNumberAndMaster) {
  const auto master = secret_of(6);
  EXPECT_FALSE(request_key(master, 1) == media_key(master, 1));
  EXPECT_FALSE(media_key(master, 1) == request_key(master, 2));
  EXPECT_FALSE(media_key(master, 1) == media_key(master, 2));
  EXPECT_FALSE(media_key(master, 1) == media_key(secret_of(7), 1));
}

TEST(DataKey, IsTheGoldenOne) {
  const auto golden = read_golden("seal/stream.hex");
  const auto key = data_key(secret_of(6));
  EXPECT_EQ(to_hex(key.psk.bytes()), to_hex(golden.at("data_psk")));
  EXPECT_EQ(to_text(key.name), to_hex(golden.at("data_name")));
}

TEST(StreamAssociatedData, IsTheGoldenOne) {
  EXPECT_EQ(to_hex(stream_associated_data(golden_context(), golden_version(), golden_offset)),
            to_hex(read_golden("seal/stream.hex").at("associated_data")));
}

TEST(StreamOpener, OpensTheGoldenStream) {
  const auto golden = read_golden("seal/stream.hex");
  const auto context = golden_context();
  const auto data = stream_associated_data(context, golden_version(), golden_offset);
  StreamOpener opener(media_key(context.master, context.number), golden.at("stream_header"));
  const auto first = opener.open(golden.at("frame_1"), data);
  ASSERT_TRUE(first);
  EXPECT_EQ(first.value().plain, bytes_of("some media"));
  EXPECT_FALSE(first.value().final);
  const auto heartbeat = opener.open(golden.at("frame_2"), data);
  ASSERT_TRUE(heartbeat);
  EXPECT_TRUE(heartbeat.value().plain.empty());
  const auto last = opener.open(golden.at("frame_3"), data);
  ASSERT_TRUE(last);
  EXPECT_EQ(last.value().plain, bytes_of("the end"));
  EXPECT_TRUE(last.value().final);
}

TEST(StreamSealer, PutsTheLengthOfTheCiphertextFirst) {
  StreamSealer sealer(secret_of(5));
  Bytes out = bytes_of("x");
  sealer.seal(out, Bytes(300), context_bytes, false);
  ASSERT_EQ(out.size(), 1U + 4U + 300U + stream_tag_bytes);
  EXPECT_EQ((Bytes{out.begin() + 1, out.begin() + 5}), (Bytes{0x3d, 0x01, 0, 0}));
  StreamOpener opener(secret_of(5), sealer.header());
  const auto opened = opener.open(BytesView(out).subspan(5), context_bytes);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened.value().plain, Bytes(300));
}

TEST(StreamSealer, DrawsAnotherHeaderForEachStream) {
  const StreamSealer one(secret_of(5));
  const StreamSealer other(secret_of(5));
  EXPECT_NE(to_hex(one.header()), to_hex(other.header()));
}

TEST(StreamSealer, SealsNothingAfterTheFinalFrame) {
  StreamSealer sealer(secret_of(5));
  (void)seal_one(sealer, "the end", true);
  EXPECT_DEATH((void)seal_one(sealer, "more"), "over_");
}

TEST(StreamSealer, GoesOnAfterAMove) {
  StreamSealer first(secret_of(5));
  StreamOpener opener(secret_of(5), first.header());
  EXPECT_TRUE(opens(opener, seal_one(first, "one")));
  StreamSealer second(std::move(first));
  StreamOpener heir(std::move(opener));
  EXPECT_TRUE(opens(heir, seal_one(second, "two")));
  const auto third = seal_one(second, "three");
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is tested
  EXPECT_FALSE(opener.open(third, context_bytes));
  EXPECT_TRUE(opens(heir, third));
}

TEST(StreamOpener, RefusesARepeatedFrame) {
  StreamSealer sealer(secret_of(5));
  StreamOpener opener(secret_of(5), sealer.header());
  const auto frame = seal_one(sealer, "one");
  EXPECT_TRUE(opens(opener, frame));
  EXPECT_FALSE(opens(opener, frame));
}

TEST(StreamOpener, RefusesFramesOutOfOrder) {
  StreamSealer sealer(secret_of(5));
  StreamOpener opener(secret_of(5), sealer.header());
  (void)seal_one(sealer, "one");
  EXPECT_FALSE(opens(opener, seal_one(sealer, "two")));
}

TEST(StreamOpener, RefusesAFrameWithAnyBitFlipped) {
  StreamSealer sealer(secret_of(5));
  const auto good = seal_one(sealer, "one");
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    StreamOpener opener(secret_of(5), sealer.header());
    EXPECT_FALSE(opens(opener, bad)) << "bit " << bit;
  }
}

TEST(StreamOpener, RefusesAFrameOfAnyOtherLength) {
  StreamSealer sealer(secret_of(5));
  auto frame = seal_one(sealer, "one");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    StreamOpener opener(secret_of(5), sealer.header());
    EXPECT_FALSE(opens(opener, {frame.begin(), frame.begin() + static_cast<long>(size)})) << size;
  }
  frame.push_back(0);
  StreamOpener opener(secret_of(5), sealer.header());
  EXPECT_FALSE(opens(opener, frame));
}

TEST(StreamOpener, RefusesAnotherPlaceInAnotherStream) {
  const auto context = golden_context();
  const auto here = stream_associated_data(context, golden_version(), 0);
  auto later = context;
  later.number += 1;
  for (const auto& elsewhere : {stream_associated_data(context, golden_version(), 1),
                                stream_associated_data(context, ItemVersion{}, 0),
                                stream_associated_data(later, golden_version(), 0), Bytes{}}) {
    StreamSealer sealer(secret_of(5));
    StreamOpener opener(secret_of(5), sealer.header());
    Bytes out;
    sealer.seal(out, bytes_of("media"), here, false);
    EXPECT_FALSE(opener.open(BytesView(out).subspan(4), elsewhere));
  }
}

TEST(StreamOpener, RefusesAnotherKeyOrHeader) {
  StreamSealer sealer(secret_of(5));
  const auto frame = seal_one(sealer, "one");
  StreamOpener other_key(secret_of(6), sealer.header());
  EXPECT_FALSE(opens(other_key, frame));
  Bytes header(sealer.header().begin(), sealer.header().end());
  StreamOpener short_header(secret_of(5), BytesView(header).first(23));
  EXPECT_FALSE(opens(short_header, frame));
  header[0] ^= 1;
  StreamOpener other_header(secret_of(5), header);
  EXPECT_FALSE(opens(other_header, frame));
}

TEST(StreamOpener, TellsACutStreamFromACompleteOne) {
  StreamSealer sealer(secret_of(5));
  StreamOpener opener(secret_of(5), sealer.header());
  EXPECT_TRUE(opens(opener, seal_one(sealer, "one")));
  EXPECT_FALSE(opener.complete());
  EXPECT_TRUE(opens(opener, seal_one(sealer, "the end", true)));
  EXPECT_TRUE(opener.complete());
}

/// As a sealer of somebody else's would: `tag` on every frame, whatever came before.
Bytes push(crypto_secretstream_xchacha20poly1305_state& state, std::string_view text,
           unsigned tag) {
  const auto plain = bytes_of(text);
  Bytes frame(plain.size() + stream_tag_bytes);
  crypto_secretstream_xchacha20poly1305_push(&state, frame.data(), nullptr, plain.data(),
                                             plain.size(), context_bytes.data(),
                                             context_bytes.size(), static_cast<unsigned char>(tag));
  return frame;
}

TEST(StreamOpener, RefusesAFrameAfterTheFinalOneEvenIfWellSealed) {
  crypto_secretstream_xchacha20poly1305_state state;
  Bytes header(stream_header_bytes);
  crypto_secretstream_xchacha20poly1305_init_push(&state, header.data(), secret_of(5).data());
  StreamOpener opener(secret_of(5), header);
  EXPECT_TRUE(
      opens(opener, push(state, "the end", crypto_secretstream_xchacha20poly1305_TAG_FINAL)));
  const auto after = opener.open(
      push(state, "more", crypto_secretstream_xchacha20poly1305_TAG_MESSAGE), context_bytes);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::decryption_failed);
}

TEST(StreamOpener, BelievesNothingAfterABadFrame) {
  StreamSealer sealer(secret_of(5));
  StreamOpener opener(secret_of(5), sealer.header());
  const auto good = seal_one(sealer, "one");
  EXPECT_FALSE(opens(opener, Bytes(good.size())));
  EXPECT_FALSE(opens(opener, good));
}

}  // namespace
}  // namespace hearth::seal
