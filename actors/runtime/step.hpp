#pragma once
// The vocabulary of step machines: what comes into an actor and what it wants done. One generic
// shell (machine_actor) runs every machine: it feeds inputs, appends to the log, and lets effects
// out only when everything that they may depend on is durable.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/envelope.hpp"
#include "messages/link/frame.hpp"
#include "messages/seal/node_list.hpp"
#include "messages/seal/noise.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hearth {

/// Where the answer to a delivered request goes. Plain data: nothing is pending anywhere, nothing
/// leaks when it is dropped; the link expires it after the asker's budget.
struct ReplyTo {
  NodeId node;
  std::uint64_t session = 0;  ///< The asker's connection: answers never cross it.
  std::uint64_t correlation = 0;
  friend bool operator==(const ReplyTo&, const ReplyTo&) = default;
};

/// A peer whose keys are proven, at the other end of a connection or of a tunnel.
struct PeerInfo {
  NodeId node;
  Role role = Role::none;
  PublicKeys keys;
  std::uint64_t session = 0;  ///< Numbered by our link, never reused.
  bool tunnelled = false;
  WallTime wall;  ///< The peer's clock, as its introduction told it.
  seal::HandshakeHash handshake_hash{};
  seal::SecretKey exported;  ///< Master for keys of this session.
  std::string source = {};   ///< Address that it came from; empty where we dialled, or tunnelled.
};

// ---- inputs ----

/// A request (answer it with `Reply`) or, where `reply_to` is empty, a tell. The link has checked
/// that `from` may send `kind` to this actor.
struct Delivered {
  std::optional<ReplyTo> reply_to;
  NodeId from;
  Role role = Role::none;
  std::uint64_t session = 0;
  Envelope envelope;
};

/// The outcome of the `Ask` with the same token.
struct Answered {
  std::uint64_t token = 0;
  Result<Envelope> answer;
};

struct PeerUp {
  PeerInfo peer;
};
struct PeerDown {
  NodeId node;
  std::uint64_t session = 0;
};
struct TimerFired {
  std::uint32_t timer = 0;
};
/// A newer node list is in force. For machines that have a `step` for it; sessions with nodes that
/// are struck end by themselves.
struct NodesListed {
  seal::NodeList nodes;
};

/// To a machine that decides for a group of replicas, which only the leader's may. Another reign
/// begins with what the log has: whatever the machine decided before and was not told to be durable
/// may be gone.
struct LeadershipChanged {
  std::uint64_t reign = 0;  ///< Counts up.
  bool decides = false;
  NodeId leader;  ///< Zero: unknown.
};

// ---- effects ----

struct Reply {
  ReplyTo to;
  Result<Envelope> answer;
};

/// A request to another node. Exactly one `Answered` comes back, within `budget`.
struct Ask {
  std::uint64_t token = 0;  ///< Chosen by the machine.
  NodeId to;
  Millis budget{5000};
  link::TrafficClass traffic = link::TrafficClass::command;
  Envelope envelope;
};

struct Tell {
  NodeId to;
  link::TrafficClass traffic = link::TrafficClass::bulk;
  Envelope envelope;
};

struct Timer {
  std::uint32_t timer = 0;
  Millis after{0};
};

/// Orders to the node's own link.
struct Dial {  ///< Keep a connection to this node of the node list.
  NodeId node;
};
struct LetGo {  ///< Keep no connection to this node any longer; one that there is ends.
  NodeId node;
};
struct AttachTunnel {  ///< Run a secure channel with `peer` over a tunnel of the session with
                       ///< `via`.
  NodeId via;
  std::uint64_t via_session = 0;
  std::uint64_t tunnel = 0;
  NodeId peer;
  std::optional<PublicKeys> peer_keys;  ///< Given by the initiator; the responder learns them.
  bool initiator = false;
};
struct BridgeTunnel {  ///< Forward frames of one tunnel to the other, both ways, until either ends.
  NodeId a;
  std::uint64_t a_session = 0;
  std::uint64_t a_tunnel = 0;
  NodeId b;
  std::uint64_t b_session = 0;
  std::uint64_t b_tunnel = 0;
};
struct EndBridge {  ///< Undo a bridge, named by its side `a`: both sides hear that the tunnel is
                    ///< over.
  NodeId a;
  std::uint64_t a_session = 0;
  std::uint64_t a_tunnel = 0;
};
struct DropPeer {  ///< Close the session, because the peer is no longer welcome.
  NodeId node;
  std::uint64_t session = 0;
};
using LinkOrder = std::variant<Dial, LetGo, AttachTunnel, BridgeTunnel, EndBridge, DropPeer>;

/// What a step wants, in the order in which it is done. All but `timers` wait until the appends
/// of this step and of all steps before it are durable.
template <class Command>
struct Effects {
  std::vector<storage::Append> appends;
  std::vector<LinkOrder> link;
  std::vector<Reply> replies;
  std::vector<Ask> asks;
  std::vector<Tell> tells;
  std::vector<Command> commands;  ///< To the node's port of this machine; must not block.
  std::vector<Timer> timers;
  std::optional<Error> stop;  ///< The node cannot go on.
  /// Of a machine that decides for a group, in a step without appends: the effects wait until a
  /// majority has confirmed that it still may, so that they show no state that has been overtaken.
  bool exact = false;
};

}  // namespace hearth
