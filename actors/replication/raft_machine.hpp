#pragma once
// The consensus of one group: Raft, as a machine without disk, network, clock or chance of its own.
//
// Inputs gather; `take` says what all of them together want done: one append per follower, one
// write, one round of heartbeats for all reads. A group is one machine at each of its replicas. One
// thread at a time.
//
// Sources: Ongaro, Ousterhout: In Search of an Understandable Consensus Algorithm, 2014 ("paper");
// Ongaro: Consensus: Bridging Theory and Practice, 2014 ("thesis"); etcd-io/raft.

#include "actors/replication/ballot.hpp"
#include "actors/replication/freshness.hpp"
#include "actors/replication/progress.hpp"
#include "actors/replication/quorum.hpp"
#include "actors/replication/raft_effects.hpp"
#include "actors/replication/raft_log.hpp"
#include "actors/replication/raft_options.hpp"
#include "actors/replication/read_index.hpp"
#include "actors/replication/write_queue.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::replication {

/// Why a machine does not do what it is asked for. Nothing has changed.
enum class Refusal : std::uint8_t {
  none,
  not_leader,
  transfer_under_way,  ///< Try again, there or here.
  change_under_way,    ///< Or the leader is so new that one of before may be.
  not_a_voter,         ///< Nobody who could lead.
  change_invalid,      ///< See `objection_to`.
  learner_behind,      ///< Too far to become a voter now.
  majority_silent,     ///< Of the voters that there would be: nothing could be committed.
};

[[nodiscard]] std::string_view name_of(Refusal refusal);

/// What a leader knows of another member; followers keep what outlives leaders.
struct Peer {
  Member member;
  Progress progress;
  Instant heard_at{};       ///< In this reign.
  std::uint64_t round = 0;  ///< Of heartbeats, that it has answered.
  Instant stamp{};          ///< Its clock, at its last answer.
  StampLedger ledger;
  RecallReply seen;  ///< What it has shown us to be on its disk, whoever led.
};

class RaftMachine final {
 public:
  RaftMachine(NodeId self, Recovered recovered, RaftOptions options, RandomPort random,
              Instant now);

  // ---- inputs ----

  /// Errors: `message_malformed`; the peer is broken, and nothing has changed.
  [[nodiscard]] Result<void> receive(Message message, Instant now);
  /// Deadlines: at `wake_at`, or any time. Heartbeats fall on multiples of their interval, so that
  /// those of all groups of a node can share a frame.
  void tick(Instant now);
  [[nodiscard]] Instant wake_at() const;
  /// All writes up to `number` are durable.
  void persisted(WriteNumber number, Instant now);
  /// All entries up to `index` are applied, or the snapshot at `index` is in place.
  void applied(Index index);
  /// Messages under way may be lost. Who loses its leader like this does not wait for silence.
  void disconnected(const NodeId& peer, Instant now);

  /// Appends entries, decided by the group's machines and never refused for load: the door before
  /// them asks `uncommitted_bytes`. They are committed if `Effects::committed` has them.
  [[nodiscard]] Refusal propose(std::span<const Payload> payloads);
  /// `ReadReady` follows, unless leadership is lost before.
  [[nodiscard]] Refusal read(std::uint64_t token);
  /// Hands leadership to a voter; proposals are refused until it leads or an election timeout is
  /// over, and so they are while a leader that has been voted out waits for the commit of that.
  [[nodiscard]] Refusal transfer(const NodeId& to, Instant now);
  [[nodiscard]] Refusal change(const Configuration& next, Instant now);
  /// The answer to `open_snapshot`: the state at `index` can be read in `chunks` (1 or more), for
  /// as long as `sends_snapshot`. Ignored where the log has been trimmed beyond it since.
  void snapshot_opened(Index index, std::uint32_t chunks);
  [[nodiscard]] bool sends_snapshot() const { return reign_.open_snapshot.has_value(); }
  /// Forgets entries up to `index`, as far as they are applied and no transfer needs them. Returns
  /// up to which they are gone, for the log on the disk.
  Index trim(Index index);

  /// Ends the turn. Clears and fills `effects`, whose memory is used again.
  void take(Effects& effects, Instant now);

  // ---- state ----

  [[nodiscard]] RaftRole role() const { return role_; }
  [[nodiscard]] Term term() const { return hard_state_.term; }
  [[nodiscard]] const NodeId& leader() const { return leader_; }
  /// Whether commands may be decided here: all that any leader before has committed is applied.
  [[nodiscard]] bool decides() const;
  [[nodiscard]] Index committed() const { return commit_; }
  [[nodiscard]] const RaftLog& log() const { return log_; }
  [[nodiscard]] Index stable() const { return writes_.stable(); }
  /// Of entries that a leader has in its log and that are not committed.
  [[nodiscard]] std::size_t uncommitted_bytes() const { return reign_.uncommitted_bytes; }
  /// All that any leader had committed at this instant, by our own clock, is applied here.
  [[nodiscard]] Instant recent_since() const { return freshness_.since(); }
  /// Whether a peer has told what it saw of us, so that we may vote and acknowledge.
  [[nodiscard]] bool recalled() const { return recalled_; }
  [[nodiscard]] const std::vector<Peer>& peers() const { return peers_; }

 private:
  struct Transfer {
    NodeId to;
    Instant deadline;
    bool told = false;
  };
  struct OpenSnapshot {
    Snapshot snapshot;
    std::uint32_t chunks = 0;
  };
  /// What only a leader has.
  struct Reign {
    Index no_op = 0;  // of this term
    std::size_t uncommitted_bytes = 0;
    std::uint64_t round = 0;
    ReadIndex reads;
    StampLedger ledger;
    std::optional<Transfer> transfer;
    Instant return_at;  // to a voter of higher priority
    std::optional<OpenSnapshot> open_snapshot;
    bool wants_snapshot = false;   // and has not asked for it yet
    bool awaits_snapshot = false;  // and has
  };
  struct Held {
    WriteNumber after = 0;
    Message message;
  };

