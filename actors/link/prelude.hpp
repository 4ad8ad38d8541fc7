#pragma once
// The first 80 bytes of a channel, in the clear: what the initiator wants of whom. They are the
// prologue of the Noise handshake, so a changed bit makes it fail. Source: docs/formats/link.md.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace hearth::link {

/// Noise pattern. 3 (XX) and 4 (IKpsk2) are set aside.
enum class Pattern : std::uint8_t { kk = 1, ik = 2 };

enum class Purpose : std::uint8_t {
  control = 1,  ///< On a connection of its own.
  tunnel = 2,   ///< Inside a session with a super-peer.
};

inline constexpr std::size_t prelude_bytes = 80;
inline constexpr std::size_t region_bytes = 16;

struct Prelude {
  Pattern pattern = Pattern::kk;
  Role initiator_role = Role::none;
  Role responder_role = Role::none;
  Purpose purpose = Purpose::control;
  std::string region;  ///< Of the responder, at most `region_bytes`; empty where it has none.
  NodeId initiator;    ///< Zero unless KK.

  friend bool operator==(const Prelude&, const Prelude&) = default;
};

[[nodiscard]] std::array<std::uint8_t, prelude_bytes> encode(const Prelude& prelude);

/// False when no prelude begins with `first`, which may be as short as it likes: those who speak
/// another protocol need not be waited for.
[[nodiscard]] bool may_begin_prelude(BytesView first);

/// Precondition: `bytes` are `prelude_bytes`.
///
/// Errors: `message_malformed` (magic, numbers that are not ours, reserved bytes that are not
/// zero, an initiator where there must be none or none where there must be one),
/// `version_unsupported`.
[[nodiscard]] Result<Prelude> decode_prelude(BytesView bytes);

}  // namespace hearth::link
