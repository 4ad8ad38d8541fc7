#pragma once
// What two links say to each other inside their secure channel. Source: docs/formats/link.md.
//
// A frame is one plaintext of the channel: 24 bytes of header, little-endian, then the body.
//   kind 1 | flags 1 | class 1 | reserved 1 | error 2 | reserved 2 | budget_ms 4 | reserved 4 |
//   correlation 8
// An envelope longer than a frame travels in parts, all but the last with `flag_more`.

#include "messages/base/error.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/envelope.hpp"

#include <cstdint>

namespace hearth::link {

enum class FrameKind : std::uint8_t {
  request = 1,  ///< Body: envelope. Answered with the same correlation.
  answer = 2,   ///< Body: envelope.
  failure = 3,  ///< No body; `error` says why.
  tell = 4,     ///< Body: envelope; no answer.
  ping = 5,
  pong = 6,
  introduction = 7,   ///< Body: `Introduction`. First frame of both sides.
  tunnel = 8,         ///< Body: bytes of the tunnel named by `correlation`.
  tunnel_closed = 9,  ///< No body. The tunnel named by `correlation` is over.
};

/// Consensus is never refused; commands have credit; bulk has at most half of it.
enum class TrafficClass : std::uint8_t { consensus = 0, command = 1, bulk = 2 };

struct FrameHeader {
  FrameKind kind = FrameKind::ping;
  std::uint8_t flags = 0;
  TrafficClass traffic = TrafficClass::command;
  ErrorCode error = ErrorCode::none;
  std::uint32_t budget_ms = 0;  ///< Time left, never a time of day: clocks differ.
  std::uint64_t correlation = 0;

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

inline constexpr std::size_t frame_header_bytes = 24;
inline constexpr std::uint8_t flag_more = 1;

void write_header(const FrameHeader& header, std::uint8_t* at);

/// Errors: `message_malformed` for a short buffer, an unknown kind, class or flag, or reserved
/// bytes that are not zero.
[[nodiscard]] Result<FrameHeader> read_header(BytesView frame);

/// Who is at the other end of a channel whose X25519 key is proven: binds the Ed25519 identity
/// to that key and tells the time. Fixed layout: version 2 | role 1 | reserved 5 | signing key 32
/// | signature 64 | unix ms 8.
struct Introduction {
  std::uint16_t version = 0;
  Role role = Role::none;
  SigningKey signing;
  Signature binding;  ///< By `signing`, over role and X25519 key: see seal/identity.hpp.
  std::int64_t wall_ms = 0;

  friend bool operator==(const Introduction&, const Introduction&) = default;
};

inline constexpr std::size_t introduction_bytes = 112;

[[nodiscard]] Bytes encode_introduction(const Introduction& introduction);
/// Errors: `message_malformed`, `version_unsupported`.
[[nodiscard]] Result<Introduction> decode_introduction(BytesView bytes);

}  // namespace hearth::link
