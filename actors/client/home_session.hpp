#pragma once
// How a client comes to have a session with one home, and keeps it: a ticket of the directory, a
// tunnel through one of the super-peers that the ticket names, Noise inside the tunnel, then new
// tickets from the home itself. Pure; part of the client machine.

#include "actors/client/client_ports.hpp"
#include "actors/runtime/step.hpp"
#include "messages/directory/directory_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace hearth::client {

using ClientEffects = Effects<UiAnswer>;

/// Super-peers whose control session is up now.
using SuperPeersUp = std::map<NodeId, PeerInfo>;

class HomeSession {
 public:
  /// Hands out numbers that the client has not used before: for `Ask`s and for tunnels. Tunnels to
  /// several homes share the session with a super-peer, and a number counts there once.
  using NewNumber = std::function<std::uint64_t()>;

  HomeSession(NodeId self, PublicKeys home_keys, NewNumber new_number);

  /// The directory told where the home is attached now.
  void located(const std::vector<NodeId>& super_peers) { attached_ = super_peers; }

  /// Moves on where it can: asks for tickets, opens tunnels, renews. Call after every input.
  /// `directory` is one that is up, if any.
  void advance(const std::optional<NodeId>& directory, const SuperPeersUp& super_peers, Instant now,
               ClientEffects& effects);

  /// When `advance` has something to do though nothing happens; not exact, never too late.
  [[nodiscard]] Instant wake_at() const;

  /// True if the token was this session's.
  bool answered(const Answered& input, Instant now);
  void peer_up(const PeerInfo& peer);
  void peer_down(const PeerDown& down, Instant now);

  [[nodiscard]] bool up() const { return peer_.has_value(); }
  /// False: the directory knows of no super-peer where the home could be met.
  [[nodiscard]] bool attached() const { return !attached_.empty(); }
  [[nodiscard]] const NodeId& home() const { return home_; }
  [[nodiscard]] const PublicKeys& keys() const { return keys_; }
  /// Adds the super-peers that are to be kept connected: of the ticket, and of the tunnel.
  void add_wanted(std::set<NodeId>& super_peers) const;

  /// Leave and keys for one stream through a super-peer that is up: the one of the tunnel first,
  /// turning to the others with `attempt`. Uses up a stream number.
  ///
  /// Errors: `home_offline`, `unreachable`.
  [[nodiscard]] Result<StreamPlan> plan(const PlanStream& question, const SuperPeersUp& super_peers,
                                        const seal::NodeList& nodes);

 private:
  enum class Phase : std::uint8_t {
    resting,
    wants_ticket,
    wants_super_peer,
    opening,
    attaching,
    up
  };

  void enter(Phase phase, Instant now);
  [[nodiscard]] bool is_stranded(const SuperPeersUp& super_peers) const;
  void rest(Instant now);
  [[nodiscard]] bool needs_ticket(bool has_directory, const SuperPeersUp& super_peers,
                                  Instant now) const;
  void ask_ticket(const NodeId& to, Instant now, ClientEffects& effects);
  void open_tunnel(const SuperPeersUp& super_peers, Instant now, ClientEffects& effects);
  void take_ticket(Bytes ticket, Instant now);
  void renew(const SuperPeersUp& super_peers, Instant now, ClientEffects& effects);
  void on_tunnel_opened(const Answered& input, Instant now);

  NodeId self_;
  NodeId home_;
  PublicKeys keys_;
  NewNumber new_number_;

  Phase phase_ = Phase::resting;
  Instant phase_since_{};
  Instant rest_until_{};
  unsigned failures_ = 0;
  std::uint64_t pending_ = 0;  ///< Token of the one ask of ours that is under way; 0: none.
  bool renewing_ = false;

  std::vector<NodeId> attached_;
  Bytes ticket_;
  Instant ticket_since_{};
  bool refused_ = false;  ///< A super-peer did not open a tunnel for it.
  bool denied_ = false;   ///< A directory was asked for another, and gave none.
  Instant renew_at_{};    ///< A link that is full refuses at once: no sooner than that.
  std::vector<NodeId> ticket_super_peers_;
  std::map<NodeId, Instant> presented_;  ///< Since when each super-peer has the present ticket.

  NodeId via_;
  std::uint64_t via_session_ = 0;
  std::uint64_t tunnel_ = 0;
  bool attach_due_ = false;
  std::optional<PeerInfo> peer_;
  std::uint64_t stream_last_ = 0;
};

}  // namespace hearth::client
