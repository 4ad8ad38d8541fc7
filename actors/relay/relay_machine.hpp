#pragma once
// The super-peer's judgement: which homes are reachable here, which clients may reach them and for
// how long, and what is charged. It knows ids, keys and byte counts, never content.
//
// A client needs a ticket for every home; while it stands, the client may have tunnels and streams
// to that home. Tickets and certificates are verified offline. Runs in the actor "relay".

#include "actors/relay/admission.hpp"
#include "actors/relay/presence_reporter.hpp"
#include "actors/relay/relay_ports.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/header.hpp"
#include "messages/seal/node_list.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace hearth::relay {

/// What one super-peer puts up with. Counts at one moment.
struct RelayLimits {
  std::size_t homes = 20'000;
  std::size_t standing_per_client = 64;  ///< Homes that one client holds a ticket for.
  std::size_t tunnels_per_standing = 4;  ///< Of one client to one home: the oldest gives way.
  std::size_t streams_per_client = 64;
  std::size_t streams_per_home = 256;
  /// So many records after the last snapshot there is a new one, and the log is trimmed.
  std::uint64_t snapshot_after = 10'000;
};

/// For metrics.
struct RelayCounts {
  std::size_t homes = 0;
  std::size_t clients = 0;
  std::size_t tunnels = 0;
  std::size_t streams = 0;  ///< Open, or waiting for the home.
};

/// Pure but for reading rows. Every record of bytes is written with the row that it changes:
///   c<client id><home id>   BytesMetered, of all that was ever metered between the two
/// The snapshot is the last epoch; with it and the rows the records below it may go.
class RelayMachine {
 public:
  using External = RelayExternal;
  using Command = RelayCommand;
  using Effects = hearth::Effects<Command>;
  static constexpr const char* name = "relay";
  static constexpr storage::StreamId stream{0x72656c6179};  // "relay"

  /// `clock` and the log outlive the machine.
  RelayMachine(NodeId self, seal::NodeList nodes, const WallClock& clock, RelayLimits limits = {});

  /// Reads its stream: the epoch is one above the last. Errors: as `LogReader::replay`.
  Result<void> recover(const storage::LogReader& log);

  Effects start(Instant now);
  Effects step(const Delivered& message, Instant now);
  Effects step(const Answered& answer, Instant now);
  Effects step(const PeerUp& up, Instant now);
  Effects step(const PeerDown& down, Instant now);
  Effects step(const TimerFired& fired, Instant now);
  Effects step(const NodesListed& listed, Instant now);
  Effects step(const External& event, Instant now);

  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] RelayCounts counts() const;
  /// Those that are attached here.
  [[nodiscard]] const std::set<NodeId>& homes() const { return presence_.homes(); }

 private:
  struct Peer {
    PeerInfo info;
    /// Of a home whose certificate was verified in this session: until when.
    std::optional<WallTime> certified_until;
    std::uint64_t tunnel_last = 0;  ///< Of a client: the highest number that it has named.
  };
  struct Tunnel {
    std::uint64_t client_session = 0;
    std::uint64_t client_tunnel = 0;
    std::uint64_t home_session = 0;
  };
  /// A client's leave to reach a home.
  struct Standing {
    Instant ends;
    std::vector<Tunnel> tunnels;  ///< Oldest first.
    std::vector<PairId> pairs;
  };
  struct TunnelOffer {
    ReplyTo reply_to;
    Header request;
    ClientAndHome parties;
    Tunnel tunnel;
    std::uint64_t home_tunnel = 0;
  };
  struct DialOrder {
    ConnectionId connection = 0;
  };
  struct PresenceReport {};
  using Pending = std::variant<TunnelOffer, DialOrder, PresenceReport>;
  struct Usage {
    std::uint64_t to_client = 0;
    std::uint64_t to_home = 0;
  };
  /// What the row of two parties says, or will say when it is durable.
  struct Total {
    Usage usage;
    storage::Sequence written = 0;
  };

  Result<void> attach(const Delivered& message);
  Result<void> offer_tunnel(const Delivered& message, const Header& header, Instant now,
                            Effects& out);
  Result<void> present_ticket(const Delivered& message, Instant now);

  void on(const TunnelOffer& offer, const Answered& answer, Instant now, Effects& out);
  void on(const DialOrder& order, const Answered& answer, Instant now, Effects& out);
  void on(const PresenceReport& report, const Answered& answer, Instant now, Effects& out);
  void on(const OpenWanted& wanted, Instant now, Effects& out);
  void on(const PairsMetered& metered, Instant now, Effects& out);
  void on(const PairEnded& ended, Instant now, Effects& out);
  void on(const DrainWanted& wanted, Instant now, Effects& out);

  Result<void> admit(const OpenWanted& wanted, Instant now, Effects& out);
  /// Verifies `ticket` and lets the client's leave last as long as it says.
  Result<Standing*> extend_standing(const PeerInfo& client, const NodeId& home, BytesView ticket,
                                    Instant now);
  [[nodiscard]] const Peer* session_of(const Delivered& message) const;
  [[nodiscard]] const Peer* attached(const NodeId& home) const;
  [[nodiscard]] std::vector<NodeId> attached_homes() const;
  [[nodiscard]] std::size_t streams_of(const NodeId& node) const;

  void forget_session(const NodeId& node, Effects& out);
  void end_tunnels(const ClientAndHome& parties, Standing& standing, std::size_t keep,
                   Effects& out);
  void end_overdue(Instant now, Effects& out);
  void report_presence(Instant now, Effects& out);
  void charge(const PairMetered& metered);
  void flush_usage(Effects& out);
  Result<Total*> total_of(const ClientAndHome& parties);
  void forget_durable();
  void recover_event(const RelayEvent& event, bool has_rows);
  [[nodiscard]] Bytes record_of(const ClientAndHome& parties, const Usage& usage) const;
  [[nodiscard]] storage::Row row_of(const ClientAndHome& parties, const Usage& total) const;
  void snapshot_into(storage::Append& append);
  [[nodiscard]] Header header_to(const NodeId& node, const char* actor) const;
  void ask(Pending pending, Ask request, Effects& out);

  NodeId self_;
  Admission admission_;
  const WallClock& clock_;
  RelayLimits limits_;
  PresenceReporter presence_;
  std::uint64_t epoch_ = 0;
  bool draining_ = false;
  Instant overdue_at_{};  ///< No ticket ends before, and certificates are looked at again.
  std::uint64_t next_token_ = 1;
  std::uint64_t next_tunnel_ = 1;
  std::uint32_t next_pair_ = 1;
  std::map<NodeId, Peer> peers_;
  std::map<ClientAndHome, Standing> standings_;
  std::map<PairId, ClientAndHome> pairs_;
  std::map<NodeId, std::size_t> streams_by_node_;  ///< Of clients and of homes.
  std::map<std::uint64_t, Pending> pending_;
  std::map<ClientAndHome, Usage> usage_;  ///< Not yet in the log.
  const storage::LogReader* log_ = nullptr;
  storage::Sequence sequence_ = 0;  ///< Of the last record, durable or not.
  storage::Sequence snapshot_at_ = 0;
  std::map<ClientAndHome, Total> totals_;  ///< Those whose rows are perhaps not durable.
};

}  // namespace hearth::relay
