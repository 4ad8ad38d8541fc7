#pragma once
// What one group must not decide alone: that a name, a device or a recovery key belongs to one
// account. A claim on it lives in the bucket of its key, the account in the bucket of its own id.
//
//   reserve   the key's group: this account may have it; nobody else meanwhile
//   append    the account's group: an account is opened, or a device enrolled
//   confirm   the claim holds, for good
//
// A claim that nobody confirms in time is settled by asking the account's group, which says that
// it holds, or writes down that it never will: then what comes too late is refused.
//
// All of these travel between directories alone, inside of `Forwarded`.

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/ids.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace hearth::directory {

/// Numbers are stored: append only.
enum class ClaimKind : std::uint8_t {
  name = 0,      ///< `id` is the BLAKE2b-256 of the name in NFC, case-folded.
  device = 1,    ///< `id` is the device's.
  recovery = 2,  ///< `id` is the public recovery key of an account.
};

struct ClaimKey {
  ClaimKind kind = ClaimKind::name;
  FixedBytes<struct ClaimIdTag, 32> id;
  friend auto operator<=>(const ClaimKey&, const ClaimKey&) = default;
};

struct Claim {
  ClaimKey key;
  AccountId account;
  NodeId by;                 ///< The device that asked for it.
  std::uint64_t number = 0;  ///< Of this claim on the key: a later one has a higher number.
  bool holds = false;        ///< Confirmed, and for good.
  friend bool operator==(const Claim&, const Claim&) = default;
};

/// Answer: `ClaimShown`: the new claim on a key that had none, else the one that it has.
struct ReserveClaim {
  static constexpr MessageKind kind = MessageKind::reserve_claim;
  Claim claim;  ///< Without a number.
  friend bool operator==(const ReserveClaim&, const ReserveClaim&) = default;
};

/// Answer: `ClaimShown`.
struct FindClaim {
  static constexpr MessageKind kind = MessageKind::find_claim;
  ClaimKey key;
  friend bool operator==(const FindClaim&, const FindClaim&) = default;
};

struct ClaimShown {
  static constexpr MessageKind kind = MessageKind::claim_shown;
  std::optional<Claim> claim;
  friend bool operator==(const ClaimShown&, const ClaimShown&) = default;
};

/// A tell, and an event: the claim with this number holds, or is to be settled.
struct EndClaim {
  static constexpr MessageKind kind = MessageKind::end_claim;
  ClaimKey key;
  std::uint64_t number = 0;
  bool holds = false;
  friend bool operator==(const EndClaim&, const EndClaim&) = default;
};

/// To the account's group: "Is it yours? If not, it never will be." Answer: `ClaimSettled`.
struct SettleClaim {
  static constexpr MessageKind kind = MessageKind::settle_claim;
  ClaimKey key;
  AccountId account;
  std::uint64_t number = 0;
  friend bool operator==(const SettleClaim&, const SettleClaim&) = default;
};

struct ClaimSettled {
  static constexpr MessageKind kind = MessageKind::claim_settled;
  bool holds = false;
  friend bool operator==(const ClaimSettled&, const ClaimSettled&) = default;
};

/// Answer of a group to a command of which it has checked its part: the next step may be done.
struct MayGoOn {
  static constexpr MessageKind kind = MessageKind::may_go_on;
  AccountId account;  ///< Of who asks.
  friend bool operator==(const MayGoOn&, const MayGoOn&) = default;
};

// ---- events ----

/// By the account's group: no claim on `key` up to `number` will ever hold.
struct ClaimRefused {
  ClaimKey key;
  AccountId account;
  std::uint64_t number = 0;
  friend bool operator==(const ClaimRefused&, const ClaimRefused&) = default;
};

/// One log record of the claims' stream. Codec: `encode<ClaimEvent>`, `decode<ClaimEvent>`.
using ClaimEvent = std::variant<Claim, EndClaim, ClaimRefused>;

}  // namespace hearth::directory
