#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hearth::link {

/// Why this link closed a connection that it could have kept. Each closed connection is counted
/// under exactly one reason; the names are label values of `hearth_link_rejected_total`.
enum class Rejection : std::uint8_t {
  prelude,       ///< Not our protocol, or purpose and pattern do not belong together.
  version,       ///< Another protocol version.
  role,          ///< A role that may not be here, or not the one that the node list says.
  region,        ///< Meant for another region.
  identity,      ///< Not in the node list, struck from it, or not the peer that was expected.
  handshake,     ///< Noise refused: wrong key, replayed or damaged message.
  introduction,  ///< The signing key does not vouch for the proven key.
  oversized,     ///< A length out of bounds.
  decryption,    ///< A forged, damaged, replayed or reordered frame.
  malformed,     ///< A decrypted frame or envelope that breaks its format.
  not_allowed,   ///< A message that this role may not send, or in another node's name.
  late,          ///< Handshake not finished in time.
  silent,        ///< Proven, then not heard of, or not reading, for too long.
  strangers,     ///< Pushed out by newer connections while it had not proven a key.
  crowded,       ///< Too many sessions, in all or from one address.
  backlog,       ///< Asked for more than it reads.
};

inline constexpr std::size_t rejection_count = static_cast<std::size_t>(Rejection::backlog) + 1;

[[nodiscard]] constexpr std::string_view name_of(Rejection reason) {
  constexpr std::array<std::string_view, rejection_count> names{
      "prelude",      "version",   "role",       "region",    "identity",    "handshake",
      "introduction", "oversized", "decryption", "malformed", "not_allowed", "late",
      "silent",       "strangers", "crowded",    "backlog"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace hearth::link
