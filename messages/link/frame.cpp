#include "messages/link/frame.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/little_endian.hpp"

#include <algorithm>

namespace hearth::link {

namespace {

// Where each field of a frame header begins.
constexpr std::size_t kind_at = 0;
constexpr std::size_t flags_at = 1;
constexpr std::size_t class_at = 2;
constexpr std::size_t error_at = 4;
constexpr std::size_t budget_at = 8;
constexpr std::size_t correlation_at = 16;
constexpr std::size_t reserved_at[] = {3, 6, 7, 12, 13, 14, 15};

// Of an introduction.
constexpr std::size_t role_at = 2;
constexpr std::size_t signing_at = 8;
constexpr std::size_t binding_at = 40;
constexpr std::size_t wall_at = 104;

Error malformed(const char* what) {
  return Error{ErrorCode::message_malformed, what};
}

bool is_kind(std::uint8_t number) {
  return number >= static_cast<std::uint8_t>(FrameKind::request) &&
         number <= static_cast<std::uint8_t>(FrameKind::tunnel_closed);
}

bool is_role(std::uint8_t number) {
  return number > static_cast<std::uint8_t>(Role::none) &&
         number <= static_cast<std::uint8_t>(Role::client);
}

template <class Value>
void put(Bytes& bytes, std::size_t at, const Value& value) {
  std::copy(value.bytes.begin(), value.bytes.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

void write_header(const FrameHeader& header, std::uint8_t* at) {
  std::fill_n(at, frame_header_bytes, std::uint8_t{0});
  at[kind_at] = static_cast<std::uint8_t>(header.kind);
  at[flags_at] = header.flags;
  at[class_at] = static_cast<std::uint8_t>(header.traffic);
  put_le(at + error_at, static_cast<std::uint16_t>(header.error));
  put_le(at + budget_at, header.budget_ms);
  put_le(at + correlation_at, header.correlation);
}

Result<FrameHeader> read_header(BytesView frame) {
  if (frame.size() < frame_header_bytes) {
    return malformed("frame shorter than its header");
  }
  if (!is_kind(frame[kind_at])) {
    return malformed("unknown kind of frame");
  }
  if ((frame[flags_at] & ~flag_more) != 0) {
    return malformed("unknown flag in a frame");
  }
  if (frame[class_at] > static_cast<std::uint8_t>(TrafficClass::bulk)) {
    return malformed("unknown class in a frame");
  }
  if (std::any_of(std::begin(reserved_at), std::end(reserved_at),
                  [&](std::size_t at) { return frame[at] != 0; })) {
    return malformed("reserved bytes of a frame are set");
  }
  return FrameHeader{
      .kind = static_cast<FrameKind>(frame[kind_at]),
      .flags = frame[flags_at],
      .traffic = static_cast<TrafficClass>(frame[class_at]),
      .error = error_code_from(get_le<std::uint16_t>(frame.data() + error_at)),
      .budget_ms = get_le<std::uint32_t>(frame.data() + budget_at),
      .correlation = get_le<std::uint64_t>(frame.data() + correlation_at),
  };
}

Bytes encode_introduction(const Introduction& introduction) {
  Bytes bytes(introduction_bytes);
  put_le(bytes.data(), introduction.version);
  bytes[role_at] = static_cast<std::uint8_t>(introduction.role);
  put(bytes, signing_at, introduction.signing);
  put(bytes, binding_at, introduction.binding);
  put_le(bytes.data() + wall_at, introduction.wall_ms);
  return bytes;
}

Result<Introduction> decode_introduction(BytesView bytes) {
  if (bytes.size() < sizeof(std::uint16_t)) {
    return malformed("introduction is too short");
  }
  const auto version = get_le<std::uint16_t>(bytes.data());
  if (version != limits::protocol_version) {
    return Error{ErrorCode::version_unsupported, "protocol version " + std::to_string(version)};
  }
  if (bytes.size() != introduction_bytes) {
    return malformed("introduction has the wrong size");
  }
  if (!is_role(bytes[role_at])) {
    return malformed("unknown role in an introduction");
  }
  const auto reserved = bytes.subspan(role_at + 1, signing_at - role_at - 1);
  if (std::any_of(reserved.begin(), reserved.end(), [](std::uint8_t byte) { return byte != 0; })) {
    return malformed("reserved bytes of an introduction are set");
  }
  return Introduction{
      .version = version,
      .role = static_cast<Role>(bytes[role_at]),
      .signing = *SigningKey::from(bytes.subspan(signing_at, SigningKey::size)),
      .binding = *Signature::from(bytes.subspan(binding_at, Signature::size)),
      .wall_ms = get_le<std::int64_t>(bytes.data() + wall_at),
  };
}

}  // namespace hearth::link
