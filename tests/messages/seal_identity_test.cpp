#include "messages/seal/digest.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/key_words.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/text_bytes.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace hearth::seal {
namespace {

using testing::bytes_of;

using testing::identity_of;
using testing::secret_of;

TEST(Identity, HasTheSameKeysForTheSameSecrets) {
  const auto golden = testing::read_golden("seal/identity.hex");
  const auto identity = identity_of(1);
  EXPECT_EQ(to_text(identity.keys.signing), to_hex(golden.at("signing_key")));
  EXPECT_EQ(to_text(identity.keys.exchange), to_hex(golden.at("exchange_key")));
  EXPECT_EQ(to_text(identity.id), to_hex(golden.at("node_id")));
}

TEST(Identity, IsAnotherOneEachTimeItIsGenerated) {
  const auto one = Identity::generate();
  const auto other = Identity::generate();
  EXPECT_NE(one.id, other.id);
  EXPECT_NE(one.keys.exchange, other.keys.exchange);
  EXPECT_FALSE(one.signing_seed == one.exchange_secret);
}

TEST(Identity, SignsWhatOnlyItsKeyVerifies) {
  const auto alice = identity_of(1);
  const auto message = bytes_of("tonight");
  const auto signature = sign(alice.signing_seed, message);
  EXPECT_TRUE(verify(alice.keys.signing, message, signature));
  EXPECT_FALSE(verify(identity_of(2).keys.signing, message, signature));
  EXPECT_FALSE(verify(alice.keys.signing, bytes_of("tomorrow"), signature));
  EXPECT_FALSE(verify(SigningKey{}, message, signature));
}

TEST(Identity, BindsItsExchangeKeyInOneRoleOnly) {
  const auto home = identity_of(1);
  const auto binding = bind_keys(home, Role::home);
  EXPECT_EQ(to_text(binding), to_hex(testing::read_golden("seal/identity.hex").at("home_binding")));
  EXPECT_TRUE(verify_binding(home.keys, Role::home, binding));
  EXPECT_FALSE(verify_binding(home.keys, Role::client, binding));
  auto swapped = home.keys;
  swapped.exchange = identity_of(2).keys.exchange;
  EXPECT_FALSE(verify_binding(swapped, Role::home, binding));
}

TEST(IdentityFile, IsTheGoldenOne) {
  EXPECT_EQ(to_hex(encode_identity(identity_of(1))),
            to_hex(testing::read_golden("seal/identity.hex").at("file")));
}

TEST(IdentityFile, GivesBackTheIdentity) {
  const auto saved = identity_of(1);
  const auto loaded = decode_identity(encode_identity(saved));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded.value().id, saved.id);
  EXPECT_EQ(loaded.value().keys, saved.keys);
  EXPECT_EQ(loaded.value().signing_seed, saved.signing_seed);
  EXPECT_EQ(loaded.value().exchange_secret, saved.exchange_secret);
}

TEST(IdentityFile, IsRefusedWithAnyBitFlipped) {
  const auto good = encode_identity(identity_of(1));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(decode_identity(bad)) << "bit " << bit;
  }
}

TEST(IdentityFile, IsRefusedAtAnyOtherLength) {
  auto bytes = encode_identity(identity_of(1));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_identity(BytesView(bytes).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::message_malformed);
  }
  bytes.push_back(0);
  EXPECT_FALSE(decode_identity(bytes));
}

TEST(IdentityFile, OfANewerVersionSaysSo) {
  auto bytes = encode_identity(identity_of(1));
  bytes[8] = 2;
  const auto loaded = decode_identity(bytes);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::format_newer);
}

TEST(IdentityFile, IsRefusedWithReservedBytesSet) {
  auto bytes = encode_identity(identity_of(1));
  bytes[10] = 1;
  digest_into(std::span(bytes).last(32), BytesView(bytes).first(80));
  const auto loaded = decode_identity(bytes);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::message_malformed);
}

TEST(KeyWords, AreTheSameForEverAndDependOnBothKeys) {
  PublicKeys keys;
  keys.signing.bytes.fill(1);
  keys.exchange.bytes.fill(2);
  EXPECT_EQ(key_words(keys), "hazel eagle canoe creek monkey hammer");
  auto other = keys;
  other.exchange.bytes.back() ^= 1U;
  EXPECT_NE(key_words(other), key_words(keys));
  other = keys;
  other.signing.bytes.back() ^= 1U;
  EXPECT_NE(key_words(other), key_words(keys));
}

TEST(SecretKey, IsEqualOnlyToTheSameBytes) {
  EXPECT_EQ(secret_of(1), secret_of(1));
  EXPECT_FALSE(secret_of(1) == secret_of(2));
}

TEST(SecretKey, IsOverwrittenWhenWiped) {
  std::array<std::uint8_t, 4> secret{1, 2, 3, 4};
  wipe(secret);
  EXPECT_EQ(secret, (std::array<std::uint8_t, 4>{}));
}

}  // namespace
}  // namespace hearth::seal
