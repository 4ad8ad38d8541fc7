#pragma once
// Tickets and home certificates: what super-peers verify without asking anybody.
// Source: docs/formats/ticket.md.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <vector>

namespace hearth::seal {

/// Leave for one client to reach one home through the named super-peers, until `not_after`.
/// Signed by a directory for first contact, ever after by the home itself.
struct Ticket {
  NodeId issuer;
  NodeId client;
  ExchangeKey client_exchange;
  NodeId home;
  std::vector<NodeId> super_peers;  ///< 1 to 4.
  WallTime not_before;
  WallTime not_after;              ///< At most `limits::ticket_life` after `not_before`.
  std::uint64_t rate_bytes_s = 0;  ///< 0: no limit.
  std::uint64_t serial = 0;        ///< Random.
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// Precondition: at most 4 super-peers. Whatever else is out of bounds is refused when verified.
[[nodiscard]] Bytes sign_ticket(const Ticket& ticket, const SecretKey& issuer_seed);

/// Reads without trusting: tells who claims to have issued it. Checks bounds but neither signature
/// nor clock. Errors: `ticket_invalid`.
[[nodiscard]] Result<Ticket> peek_ticket(BytesView signed_ticket);

/// Checks signature, times (with 2.5 s of tolerance for clocks) and bounds.
/// Errors: `ticket_invalid`, the detail says which check.
[[nodiscard]] Result<Ticket> verify_ticket(BytesView signed_ticket, const SigningKey& issuer,
                                           WallTime now);

/// A directory says: this home belongs to this account. At most `limits::certificate_life`.
struct HomeCertificate {
  NodeId issuer;
  PublicKeys home;
  AccountId account;
  WallTime not_before;
  WallTime not_after;
  friend bool operator==(const HomeCertificate&, const HomeCertificate&) = default;
};

[[nodiscard]] Bytes sign_certificate(const HomeCertificate& certificate,
                                     const SecretKey& issuer_seed);
/// As with tickets: peeking reads without trusting. Errors: `certificate_invalid`.
[[nodiscard]] Result<HomeCertificate> peek_certificate(BytesView signed_certificate);
[[nodiscard]] Result<HomeCertificate> verify_certificate(BytesView signed_certificate,
                                                         const SigningKey& issuer, WallTime now);

}  // namespace hearth::seal
