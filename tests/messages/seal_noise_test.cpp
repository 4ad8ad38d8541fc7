#include "messages/seal/noise.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/text_bytes.hpp"

#include <gtest/gtest.h>
#include <sodium/crypto_aead_chacha20poly1305.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace hearth::seal {
namespace {

using testing::bytes_of;

using testing::identity_of;
using testing::secret_of;

// Every byte is drawn anew in each run: only relations between the sides are looked at.
const Identity alice = identity_of(1);
const Identity home = identity_of(2);
const Identity mallory = identity_of(3);

NoiseKeys keys(const Identity& own, const Identity& peer, std::vector<SecretKey> psks = {}) {
  return {own.exchange_secret, peer.keys.exchange, std::move(psks), bytes_of("prologue")};
}

/// Keys of the responder of IK: it does not know who comes.
NoiseKeys awaiting(const Identity& own, std::vector<SecretKey> psks = {}) {
  return {own.exchange_secret, std::nullopt, std::move(psks), bytes_of("prologue")};
}

NoiseHandshake start(std::string_view pattern, bool initiator, NoiseKeys own) {
  auto started = NoiseHandshake::start(pattern, initiator, std::move(own));
  EXPECT_TRUE(started) << (started ? "" : started.error().detail);
  return std::move(started.value());
}

struct Sessions {
  NoiseSession client;
  NoiseSession home;
};

Sessions establish() {
  auto client = start("IK", true, keys(alice, home));
  auto server = start("IK", false, awaiting(home));
  EXPECT_TRUE(server.read(client.write({}).value()));
  EXPECT_TRUE(client.read(server.write({}).value()));
  return {client.finish(), server.finish()};
}

Bytes sealed(CipherState& cipher, std::string_view text) {
  Bytes out;
  EXPECT_TRUE(cipher.seal(out, {}, bytes_of(text)));
  return out;
}

ErrorCode start_error(std::string_view pattern, bool initiator, NoiseKeys own) {
  const auto started = NoiseHandshake::start(pattern, initiator, std::move(own));
  return started ? ErrorCode::none : started.error().code;
}

TEST(NoiseHandshake, OfIkHasMessagesOf96And48Bytes) {
  auto client = start("IK", true, keys(alice, home));
  auto server = start("IK", false, awaiting(home));
  const auto first = client.write({});
  ASSERT_TRUE(first);
  EXPECT_EQ(first.value().size(), 96U);
  ASSERT_TRUE(server.read(first.value()));
  EXPECT_EQ(server.write({}).value().size(), 48U);
}

TEST(NoiseHandshake, GivesBothSidesTheSameSession) {
  auto sessions = establish();
  EXPECT_EQ(sessions.client.hash, sessions.home.hash);
  EXPECT_EQ(sessions.client.exported, sessions.home.exported);
  EXPECT_EQ(sessions.home.peer, alice.keys.exchange);
  EXPECT_EQ(sessions.client.peer, home.keys.exchange);
  auto frame = sealed(sessions.client.send, "open");
  const auto opened = sessions.home.receive.open(frame);
  ASSERT_TRUE(opened);
  EXPECT_EQ(Bytes(opened.value().begin(), opened.value().end()), bytes_of("open"));
}

TEST(NoiseHandshake, IsAnotherSessionEachTime) {
  const auto one = establish();
  const auto other = establish();
  EXPECT_NE(one.client.hash, other.client.hash);
  EXPECT_FALSE(one.client.exported == other.client.exported);
}

TEST(NoiseHandshake, KnowsNoDeferredNorUnknownPattern) {
  for (const auto* pattern :
       {"", "XX1", "K1K", "XXfallback", "xx", "IKpsk", "IKpsk3", "IKpsk2+", "IKpsk2+psk2",
        "IKpsk2+psk1", "IKpsk2psk0", "IKpskx", "Npsk2", "IKpsk22", "psk0"}) {
    EXPECT_EQ(start_error(pattern, true, keys(alice, home, {secret_of(9)})),
              ErrorCode::value_invalid)
        << pattern;
  }
}

TEST(NoiseHandshake, TakesModifiersInRisingOrderOnly) {
  const auto two = {secret_of(8), secret_of(9)};
  EXPECT_EQ(start_error("IKpsk1+psk2", true, keys(alice, home, two)), ErrorCode::none);
  EXPECT_EQ(start_error("IKpsk2+psk1", true, keys(alice, home, two)), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("IKpsk2+psk2", true, keys(alice, home, two)), ErrorCode::value_invalid);
}

TEST(NoiseHandshake, AsksForTheKeysOfItsPattern) {
  const NoiseKeys none;
  EXPECT_EQ(start_error("IK", true, awaiting(alice)), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("IK", false, none), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("KK", false, awaiting(home)), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("XX", true, none), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("NN", true, none), ErrorCode::none);
  EXPECT_EQ(start_error("NNpsk0", true, none), ErrorCode::value_invalid);
  EXPECT_EQ(start_error("NN", true, {{}, {}, {secret_of(9)}, {}}), ErrorCode::value_invalid);
}

TEST(NoiseHandshake, TakesSeveralPreSharedKeysInOrder) {
  const auto one = secret_of(8);
  const auto other = secret_of(9);
  auto first = start("NNpsk0+psk2", true, {{}, {}, {one, other}, {}});
  auto second = start("NNpsk0+psk2", false, {{}, {}, {one, other}, {}});
  ASSERT_TRUE(second.read(first.write({}).value()));
  ASSERT_TRUE(first.read(second.write({}).value()));
  auto wrong = start("NNpsk0+psk2", false, {{}, {}, {other, one}, {}});
  auto again = start("NNpsk0+psk2", true, {{}, {}, {one, other}, {}});
  EXPECT_FALSE(wrong.read(again.write({}).value()));
}

TEST(NoiseHandshake, RefusesAnotherPrologue) {
  auto client = start("IK", true, keys(alice, home));
  auto other_keys = awaiting(home);
  other_keys.prologue = bytes_of("prologuE");
  auto server = start("IK", false, std::move(other_keys));
  const auto read = server.read(client.write({}).value());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::handshake_failed);
}