  // raft_machine.cpp: turns
  void send(const NodeId& to, Body body) { send(to, term(), std::move(body)); }
  void send(const NodeId& to, Term term, Body body);
  void send_when_durable(const NodeId& to, Body body);
  void write(Effects& effects, Instant now);
  void deliver(Effects& effects);
  void configure();
  void stop(ErrorCode code, std::string detail);
  [[nodiscard]] Peer* find(const NodeId& node);
  [[nodiscard]] bool must_write() const;
  [[nodiscard]] bool is_disk_slow(Instant now) const;
  void commit_up_to(Index index);

  // raft_receive.cpp: which messages count
  [[nodiscard]] bool ignores(const VoteRequest& request, Instant now) const;
  [[nodiscard]] bool enter_term(const Message& message, Instant now);
  void answer_stale(const Message& message);
  void remember(const Message& message, Instant now);

  // raft_recall.cpp: whether our disk is what it was
  void ask_all();
  void on(const Message& message, const RecallRequest& request, Instant now);
  void on(const Message& message, const RecallReply& reply, Instant now);

  // raft_election.cpp
  void follow(Term term, const NodeId& leader, Instant now);
  void campaign(bool pre, bool transfer, Instant now);
  void conclude(Instant now);
  void lead(Instant now);
  void put_off_election(Instant now, Millis least);
  void answer_pre_vote(const Message& message, bool agrees, Instant now);
  [[nodiscard]] bool outranks(const NodeId& other, const VoteRequest& request) const;
  [[nodiscard]] bool is_electable(Instant now) const;
  [[nodiscard]] bool has_live_leader(Instant now) const;
  void on(const Message& message, const VoteRequest& request, Instant now);
  void on(const Message& message, const VoteReply& reply, Instant now);
  void on(const Message& message, const TimeoutNow& order, Instant now);

  // raft_follower.cpp
  void on(const Message& message, Append& append, Instant now);
  void on(const Message& message, const Heartbeat& heartbeat, Instant now);
  void on(const Message& message, const SnapshotChunk& chunk, Instant now);
  [[nodiscard]] bool take_over(Append& append);
  void forget_acknowledgements();
  void owe_acknowledgement(Index checked);
  void acknowledge();
  void install(const Snapshot& snapshot);

  // raft_leader.cpp
  void push(EntryKind kind, Payload payload);
  void replicate(Peer& peer, Instant now);
  void send_append(Peer& peer);
  void send_snapshot(Peer& peer, Instant now);
  void begin_round(Instant now);
  void settle_round();
  void advance_commit();
  void on(const Message& message, const AppendAccepted& reply, Instant now);
  void on(const Message& message, const AppendRejected& reply, Instant now);
  void on(const Message& message, const HeartbeatReply& reply, Instant now);
  void on(const Message& message, const SnapshotReply& reply, Instant now);
  /// The greatest value that a majority of voters has reached: `self` is ours, `of` tells a peer's.
  template <class Value, class Of>
  [[nodiscard]] Value reached(Value self, const Of& of) const;

  // raft_reign.cpp: how long a leader leads
  void reign(Instant now);
  void keep_watch(Instant now);
  void hand_over(Instant now);
  [[nodiscard]] bool is_leaving() const;
  void push_transfer();
  void tend_snapshot(Instant now);
  void abdicate_if_removed(Instant now);
  [[nodiscard]] bool has_live_majority(const Configuration& configuration, Instant now) const;
  [[nodiscard]] const Peer* heir(Instant now, int priority_above) const;

  NodeId self_;
  RaftOptions options_;
  RandomPort random_;

  // durable, as soon as writes_ says so
  HardState hard_state_;
  HardState written_hard_state_;
  RaftLog log_;
  Index unwritten_;  // entries from here on are in no write yet
  std::optional<Snapshot> unwritten_snapshot_;
  WriteQueue writes_;

  // soft
  RaftRole role_ = RaftRole::follower;
  NodeId leader_;
  Instant leader_heard_at_{};
  Instant election_at_{};
  Instant heartbeat_at_{};
  Index commit_;
  Index delivered_;  // in Effects::committed
  Index applied_;
  Index checked_ = 0;       // up to here, our log is that of this term's leader
  Index acknowledged_ = 0;  // to it
  bool owes_acknowledgement_ = false;
  Ballot ballot_;
  Reign reign_;
  Freshness freshness_;
  std::vector<Peer> peers_;  // all members but us
  Staged staged_;
  RecallReply recovered_;  // what our disk had at start
  bool recalled_ = false;
  std::optional<Error> stop_;

  // to be told
  Leadership told_;
  std::vector<Held> held_;
  std::vector<Message> messages_;
  std::vector<StageChunk> stage_;
  std::vector<ReadReady> reads_;
};

template <class Value, class Of>
Value RaftMachine::reached(Value self, const Of& of) const {
  std::array<Value, Configuration::members_max> values;
  std::size_t count = 0;
  if (log_.configuration().is_voter(self_)) {
    values[count++] = self;
  }
  for (const auto& peer : peers_) {
    if (peer.member.votes || HEARTH_MUTANT("count-learners")) {
      values[count++] = of(peer);
    }
  }
  return reached_by_majority(std::span<Value>(values.data(), count));
}

}  // namespace hearth::replication
