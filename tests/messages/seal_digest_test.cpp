#include "messages/base/ids.hpp"
#include "messages/seal/digest.hpp"
#include "messages/seal/init.hpp"
#include "messages/seal/random.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/text_bytes.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace hearth::seal {
namespace {

using testing::bytes_of;

// Source: coreutils' `b2sum -l 256` and `-l 128`.
TEST(Digest, IsBlake2bOfTheLengthOfTheId) {
  EXPECT_EQ(to_text(digest_as<NodeId>(bytes_of("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(to_text(digest_as<ItemId>(bytes_of("abc"))), "cf4ab791c62b8d2b2109c90275287816");
  EXPECT_EQ(to_text(digest_as<ItemId>({})), "cae66941d9efbd404e4d88758ea67670");
}

SecretKey key_of_rfc_4231() {
  std::array<std::uint8_t, 32> key{};
  std::fill_n(key.begin(), 20, std::uint8_t{0x0b});
  return SecretKey(key);
}

// Source: RFC 4231, test case 1. Its key of 20 bytes is the same as ours with zeros behind.
TEST(Mac, IsHmacSha256) {
  EXPECT_EQ(to_text(mac(key_of_rfc_4231(), bytes_of("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(Mac, IsGoodForItsKeyAndMessageOnly) {
  const auto key = testing::secret_of(7);
  const auto message = bytes_of("item 1 until noon");
  const auto code = mac(key, message);
  EXPECT_TRUE(verify_mac(key, message, code.view()));
  EXPECT_FALSE(verify_mac(testing::secret_of(8), message, code.view()));
  EXPECT_FALSE(verify_mac(key, bytes_of("item 2 until noon"), code.view()));
  EXPECT_FALSE(verify_mac(key, message, code.view().first(31)));
  EXPECT_FALSE(verify_mac(key, message, {}));
}

TEST(EqualInConstantTime, ComparesBytesAndLength) {
  EXPECT_TRUE(equal_in_constant_time(bytes_of("token"), bytes_of("token")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("token"), bytes_of("tokem")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("token"), bytes_of("toke")));
}

TEST(Random, IsReadyAndNeverTheSameTwice) {
  EXPECT_TRUE(init());
  EXPECT_TRUE(init());
  EXPECT_NE(random_u64(), random_u64());
  EXPECT_NE(random_id<SessionId>(), random_id<SessionId>());
  EXPECT_FALSE(random_secret() == random_secret());
}

}  // namespace
}  // namespace hearth::seal