TEST(NoiseHandshake, RefusesAnotherPreSharedKey) {
  auto client = start("IKpsk2", true, keys(alice, home, {secret_of(8)}));
  auto server = start("IKpsk2", false, awaiting(home, {secret_of(9)}));
  ASSERT_TRUE(server.read(client.write({}).value()));
  EXPECT_FALSE(client.read(server.write({}).value()));

  auto data = start("NNpsk0", true, {{}, {}, {secret_of(8)}, {}});
  auto relay = start("NNpsk0", false, {{}, {}, {secret_of(9)}, {}});
  EXPECT_FALSE(relay.read(data.write({}).value()));
}

TEST(NoiseHandshake, OfAnotherHomeFails) {
  auto client = start("IK", true, keys(alice, home));
  auto server = start("IK", false, awaiting(mallory));
  EXPECT_FALSE(server.read(client.write({}).value()));
}

TEST(NoiseHandshake, OfKkAdmitsOnlyTheExpectedInitiator) {
  auto intruder = start("KK", true, keys(mallory, home));
  auto server = start("KK", false, keys(home, alice));
  EXPECT_FALSE(server.read(intruder.write({}).value()));
}

TEST(NoiseHandshake, RefusesAStaticKeyOtherThanTheOneExpected) {
  auto expecting_alice = keys(home, alice);
  auto server = start("IK", false, std::move(expecting_alice));
  auto intruder = start("IK", true, keys(mallory, home));
  EXPECT_FALSE(server.read(intruder.write({}).value()));
}

