#include "actors/link/prelude.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"

#include <algorithm>
#include <string_view>

namespace hearth::link {

namespace {

constexpr std::string_view magic = "HRTH";
constexpr std::size_t version_at = 4;
constexpr std::size_t pattern_at = 6;
constexpr std::size_t initiator_role_at = 7;
constexpr std::size_t responder_role_at = 8;
constexpr std::size_t purpose_at = 9;
constexpr std::size_t reserved_at = 10;
constexpr std::size_t region_at = 16;
constexpr std::size_t initiator_at = 32;
constexpr std::size_t reserved_end_at = 64;

bool is_zero(BytesView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_role(std::uint8_t number) {
  return number >= static_cast<std::uint8_t>(Role::directory) &&
         number <= static_cast<std::uint8_t>(Role::client);
}

/// The text before the first zero, if nothing but zeros follow it.
std::optional<std::string> region_of(BytesView padded) {
  const auto end = std::find(padded.begin(), padded.end(), std::uint8_t{0});
  if (!std::all_of(end, padded.end(), [](std::uint8_t byte) { return byte == 0; })) {
    return std::nullopt;
  }
  return std::string(padded.begin(), end);
}

Error malformed(std::string_view what) {
  return Error{ErrorCode::message_malformed, "prelude: " + std::string(what)};
}

}  // namespace

std::array<std::uint8_t, prelude_bytes> encode(const Prelude& prelude) {
  HEARTH_CHECK(prelude.region.size() <= region_bytes);
  std::array<std::uint8_t, prelude_bytes> bytes{};
  std::copy(magic.begin(), magic.end(), bytes.begin());
  bytes[version_at] = static_cast<std::uint8_t>(limits::protocol_version & 0xffU);
  bytes[version_at + 1] = static_cast<std::uint8_t>(limits::protocol_version >> 8U);
  bytes[pattern_at] = static_cast<std::uint8_t>(prelude.pattern);
  bytes[initiator_role_at] = static_cast<std::uint8_t>(prelude.initiator_role);
  bytes[responder_role_at] = static_cast<std::uint8_t>(prelude.responder_role);
  bytes[purpose_at] = static_cast<std::uint8_t>(prelude.purpose);
  std::copy(prelude.region.begin(), prelude.region.end(), bytes.begin() + region_at);
  std::copy(prelude.initiator.bytes.begin(), prelude.initiator.bytes.end(),
            bytes.begin() + initiator_at);
  return bytes;
}

bool may_begin_prelude(BytesView first) {
  const auto known = std::min(first.size(), magic.size());
  return std::equal(magic.begin(), magic.begin() + known, first.begin());
}

Result<Prelude> decode_prelude(BytesView bytes) {
  HEARTH_CHECK(bytes.size() == prelude_bytes);
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) {
    return malformed("magic");
  }
  const auto version = bytes[version_at] | (bytes[version_at + 1] << 8U);
  if (version != limits::protocol_version) {
    return Error{ErrorCode::version_unsupported, "link version " + std::to_string(version)};
  }
  const auto pattern = bytes[pattern_at];
  const auto purpose = bytes[purpose_at];
  if ((pattern != static_cast<std::uint8_t>(Pattern::kk) &&
       pattern != static_cast<std::uint8_t>(Pattern::ik)) ||
      (purpose != static_cast<std::uint8_t>(Purpose::control) &&
       purpose != static_cast<std::uint8_t>(Purpose::tunnel)) ||
      !is_role(bytes[initiator_role_at]) || !is_role(bytes[responder_role_at])) {
    return malformed("pattern, purpose or role");
  }
  if (!is_zero(bytes.subspan(reserved_at, region_at - reserved_at)) ||
      !is_zero(bytes.subspan(reserved_end_at))) {
    return malformed("reserved bytes");
  }
  const auto region = region_of(bytes.subspan(region_at, region_bytes));
  if (!region) {
    return malformed("region");
  }
  Prelude prelude;
  prelude.pattern = static_cast<Pattern>(pattern);
  prelude.initiator_role = static_cast<Role>(bytes[initiator_role_at]);
  prelude.responder_role = static_cast<Role>(bytes[responder_role_at]);
  prelude.purpose = static_cast<Purpose>(purpose);
  prelude.region = *region;
  prelude.initiator = *NodeId::from(bytes.subspan(initiator_at, NodeId::size));
  if (prelude.initiator.is_zero() == (prelude.pattern == Pattern::kk)) {
    return malformed("initiator");
  }
  return prelude;
}

}  // namespace hearth::link
