#pragma once
// The whole of a link but its wire: sessions, who waits for what, credit, deadlines, what peers
// may send, dialling, tunnels. Pure: no clock, no sockets, no actors; it runs unchanged over TCP
// and over simulated pipes. What it wants done comes out of `take_outputs`, in order.
//
// A session is a channel over a pipe. A peer has at most one proven session that counts, the
// newest. Where both sides dialled at once, both keep the connection that the smaller node id
// dialled.

#include "actors/link/dial_plan.hpp"
#include "actors/link/link_limits.hpp"
#include "actors/link/link_output.hpp"
#include "actors/link/link_session.hpp"
#include "actors/link/request_table.hpp"
#include "actors/link/tunnel_table.hpp"
#include "actors/runtime/step.hpp"
#include "messages/seal/node_list.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hearth::link {

struct LinkOptions {
  LinkSelf self;
  seal::NodeList nodes;           ///< Already verified.
  std::vector<SigningKey> roots;  ///< Who may sign the next one.
  LinkLimits limits;
  std::uint64_t seed = 0;  ///< Of the jitter of dialling; need not be secret.
};

/// The time of an input.
struct LinkTime {
  Instant now;
  WallTime wall;
};

class LinkMachine final {
 public:
  explicit LinkMachine(LinkOptions options);
  LinkMachine(const LinkMachine&) = delete;  // sessions point into it
  LinkMachine& operator=(const LinkMachine&) = delete;

  // ---- from actors of this node ----

  /// From now on requests to `actor` are delivered.
  void bind(std::string actor) { actors_.insert(std::move(actor)); }

  /// Ends in exactly one `AnswerAsker` for `asker`, within the budget (at most
  /// `limits::request_budget_max`). Errors: `overloaded` and `unreachable` (nothing was sent),
  /// `timed_out` and `outcome_unknown` (it was, and may have happened), or what the peer says.
  /// One to this node itself goes to its actor without any wire, under the same limits.
  /// A peer that is neither connected, nor to be kept connected, nor on its way through a tunnel
  /// is unreachable at once.
  void ask(std::uint64_t asker, const Ask& ask, const LinkTime& at);
  /// Dropped, and counted, when the peer is not connected or far behind.
  void tell(const Tell& tell, const LinkTime& at);
  /// Dropped when the asker's session is over or its budget is spent.
  void reply(const Reply& reply, const LinkTime& at);
  void order(const LinkOrder& order, const LinkTime& at);

  // ---- from the wire ----

  /// The number of a new connection. `source` groups addresses that one party controls.
  [[nodiscard]] std::uint64_t accepted(const std::string& source, const LinkTime& at);
  void received(std::uint64_t connection, BytesView bytes, const LinkTime& at);
  /// The wire made progress; `unsent` bytes are left with it.
  void written(std::uint64_t connection, std::size_t unsent, const LinkTime& at);
  /// Connecting failed, or the connection broke.
  void closed(std::uint64_t connection, const LinkTime& at);

  // ---- from the node ----

  /// A newer list takes the place of ours; sessions with nodes that are struck or changed end, and
  /// actors hear of it (`NodesListed`).
  /// Errors: as `seal::verify_node_list`, and `value_invalid` for a serial that is not higher.
  [[nodiscard]] Result<void> replace_nodes(BytesView signed_list, const LinkTime& at);

  /// Deadlines, silence, dialling: call at `wake_at`, or any time.
  void sweep(const LinkTime& at);
  /// When there is something to sweep. Nothing: never, as things are.
  [[nodiscard]] std::optional<Instant> wake_at(Instant now) const;

  [[nodiscard]] std::vector<LinkOutput> take_outputs();

  // ---- for tests and metrics ----

