#include "messages/envelope/envelope.hpp"

#include "messages/base/limits.hpp"
#include "tests/support/message_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace hearth::test {
namespace {

TEST(Envelope, IsEmptyByDefault) {
  const Envelope envelope;
  EXPECT_FALSE(envelope);
  EXPECT_TRUE(envelope.bytes().empty());
}

TEST(Envelope, KeepsWholeWordsAligned) {
  const Bytes bytes(24, 7);
  const auto envelope = Envelope::from_bytes(bytes);
  ASSERT_TRUE(envelope);
  EXPECT_TRUE(std::ranges::equal(envelope.value().bytes(), bytes));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(envelope.value().bytes().data()) % 8, 0U);
}

TEST(Envelope, RefusesWhatIsNotWholeWords) {
  for (const std::size_t size : {0U, 1U, 7U, 9U, 1023U}) {
    const auto envelope = Envelope::from_bytes(Bytes(size));
    ASSERT_FALSE(envelope) << size;
    EXPECT_EQ(envelope.error().code, ErrorCode::message_malformed);
  }
}

TEST(Envelope, TakesOneMebibyteAndNoMore) {
  EXPECT_TRUE(Envelope::from_bytes(Bytes(limits::envelope_bytes_max)));
  const auto larger = Envelope::from_bytes(Bytes(limits::envelope_bytes_max + 8));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::frame_oversized);
}

TEST(Envelope, SharesItsBytesWithItsCopies) {
  const auto first = Envelope::from_bytes(Bytes(8)).value();
  const auto* data = first.bytes().data();
  auto second = first;
  EXPECT_EQ(second.bytes().data(), data);
  auto third = std::move(second);
  EXPECT_EQ(third.bytes().data(), data);
  EXPECT_FALSE(second);  // NOLINT(bugprone-use-after-move): moved-from is empty, by contract.
}

TEST(Envelope, OutlivesTheOneItWasCopiedFrom) {
  auto first = Envelope::from_bytes(Bytes(8, 3)).value();
  const auto copy = first;
  first = Envelope{};
  EXPECT_EQ(copy.bytes()[0], 3);
}

TEST(Header, ReadsBackWhatWasPacked) {
  auto header = usual_header();
  header.kind = MessageKind::accepted;
  const auto read = header_of(pack(header, Accepted{}));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read.value(), header);
}

TEST(Header, ReadsBackAnEmptyOne) {
  const Header header{
      .kind = MessageKind::accepted, .from = {}, .to = {}, .request = {}, .trace = {}};
  const auto read = header_of(pack(header, Accepted{}));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read.value(), header);
}

TEST(Header, AllowsNamesOfActorsInTheirAlphabetOnly) {
  const auto is_read = [](const std::string& name) {
    auto header = usual_header();
    header.to.actor = name;
    return header_of(pack(header, Accepted{})).ok();
  };
  EXPECT_TRUE(is_read("a-z/09"));
  EXPECT_TRUE(is_read(std::string(limits::actor_name_bytes_max, 'a')));
  EXPECT_FALSE(is_read(std::string(limits::actor_name_bytes_max + 1, 'a')));
  for (const char* name : {"A", "a b", "a_b", "é", "a.b", "a\n"}) {
    EXPECT_FALSE(is_read(name)) << name;
  }
  EXPECT_FALSE(is_read(std::string("a\0b", 3)));
}

TEST(Header, RefusesAnEmptyEnvelope) {
  const auto header = header_of(Envelope{});
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, ErrorCode::message_malformed);
  EXPECT_FALSE(unpack<Accepted>(Envelope{}));
}

/// The flat message begins with 8 bytes of segment table and 8 of root pointer.
constexpr std::size_t version_at = 16;
constexpr std::size_t kind_at = 18;

Envelope patched(std::size_t at, std::uint8_t value) {
  const auto original = pack(usual_header(), Accepted{});
  Bytes bytes(original.bytes().begin(), original.bytes().end());
  bytes[at] = value;
  return Envelope::from_bytes(bytes).value();
}

TEST(Header, RefusesAnotherProtocolVersion) {
  const auto envelope = patched(version_at, limits::protocol_version + 1);
  const auto header = header_of(envelope);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, ErrorCode::version_unsupported);
  const auto message = unpack<Accepted>(envelope);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::version_unsupported);
}

TEST(Header, RefusesAKindThatNobodyKnows) {
  for (const auto kind : Bytes{0, 99}) {
    const auto header = header_of(patched(kind_at, kind));
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code, ErrorCode::message_malformed);
  }
}

}  // namespace
}  // namespace hearth::test
