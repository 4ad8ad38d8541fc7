#include "messages/link/frame.hpp"

#include "messages/base/limits.hpp"

#include <gtest/gtest.h>

#include <array>

namespace hearth::link {
namespace {

using FrameBytes = std::array<std::uint8_t, frame_header_bytes>;

FrameHeader usual_frame() {
  return {.kind = FrameKind::failure,
          .flags = flag_more,
          .traffic = TrafficClass::bulk,
          .error = ErrorCode::overloaded,
          .budget_ms = 0x01020304,
          .correlation = 0x1112131415161718};
}

FrameBytes written(const FrameHeader& header) {
  FrameBytes bytes;
  bytes.fill(0xee);  // Whatever stood in the buffer before.
  write_header(header, bytes.data());
  return bytes;
}

TEST(FrameHeader, HasTheDocumentedBytes) {
  EXPECT_EQ(to_hex(written(usual_frame())),
            "03010200"
            "ca000000"
            "0403020100000000"
            "1817161514131211");
}

TEST(FrameHeader, ReadsBackEveryKindAndClass) {
  for (std::uint8_t kind = 1; kind <= 9; ++kind) {
    for (std::uint8_t traffic = 0; traffic <= 2; ++traffic) {
      auto header = usual_frame();
      header.kind = static_cast<FrameKind>(kind);
      header.traffic = static_cast<TrafficClass>(traffic);
      const auto read = read_header(written(header));
      ASSERT_TRUE(read) << read.error().detail;
      EXPECT_EQ(read.value(), header);
    }
  }
}

TEST(FrameHeader, IsFollowedByTheBody) {
  Bytes frame(frame_header_bytes + 5, 0xff);
  write_header(usual_frame(), frame.data());
  EXPECT_TRUE(read_header(frame));
}

TEST(FrameHeader, RefusesEveryTruncation) {
  const auto bytes = written(usual_frame());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_header(BytesView(bytes).first(size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::message_malformed);
  }
}

TEST(FrameHeader, RefusesUnknownKindsClassesAndFlags) {
  const auto refuses = [](std::size_t at, std::uint8_t value) {
    auto bytes = written(usual_frame());
    bytes[at] = value;
    return !read_header(bytes).ok();
  };
  for (const auto kind : Bytes{0, 10, 255}) {
    EXPECT_TRUE(refuses(0, kind)) << int{kind};
  }
  for (const auto flags : Bytes{2, 3, 128}) {
    EXPECT_TRUE(refuses(1, flags)) << int{flags};
  }
  for (const auto traffic : Bytes{3, 255}) {
    EXPECT_TRUE(refuses(2, traffic)) << int{traffic};
  }
}

TEST(FrameHeader, RefusesReservedBytesThatAreSet) {
  for (const std::size_t at : {3U, 6U, 7U, 12U, 13U, 14U, 15U}) {
    auto bytes = written(usual_frame());
    bytes[at] = 1;
    EXPECT_FALSE(read_header(bytes)) << at;
  }
}

TEST(FrameHeader, TakesAnErrorOfALaterVersionForAMalformedMessage) {
  auto bytes = written(usual_frame());
  bytes[4] = 0x0f;
  bytes[5] = 0x27;
  const auto read = read_header(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().error, ErrorCode::message_malformed);
}

Introduction usual_introduction() {
  Introduction introduction{.version = limits::protocol_version,
                            .role = Role::home,
                            .signing = {},
                            .binding = {},
                            .wall_ms = -2};
  introduction.signing.bytes.fill(0xaa);
  introduction.binding.bytes.fill(0xbb);
  return introduction;
}

TEST(Introduction, HasTheDocumentedBytes) {
  std::string expected = "0100030000000000";
  expected += to_hex(Bytes(32, 0xaa)) + to_hex(Bytes(64, 0xbb)) + "feffffffffffffff";
  const auto bytes = encode_introduction(usual_introduction());
  EXPECT_EQ(bytes.size(), introduction_bytes);
  EXPECT_EQ(to_hex(bytes), expected);
}

TEST(Introduction, ReadsBackEveryRole) {
  for (const auto role : {Role::directory, Role::super_peer, Role::home, Role::client}) {
    auto introduction = usual_introduction();
    introduction.role = role;
    const auto decoded = decode_introduction(encode_introduction(introduction));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(decoded.value(), introduction);
  }
}

TEST(Introduction, RefusesAnyOtherSize) {
  auto bytes = encode_introduction(usual_introduction());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_introduction(BytesView(bytes).first(size))) << size;
  }
  bytes.push_back(0);
  EXPECT_FALSE(decode_introduction(bytes));
}

TEST(Introduction, RefusesAnotherProtocolVersion) {
  auto introduction = usual_introduction();
  introduction.version = limits::protocol_version + 1;
  const auto decoded = decode_introduction(encode_introduction(introduction));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::version_unsupported);
}

TEST(Introduction, RefusesUnknownRolesAndReservedBytesThatAreSet) {
  for (const auto role : Bytes{0, 5, 255}) {
    auto bytes = encode_introduction(usual_introduction());
    bytes[2] = role;
    EXPECT_FALSE(decode_introduction(bytes)) << int{role};
  }
  for (std::size_t at = 3; at < 8; ++at) {
    auto bytes = encode_introduction(usual_introduction());
    bytes[at] = 1;
    EXPECT_FALSE(decode_introduction(bytes)) << at;
  }
}

}  // namespace
}  // namespace hearth::link
