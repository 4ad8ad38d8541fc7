#include "nodes/gateway/capability.hpp"

#include "messages/base/little_endian.hpp"
#include "messages/seal/digest.hpp"

#include <chrono>
#include <cstdint>

namespace hearth::gateway {

namespace {

constexpr std::uint32_t life_hours = 12;
constexpr std::size_t hour_bytes = 4;
constexpr std::size_t capability_bytes = hour_bytes + seal::Mac::size;

std::uint32_t hour_of(WallTime time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count());
}

Bytes signed_text(const MediaName& name, BytesView end) {
  constexpr std::string_view purpose = "hearth media capability 1";
  Bytes text(purpose.begin(), purpose.end());
  const auto append = [&text](BytesView bytes) {
    text.insert(text.end(), bytes.begin(), bytes.end());
  };
  append(name.home.view());
  append(name.item.view());
  text.push_back(static_cast<std::uint8_t>(name.part));
  append(end);
  return text;
}

}  // namespace

std::string Capabilities::make(const MediaName& name, WallTime now) const {
  Bytes capability(hour_bytes);
  put_le(capability.data(), hour_of(now) + life_hours);
  const auto code = seal::mac(secret_, signed_text(name, capability));
  capability.insert(capability.end(), code.bytes.begin(), code.bytes.end());
  return to_hex(capability);
}

bool Capabilities::opens(std::string_view capability, const MediaName& name, WallTime now) const {
  const auto bytes = from_hex(capability);
  if (!bytes || bytes->size() != capability_bytes) {
    return false;
  }
  const auto end = BytesView{*bytes}.first(hour_bytes);
  return seal::verify_mac(secret_, signed_text(name, end), BytesView{*bytes}.subspan(hour_bytes)) &&
         hour_of(now) < get_le<std::uint32_t>(end.data());
}

}  // namespace hearth::gateway