  [[nodiscard]] RequestTable::Usage usage_of(const NodeId& peer) const {
    return requests_.usage_of(peer);
  }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] std::size_t peers() const { return session_by_peer_.size(); }

 private:
  using Sessions = std::map<std::uint64_t, LinkSession>;

  // link_machine.cpp: requests and answers
  void pump(const NodeId& peer, Instant now);
  void pump_own(Instant now);
  void let_go(const NodeId& node, const LinkTime& at);
  void answer(Settled settled);
  void answer_all(std::vector<Settled> settled);
  [[nodiscard]] bool is_coming(const NodeId& peer) const;
  [[nodiscard]] LinkSession* session_of(const NodeId& peer);
  [[nodiscard]] LinkSession* find(std::uint64_t number);
  void count(LinkCount what) { outputs_.emplace_back(Counted{what}); }

  // link_frames.cpp: what peers say
  void drain(std::uint64_t number, const LinkTime& at);
  void reject_if_flooded(std::uint64_t number, const LinkTime& at);
  void on_frame(LinkSession& session, const FrameReceived& frame, const LinkTime& at);
  void on_message(LinkSession& session, const FrameReceived& frame, const LinkTime& at);
  void on_answer(LinkSession& session, std::uint64_t correlation, Result<Envelope> answer,
                 Instant now);
  void on_ping(LinkSession& session, std::uint64_t correlation);
  void on_pong(LinkSession& session, std::uint64_t correlation);
  /// To which actor, `actor_unknown`, or why the session must end.
  struct Verdict {
    std::string actor;
    ErrorCode refusal = ErrorCode::none;
    std::optional<Rejection> rejection;
  };
  void on_request(LinkSession& session, const Verdict& verdict, const FrameHeader& header,
                  Envelope envelope, Instant now);
  void on_tell(LinkSession& session, const Verdict& verdict, TrafficClass traffic,
               Envelope envelope, Instant now);
  [[nodiscard]] Verdict judge(const LinkSession& session, TrafficClass traffic,
                              const Envelope& envelope) const;
  void refuse(LinkSession& session, const FrameHeader& header, ErrorCode why);

  // link_sessions.cpp: sessions come and go
  LinkSession& add_session(ChannelMachine channel, Instant now);
  void expect(LinkSession& session, const NodeId& peer);
  void dial_due(const LinkTime& at);
  void dial(const DialPlan::Try& attempt, const LinkTime& at);
  void on_proven(std::uint64_t number, const PeerProven& proven, const LinkTime& at);
  [[nodiscard]] bool wins(const LinkSession& fresh, const NodeId& peer, const LinkTime& at);
  [[nodiscard]] bool is_crowded(const LinkSession& fresh) const;
  void make_room(const std::string& source, const LinkTime& at);
  void reject(std::uint64_t number, Rejection reason, const LinkTime& at);
  void drop(std::uint64_t number, const LinkTime& at);
  void forget(std::uint64_t number, bool tell_far_end, const LinkTime& at);
  void end_peer(const LinkSession& session, const LinkTime& at);
  void sweep_strangers(const LinkTime& at);
  void sweep_sessions(const LinkTime& at);

  // link_flow.cpp: bytes go out
  void push(LinkSession& session, OutFrame frame);
  void push_frame(LinkSession& session, FrameKind kind, std::uint64_t correlation,
                  TrafficClass traffic);
  void flush(LinkSession& session);
  void mark_window(LinkSession& session, Bytes& out) const;
  void pong(LinkSession& session, std::uint64_t correlation);
  void transmit(LinkSession& session, Bytes bytes);
  void balance(LinkSession& session);

  // link_tunnels.cpp
  void attach(const AttachTunnel& order, const LinkTime& at);
  void bridge(const BridgeTunnel& order);
  void end_bridge(const EndBridge& order);
  [[nodiscard]] LinkSession* carrier(const NodeId& node, std::uint64_t session);
  void on_tunnel(LinkSession& session, std::uint64_t tunnel, BytesView bytes, const LinkTime& at);
  void on_tunnel_closed(const TunnelEnd& end, const LinkTime& at);
  void close_tunnel(const TunnelEnd& end);
  void say_closed(const TunnelEnd& end);

  /// Of requests to this node itself.
  static constexpr std::uint64_t own_session = ~std::uint64_t{0};

  LinkSelf self_;
  seal::NodeList nodes_;
  std::vector<SigningKey> roots_;
  LinkLimits limits_;
  std::set<std::string, std::less<>> actors_;
  std::uint64_t session_last_ = 0;
  Sessions sessions_;
  std::set<std::uint64_t> strangers_;  ///< Accepted, not proven; oldest first.
  std::set<std::uint64_t> expected_;   ///< Ours, or of a tunnel, and not proven.
  std::map<std::string, std::size_t> strangers_by_source_;
  std::map<std::string, std::size_t> sessions_by_source_;  ///< Proven ones.
  std::map<NodeId, std::uint64_t> session_by_peer_;
  RequestTable requests_;
  TunnelTable tunnels_;
  DialPlan plan_;
  Instant next_check_{};  ///< Of silence and expiry.
  std::vector<LinkOutput> outputs_;
};

}  // namespace hearth::link
