#include "actors/relay/admission.hpp"

#include <algorithm>
#include <utility>

namespace hearth::relay {
namespace {

Error refused(const char* why) {
  return {ErrorCode::ticket_invalid, why};
}

}  // namespace

Admission::Admission(NodeId self, seal::NodeList nodes, const WallClock& clock)
    : self_(self), nodes_(std::move(nodes)), clock_(clock) {}

std::optional<SigningKey> Admission::issuer_key(const NodeId& issuer, const NodeId& home,
                                                const std::optional<PublicKeys>& home_keys) const {
  if (issuer == home && home_keys) {
    return home_keys->signing;
  }
  const auto* node = nodes_.find(issuer);
  if (node == nullptr || node->role != Role::directory || !node->issues_tickets) {
    return std::nullopt;
  }
  return node->keys.signing;
}

Result<WallTime> Admission::check_ticket(BytesView ticket, const PeerInfo& client,
                                         const NodeId& home,
                                         const std::optional<PublicKeys>& home_keys) const {
  const auto claimed = seal::peek_ticket(ticket);
  if (!claimed) {
    return claimed.error();
  }
  const auto key = issuer_key(claimed.value().issuer, home, home_keys);
  if (!key) {
    return refused("issuer may not issue tickets");
  }
  const auto verified = seal::verify_ticket(ticket, *key, clock_.now());
  if (!verified) {
    return verified.error();
  }
  const auto& leave = verified.value();
  if (leave.client != client.node || leave.client_exchange != client.keys.exchange) {
    return refused("for another client");
  }
  if (leave.home != home) {
    return refused("for another home");
  }
  const auto& relays = leave.super_peers;
  if (std::find(relays.begin(), relays.end(), self_) == relays.end()) {
    return refused("for another super-peer");
  }
  return leave.not_after;
}

Result<WallTime> Admission::check_certificate(BytesView certificate, const PeerInfo& home) const {
  const auto claimed = seal::peek_certificate(certificate);
  if (!claimed) {
    return claimed.error();
  }
  const auto* issuer = nodes_.find(claimed.value().issuer);
  if (issuer == nullptr || issuer->role != Role::directory) {
    return Error{ErrorCode::certificate_invalid, "issuer is no directory"};
  }
  const auto verified = seal::verify_certificate(certificate, issuer->keys.signing, clock_.now());
  if (!verified) {
    return verified.error();
  }
  if (verified.value().home != home.keys) {
    return Error{ErrorCode::certificate_invalid, "for other keys"};
  }
  return verified.value().not_after;
}

}  // namespace hearth::relay
