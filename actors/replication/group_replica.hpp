#pragma once
// One group at one node: consensus, what it keeps on the disk, and what the group's machine waits
// for. Pure but for reading the log. Inputs gather; `take` makes a turn of them.

#include "actors/replication/group_store.hpp"
#include "actors/replication/raft_machine.hpp"
#include "actors/runtime/step.hpp"
#include "messages/replication/member_messages.hpp"
#include "messages/replication/replication_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace hearth::replication {

struct GroupOptions {
  RaftOptions raft;
  /// What stays in the log behind what is applied, for followers that were away for a while; who
  /// lacks more gets a snapshot. The log is trimmed when it has twice as much of either.
  std::uint64_t entries_kept = 10'000;
  std::size_t bytes_kept = std::size_t{32} << 20U;
};

/// What a turn wants done, in this order.
struct GroupTurn {
  std::optional<Error> stop;  ///< This node cannot go on.
  std::optional<LeadershipChanged> leadership;
  std::vector<storage::Append> appends;                ///< For the log-writer.
  std::map<NodeId, std::vector<GroupMessage>> frames;  ///< To other replicas.
  std::size_t committed = 0;  ///< So many appends of the group's machine, the oldest ones.
  std::size_t confirmed = 0;  ///< So many of its `Confirm`s, likewise.
};

/// Threads: one at a time.
class GroupReplica final {
 public:
  /// Begins with what `log` has of the group, or with `first` where it has nothing; without
  /// `first` it has no vote and waits until a leader tells it of a group. `log`, and
  /// `reader`, through which others see what is applied, outlive the replica. Errors: as
  /// `GroupStore::recover`.
  [[nodiscard]] static Result<std::unique_ptr<GroupReplica>> open(
      GroupId group, const NodeId& self, const std::optional<Configuration>& first,
      const storage::EventLog& log, ReplicatedReader& reader, const GroupOptions& options,
      RandomPort random, Instant now);

  // ---- from other replicas ----

  /// Errors: `message_malformed`; the peer is broken, and nothing has changed.
  [[nodiscard]] Result<void> receive(const NodeId& from, GroupMessage message, Instant now);
  void disconnected(const NodeId& peer, Instant now) { raft_.disconnected(peer, now); }

  /// Whether no leader speaks to us: there is none, or we are no member. Then others may tell.
  [[nodiscard]] bool seeks_leader() const;
  /// A member says that `leader` leads; zero: nobody.
  void hear_of_leader(const NodeId& leader) { heard_leader_ = leader; }

  // ---- from operators ----

  /// In the log when this returns, committed some time later, or never. Errors, nothing has
  /// changed: `not_leader`, `sequence_moved` (the members are no longer those of the index that the
  /// change names), `change_under_way`, `value_invalid`, `learner_behind`, `no_quorum`.
  [[nodiscard]] Result<MembersProposed> change(const ChangeMembers& change, Instant now);

  // ---- from the group's machine ----

  /// Ignored before `begin_reign` has named the present reign: the machine does not know yet.
  /// Errors: `sequence_moved`: the machine is broken. `limit_reached`: more than an entry takes.
  [[nodiscard]] Result<void> append(storage::Append append);
  void confirm();
  void begin_reign(std::uint64_t reign);

  // ---- from the log-writer and the clock ----

  /// The oldest append that was handed out is durable.
  void durable(Instant now);
  void tick(Instant now) { raft_.tick(now); }
  [[nodiscard]] Instant wake_at() const;

  /// Ends the turn.
  [[nodiscard]] GroupTurn take(Instant now);

  // ---- state ----

  [[nodiscard]] const RaftMachine& raft() const { return raft_; }
  [[nodiscard]] const Applied& applied() const { return store_->applied(); }

 private:
  GroupReplica(GroupId group, const NodeId& self, const ReplicatedReader& reader,
               std::unique_ptr<GroupStore> store, RaftMachine raft, const GroupOptions& options);

  Result<void> propose();
  void tell_leadership(GroupTurn& turn);
  void tell_committed(GroupTurn& turn);
  void tell_confirmed(GroupTurn& turn);
  [[nodiscard]] Result<void> send(GroupTurn& turn);
  [[nodiscard]] Result<void> open_snapshot();
  void trim(GroupTurn& turn);

  /// An entry of this reign that is not committed.
  struct Proposed {
    Index index = 0;
    std::size_t appends = 0;
  };

  GroupId group_;
  NodeId self_;
  const ReplicatedReader& reader_;
  std::unique_ptr<GroupStore> store_;
  RaftMachine raft_;
  GroupOptions options_;
  std::optional<storage::Append> bootstrap_;
  Effects effects_;  // its memory is used again
  std::optional<SnapshotSource> source_;
  bool is_measured_ = false;
  Index applied_ = 0;  // and durable

  NodeId heard_leader_;
  LeadershipChanged told_;
  Term told_term_ = 0;
  std::uint64_t begun_reign_ = 0;  // as the machine has answered
  Index resumes_at_ = 0;           // nothing is decided before all up to here is applied
  bool is_refused_ = false;

  storage::Sequence sequence_ = 0;  // of the group's last event that was proposed in this reign
  std::map<storage::StreamId, storage::Sequence> sequences_;  // of its streams, likewise
  std::vector<storage::Append> gathered_;                     // in this turn
  std::size_t gathered_bytes_ = 0;
  std::deque<Proposed> proposed_;
  std::uint64_t reads_asked_ = 0;
  std::uint64_t reads_confirmed_ = 0;
  bool wants_read_ = false;
};

}  // namespace hearth::replication
