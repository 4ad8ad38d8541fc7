#pragma once
// What a super-peer can verify by itself: who may reach which home, and who is that home.

#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/seal/node_list.hpp"
#include "messages/seal/ticket.hpp"

#include <optional>
#include <utility>

namespace hearth::relay {

struct ClientAndHome {
  NodeId client;
  NodeId home;
  auto operator<=>(const ClientAndHome&) const = default;
};

class Admission {
 public:
  /// `self` is the super-peer that tickets must name. `clock` outlives this.
  Admission(NodeId self, seal::NodeList nodes, const WallClock& clock);

  void replace_nodes(seal::NodeList nodes) { nodes_ = std::move(nodes); }

  /// Until when the ticket gives `client` leave to reach `home`. `home_keys` are the home's proven
  /// keys while it is attached here: it may issue tickets for itself, directories may for all.
  /// Errors: `ticket_invalid`; the detail says which check.
  [[nodiscard]] Result<WallTime> check_ticket(BytesView ticket, const PeerInfo& client,
                                              const NodeId& home,
                                              const std::optional<PublicKeys>& home_keys) const;

  /// Until when `home` is a home, by the word of a directory of the node list.
  /// Errors: `certificate_invalid`.
  [[nodiscard]] Result<WallTime> check_certificate(BytesView certificate,
                                                   const PeerInfo& home) const;

 private:
  [[nodiscard]] std::optional<SigningKey> issuer_key(
      const NodeId& issuer, const NodeId& home, const std::optional<PublicKeys>& home_keys) const;

  NodeId self_;
  seal::NodeList nodes_;
  const WallClock& clock_;
};

}  // namespace hearth::relay
