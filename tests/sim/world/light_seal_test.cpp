// What the light arithmetic must notice, seen through the code that ships.

#include "sim/world/light_seal.hpp"

#include "messages/seal/digest.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/noise.hpp"
#include "messages/seal/stream_keys.hpp"
#include "sim/random.hpp"
#include "sim/world/entropy.hpp"
#include "sim/world/media.hpp"
#include "tests/support/text_bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace hearth::sim {
namespace {

using testing::bytes_of;

class LightSealTest : public ::testing::Test {
 protected:
  Entropy entropy_{Random(1)};
  LightSeal light_;
};

seal::SecretKey key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(number);
  return seal::SecretKey(bytes);
}

std::pair<seal::NoiseSession, seal::NoiseSession> handshake(const seal::Identity& caller,
                                                            const seal::Identity& called,
                                                            const ExchangeKey& expected) {
  auto a = seal::NoiseHandshake::start(
      "IK", true, {.own = caller.exchange_secret, .peer = expected, .psks = {}, .prologue = {}});
  auto b = seal::NoiseHandshake::start(
      "IK", false, {.own = called.exchange_secret, .peer = {}, .psks = {}, .prologue = {}});
  const auto hello = a.value().write({});
  if (!b.value().read(hello.value())) {
    return {};
  }
  EXPECT_TRUE(a.value().read(b.value().write({}).value()).ok());
  return {a.value().finish(), b.value().finish()};
}

TEST_F(LightSealTest, SidesOfAHandshakeAgreeAndKnowEachOther) {
  const auto caller = seal::Identity::generate();
  const auto called = seal::Identity::generate();
  auto [a, b] = handshake(caller, called, called.keys.exchange);
  EXPECT_EQ(a.exported, b.exported);
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_EQ(b.peer, caller.keys.exchange);
  Bytes frame;
  ASSERT_TRUE(a.send.seal(frame, bytes_of("head"), bytes_of("body")).ok());
  const auto plain = b.receive.open(frame);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(Bytes(plain.value().begin(), plain.value().end()), bytes_of("headbody"));
}

TEST_F(LightSealTest, AHandshakeWithSomebodyElseFails) {
  const auto caller = seal::Identity::generate();
  const auto called = seal::Identity::generate();
  const auto [a, b] = handshake(caller, called, seal::Identity::generate().keys.exchange);
  EXPECT_FALSE(b.peer.has_value());
}

TEST_F(LightSealTest, AChannelNoticesEveryChangedBit) {
  for (std::size_t size = 0; size < 80; ++size) {
    Bytes sealed;
    ASSERT_TRUE(seal::CipherState(key_of(1)).seal(sealed, {}, Bytes(size, 7)).ok());
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      auto changed = sealed;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(seal::CipherState(key_of(1)).open(changed).ok()) << size << ' ' << bit;
    }
    EXPECT_TRUE(seal::CipherState(key_of(1)).open(sealed).ok());
  }
}

TEST_F(LightSealTest, AChannelNoticesRepeatedLostCutAndForeignFrames) {
  seal::CipherState sender(key_of(1));
  Bytes first;
  Bytes second;
  ASSERT_TRUE(sender.seal(first, {}, Bytes(100, 7)).ok());
  ASSERT_TRUE(sender.seal(second, {}, Bytes(100, 7)).ok());
  EXPECT_NE(first, second);
  auto lost = second;
  EXPECT_FALSE(seal::CipherState(key_of(1)).open(lost).ok());
  auto foreign = first;
  EXPECT_FALSE(seal::CipherState(key_of(2)).open(foreign).ok());
  auto cut = first;
  cut.resize(cut.size() - 1);
  EXPECT_FALSE(seal::CipherState(key_of(1)).open(cut).ok());
  seal::CipherState receiver(key_of(1));
  auto once = first;
  auto twice = first;
  EXPECT_TRUE(receiver.open(once).ok());
  EXPECT_FALSE(receiver.open(twice).ok());
}

TEST_F(LightSealTest, AStreamNoticesWhatIsOfAnotherPlaceOrOrder) {
  const auto here = bytes_of("version and offset");
  seal::StreamSealer sealer(key_of(3));
  Bytes frames[3];
  for (auto& frame : frames) {
    sealer.seal(frame, Bytes(5000, 9), here, &frame == &frames[2]);
    frame.erase(frame.begin(), frame.begin() + 4);  // its length
  }
  const auto opener = [&] { return seal::StreamOpener(key_of(3), sealer.header()); };
  auto all = opener();
  EXPECT_EQ(all.open(frames[0], here).value().plain, Bytes(5000, 9));
  EXPECT_FALSE(all.open(frames[1], here).value().final);
  EXPECT_TRUE(all.open(frames[2], here).value().final);
  EXPECT_FALSE(opener().open(frames[0], bytes_of("version and offseu")).ok());
  EXPECT_FALSE(opener().open(frames[1], here).ok());
  auto repeated = opener();
  EXPECT_TRUE(repeated.open(frames[0], here).ok());
  EXPECT_FALSE(repeated.open(frames[0], here).ok());
}

TEST_F(LightSealTest, PlaintextDoesNotShow) {
  Bytes media(60'000);
  fill_media(5, 0, media);
  Bytes sealed;
  seal::StreamSealer(key_of(3)).seal(sealed, media, {}, false);
  const auto shows = [](const Bytes& bytes) {
    return std::search(bytes.begin(), bytes.end(), plaintext_marker.begin(),
                       plaintext_marker.end()) != bytes.end();
  };
  EXPECT_TRUE(shows(media));
  EXPECT_FALSE(shows(sealed));
}

TEST_F(LightSealTest, SignaturesAreOfOneKeyAndOneMessage) {
  const auto signer = seal::Identity::generate();
  const auto message = bytes_of("a message");
  const auto signature = seal::sign(signer.signing_seed, message);
  EXPECT_TRUE(seal::verify(signer.keys.signing, message, signature));
  EXPECT_FALSE(seal::verify(signer.keys.signing, bytes_of("b message"), signature));
  EXPECT_FALSE(seal::verify(seal::Identity::generate().keys.signing, message, signature));
}

TEST(LightSeal, LeavesTheRealArithmeticAsItWas) {
  Bytes before(32);
  Bytes light(32);
  Bytes after(32);
  seal::digest_into(before, bytes_of("abc"));
  {
    const LightSeal seal;
    seal::digest_into(light, bytes_of("abc"));
  }
  seal::digest_into(after, bytes_of("abc"));
  EXPECT_EQ(before, after);
  EXPECT_NE(before, light);
  EXPECT_EQ(before[0], 0xbd);  // RFC 7693: BLAKE2b-256 of "abc" is bddd813c...
  EXPECT_EQ(before[1], 0xdd);
}

}  // namespace
}  // namespace hearth::sim