TEST(NoiseHandshake, RefusesAMessageWithAnyBitFlipped) {
  auto client = start("IK", true, keys(alice, home));
  const auto good = client.write(bytes_of("hello")).value();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    // X25519 ignores the top bit of a key; the hash does not.
    auto server = start("IK", false, awaiting(home));
    EXPECT_FALSE(server.read(bad)) << "bit " << bit;
  }
}

TEST(NoiseHandshake, RefusesAMessageOfAnyOtherLength) {
  auto client = start("IK", true, keys(alice, home));
  auto message = client.write({}).value();
  for (std::size_t size = 0; size < message.size(); ++size) {
    auto server = start("IK", false, awaiting(home));
    EXPECT_FALSE(server.read(BytesView(message).first(size))) << size;
  }
  message.push_back(0);
  auto server = start("IK", false, awaiting(home));
  EXPECT_FALSE(server.read(message));
}

TEST(NoiseHandshake, RefusesMessagesBeyond65535Bytes) {
  auto writer = start("NN", true, {});
  EXPECT_FALSE(writer.write(Bytes(65'504)));
  auto fitting = start("NN", true, {});
  EXPECT_TRUE(fitting.write(Bytes(65'503)));
  auto reader = start("NN", false, {});
  EXPECT_FALSE(reader.read(Bytes(65'536)));
}

// Points whose product with any scalar is zero. Source: RFC 7748, section 6.1; cr.yp.to/ecdh.html.
std::vector<ExchangeKey> low_order_points() {
  std::vector<ExchangeKey> points;
  for (const auto* hex : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       }) {
    points.push_back(ExchangeKey::parse(hex).value());
  }
  return points;
}

TEST(NoiseHandshake, RefusesEphemeralKeysOfLowOrder) {
  for (const auto& point : low_order_points()) {
    auto responder = start("NN", false, {});
    ASSERT_TRUE(responder.read(point.view()));
    const auto answer = responder.write({});
    ASSERT_FALSE(answer) << to_text(point);
    EXPECT_EQ(answer.error().code, ErrorCode::handshake_failed);
  }
}

TEST(NoiseHandshake, RefusesStaticKeysOfLowOrder) {
  for (const auto& point : low_order_points()) {
    auto initiator = start("NK", true, {{}, point, {}, {}});
    EXPECT_FALSE(initiator.write({})) << to_text(point);
  }
}

TEST(NoiseHandshake, RefusesToActOutOfTurn) {
  auto initiator = start("NN", true, {});
  const auto early_read = initiator.read(Bytes(32));
  ASSERT_FALSE(early_read);
  EXPECT_EQ(early_read.error().code, ErrorCode::handshake_failed);
  EXPECT_FALSE(initiator.write({})) << "an error ends the handshake";
  auto responder = start("NN", false, {});
  EXPECT_FALSE(responder.write({}));
  auto twice = start("NN", true, {});
  EXPECT_TRUE(twice.write({}));
  EXPECT_FALSE(twice.write({}));
}

TEST(NoiseHandshake, IsOverAfterTheFirstError) {
  auto client = start("IK", true, keys(alice, home));
  auto server = start("IK", false, awaiting(home));
  const auto good = client.write({}).value();
  EXPECT_FALSE(server.read(Bytes(96)));
  EXPECT_FALSE(server.read(good));
  EXPECT_FALSE(server.write({}));
  EXPECT_FALSE(server.done());
}

TEST(NoiseHandshake, SaysNothingMoreWhenFinished) {
  auto first = start("NN", true, {});
  auto second = start("NN", false, {});
  ASSERT_TRUE(second.read(first.write({}).value()));
  ASSERT_TRUE(first.read(second.write({}).value()));
  EXPECT_TRUE(first.done());
  const auto session = first.finish();
  EXPECT_FALSE(first.done());
  EXPECT_FALSE(first.write({}));
  EXPECT_FALSE(first.read({}));
  EXPECT_DEATH((void)first.finish(), "done");
}

TEST(NoiseHandshake, GivesNoCipherBackwardsInAOneWayPattern) {
  auto sender = start("N", true, {{}, home.keys.exchange, {}, {}});
  auto receiver = start("N", false, {home.exchange_secret, {}, {}, {}});
  ASSERT_TRUE(receiver.read(sender.write(bytes_of("hello")).value()));
  auto from = sender.finish();
  auto to = receiver.finish();
  auto frame = sealed(from.send, "one way");
  EXPECT_TRUE(to.receive.open(frame));
  Bytes out;
  EXPECT_FALSE(to.send.seal(out, {}, {}));
}

TEST(CipherState, SealsHeadAndBodyAsOneFrame) {
  CipherState sender(secret_of(5));
  CipherState receiver(secret_of(5));
  Bytes out = bytes_of("before");
  ASSERT_TRUE(sender.seal(out, bytes_of("head"), bytes_of("body")));
  ASSERT_EQ(out.size(), 6U + 8U + CipherState::tag_bytes);
  const auto opened = receiver.open(std::span(out).subspan(6));
  ASSERT_TRUE(opened);
  EXPECT_EQ(Bytes(opened.value().begin(), opened.value().end()), bytes_of("headbody"));
  EXPECT_EQ(opened.value().data(), out.data() + 6);
}

TEST(CipherState, RefusesChangedShortRepeatedAndReorderedFrames) {
  CipherState sender(secret_of(5));
  const auto first = sealed(sender, "one");
  const auto second = sealed(sender, "two");
  const auto opens = [](CipherState& receiver, Bytes frame) { return receiver.open(frame).ok(); };
  CipherState receiver(secret_of(5));
  EXPECT_FALSE(opens(receiver, second));
  EXPECT_FALSE(opens(receiver, Bytes(first.begin(), first.end() - 1)));
  EXPECT_FALSE(opens(receiver, Bytes(15)));
  EXPECT_FALSE(opens(receiver, Bytes(70'000)));
  for (std::size_t bit = 0; bit < first.size() * 8; ++bit) {
    auto bad = first;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(opens(receiver, bad)) << "bit " << bit;
  }
  EXPECT_TRUE(opens(receiver, first));
  EXPECT_FALSE(opens(receiver, first));
  EXPECT_TRUE(opens(receiver, second));
}

TEST(CipherState, StopsBeforeANonceWouldComeTwice) {
  CipherState sender(secret_of(5), CipherState::nonce_max - 1);
  CipherState receiver(secret_of(5), CipherState::nonce_max - 1);
  auto last = sealed(sender, "last");
  EXPECT_TRUE(receiver.open(last));
  Bytes out;
  const auto beyond = sender.seal(out, {}, {});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::limit_reached);
  EXPECT_TRUE(out.empty());
  EXPECT_FALSE(receiver.open(last));
}

TEST(CipherState, NeverOpensAFrameOfTheReservedNonce) {
  const auto key = secret_of(5);
  Bytes frame(CipherState::tag_bytes);
  const Bytes nonce{0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255};
  crypto_aead_chacha20poly1305_ietf_encrypt(frame.data(), nullptr, nullptr, 0, nullptr, 0, nullptr,
                                            nonce.data(), key.data());
  CipherState receiver(key, CipherState::nonce_max);
  EXPECT_FALSE(receiver.open(frame));
}

TEST(CipherState, RefusesFramesLongerThanNoiseAllows) {
  CipherState sender(secret_of(5));
  Bytes out;
  const auto refused = sender.seal(out, Bytes(1), Bytes(65'519));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::frame_oversized);
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(sender.seal(out, {}, Bytes(65'519)));
}

TEST(CipherState, RefusesEverythingWithoutAKeyOrAfterAMove) {
  CipherState none;
  Bytes out;
  EXPECT_FALSE(none.seal(out, {}, {}));
  CipherState original(secret_of(5));
  CipherState heir(std::move(original));
  EXPECT_TRUE(heir.seal(out, {}, {}));
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is tested
  EXPECT_FALSE(original.seal(out, {}, {}));
}

}  // namespace
}  // namespace hearth::seal
