#pragma once
// How a device that belongs to no account yet comes into one: it offers itself and shows the code
// that it gets, a manager looks the code up and approves: `AppendEvent` with the code.

#include "messages/directory/directory_messages.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace hearth::directory {

// ---- commands, sent to the actor "accounts" of a directory ----

/// By a device that is in no account. Answer: `PairingOffered`; asked again, the same code, until
/// it is over. Refused: `device_exists`, `not_allowed` (not the sender's own keys, or a kind that
/// its role cannot be), `value_invalid`, `limit_reached` (too many from one place, or in all).
struct OfferPairing {
  static constexpr MessageKind kind = MessageKind::offer_pairing;
  Device device;  ///< Must be the sender's own keys.
  friend bool operator==(const OfferPairing&, const OfferPairing&) = default;
};

struct PairingOffered {
  static constexpr MessageKind kind = MessageKind::pairing_offered;
  std::string code;          ///< See pairing_code.hpp.
  std::int64_t life_ms = 0;  ///< What is left of it.
  friend bool operator==(const PairingOffered&, const PairingOffered&) = default;
};

/// By a manager. Answer: `PairingShown`. Refused: `not_allowed`, `pairing_unknown` (no such code,
/// used, or over), `too_many_attempts`.
struct ShowPairing {
  static constexpr MessageKind kind = MessageKind::show_pairing;
  std::string code;
  friend bool operator==(const ShowPairing&, const ShowPairing&) = default;
};

struct PairingShown {
  static constexpr MessageKind kind = MessageKind::pairing_shown;
  Device device;
  std::string source;  ///< Address that it came from, as the directory saw it.
  std::int64_t life_ms = 0;
  friend bool operator==(const PairingShown&, const PairingShown&) = default;
};

// ---- events ----

/// Also the row of an offer that is open.
struct PairingOffer {
  std::string code;
  Device device;
  std::string source;
  std::int64_t until_ms = 0;  ///< Unix time.
  friend bool operator==(const PairingOffer&, const PairingOffer&) = default;
};

struct PairingClosed {
  std::string code;
  AccountId account;  ///< That took the device in; zero: none did.
  friend bool operator==(const PairingClosed&, const PairingClosed&) = default;
};

/// One log record of the pairings' stream. Codec: `encode<PairingEvent>`, `decode<PairingEvent>`.
using PairingEvent = std::variant<PairingOffer, PairingClosed>;

}  // namespace hearth::directory
