#pragma once
// What stands between one group's RaftMachine and the log of its node: a translation, without I/O
// but for reading. One object a group; a shell with several has one for each.
//
//   start     recover() -> RaftMachine; bootstrap() where a first group begins
//   message   hold_chunk() before RaftMachine::receive, for a SnapshotChunk
//   turn      RaftMachine::take(effects) -> perform(effects): appends, for the log-writer, in order
//   Durable   durable(): what to tell the machine. In the order of the appends, one for each, as
//             the log-writer answers; group_of(Durable::stream) says whose store
//
// Appends go to the log-writer in the order in which they are handed out, by whatever function.
//
// Rows of before are read only to keep up the hash of the state. What is applied and not durable
// yet is known here; machines read what is durable, through the reader.

#include "actors/replication/applied_rows.hpp"
#include "actors/replication/raft_effects.hpp"
#include "actors/replication/raft_log.hpp"
#include "actors/replication/replicated_reader.hpp"
#include "actors/replication/snapshot_source.hpp"
#include "actors/replication/staged_rows.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace hearth::replication {

/// Threads: one at a time. Errors are those of the disk or of what stands on it,
/// and the node stops (`kind_of` is fatal); `hold_chunk` has others.
class GroupStore final {
 public:
  using Appends = std::vector<storage::Append>;

  /// What it means that the oldest append is durable. In this order:
  struct Settled {
    std::optional<WriteNumber> persisted;  ///< For `RaftMachine::persisted`.
    std::optional<Index> applied;          ///< For `RaftMachine::applied`.
  };

  /// `log` and `reader`, which shows others what is applied, outlive the store. The log is read,
  /// and never written from here.
  GroupStore(GroupId group, const storage::EventLog& log, ReplicatedReader& reader);

  /// What the log has of the group; nothing where there never was a replica of it. Call it once,
  /// first. Errors: `log_corrupt`, `format_newer`, `disk_failed`.
  [[nodiscard]] Result<std::optional<Recovered>> recover();

  /// The first append of a replica of a group that begins with `configuration`, where `recover`
  /// found nothing; its machine begins with that, at index 0. Who joins a group needs none.
  [[nodiscard]] storage::Append bootstrap(const Configuration& configuration);

  /// Takes the bytes that came with a chunk, until the next `perform`, which keeps them if the
  /// machine says so. Errors: `message_malformed`: the peer is broken; do not let the machine
  /// receive the message.
  [[nodiscard]] Result<void> hold_chunk(const NodeId& from, const SnapshotChunk& chunk,
                                        BytesView bytes);

  /// What a turn writes: `stage`, `write` and `committed`, in this order. Call it for every turn.
  /// Errors: `log_corrupt` (an entry or a snapshot that cannot be applied), `disk_failed`.
  [[nodiscard]] Result<Appends> perform(const Effects& effects);

  /// After `RaftMachine::trim`: entries up to the base of `log` are deleted. Nothing where they are
  /// gone already, or go with a snapshot.
  [[nodiscard]] std::optional<storage::Append> trim(const RaftLog& log);

  /// The oldest append that was handed out and is not durable yet has become so.
  [[nodiscard]] Settled durable();

  /// The answer to `Effects::open_snapshot`: the state that is applied and durable now.
  [[nodiscard]] Result<SnapshotSource> open_snapshot() const;

  /// The state after all that was handed out. The hash is over all rows but the one it stands in.
  [[nodiscard]] const Applied& applied() const { return live_.applied(); }

 private:
  struct UnderWay {
    Settled settled;
    std::optional<Generation> shows;  // to readers, from then on
  };
  struct HeldChunk {
    StageChunk chunk;
    std::vector<storage::Row> rows;
  };

  Result<void> stage(const std::vector<StageChunk>& chunks, Appends& to);
  void write(const Write& write, Appends& to);
  void switch_to(const Snapshot& snapshot, storage::Append& append);
  void put_entries(const std::vector<Entry>& entries, storage::Append& append);
  Result<void> apply(const std::vector<Entry>& committed, Appends& to);
  Result<void> recover_rows(Recovered& recovered);
  AppendNumber hand_out(UnderWay what);

  GroupId group_;
  const storage::EventLog& log_;
  ReplicatedReader& reader_;

  HardState hard_state_;  // as handed out, like all that follows
  LogBase base_;
  Index last_index_ = 0;
  AppliedRows live_;
  StagedRows staging_;  // of the next generation

  std::deque<UnderWay> under_way_;
  AppendNumber settled_ = 0;
  std::vector<HeldChunk> held_;
  Appends clearing_;  // of generations that nobody reads any more, for the next turn
};

}  // namespace hearth::replication
