#pragma once
// One replica with all that a machine has around it in a node, without a node: a disk whose writes
// are done in order and lost in a crash, and a state that entries are applied to.

#include "actors/replication/raft_machine.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication::testing {

/// The node with this number, from 1 to 255.
[[nodiscard]] NodeId node(std::uint8_t number);
[[nodiscard]] int number_of(const NodeId& node);

/// All nodes of 1 to `voters`, as voters.
[[nodiscard]] Configuration voters(std::uint8_t count);

/// What survives a crash.
struct Disk {
  HardState hard_state;
  Snapshot base;
  std::vector<Entry> entries;
  Index applied = 0;
  Staged staged;

  [[nodiscard]] Index last_index() const { return base.id.index + entries.size(); }
  [[nodiscard]] std::optional<Term> term_at(Index index) const;
  void truncate(Index first);
  void trim(const Snapshot& to);
};

class Replica {
 public:
  /// `disk` is what is there at the first start.
  Replica(NodeId self, Disk disk, RaftOptions options, RandomPort random);

  [[nodiscard]] const NodeId& id() const { return self_; }
  [[nodiscard]] bool is_up() const { return machine_.has_value(); }
  /// Precondition: `is_up()`.
  [[nodiscard]] RaftMachine& machine() { return *machine_; }
  [[nodiscard]] const RaftMachine& machine() const { return *machine_; }
  [[nodiscard]] const Disk& disk() const { return disk_; }
  [[nodiscard]] Index applied() const { return applied_; }
  [[nodiscard]] std::size_t writes_under_way() const { return queue_.size(); }
  /// What the machine asked of its disk that no disk can do; empty as long as all is well.
  [[nodiscard]] const std::string& nonsense() const { return nonsense_; }

  void start(Instant now);
  /// Everything but the disk is gone; of the writes under way, the first `survivors` are there.
  void crash(std::size_t survivors);
  void lose_disk() { disk_ = {}; }

  /// Ends a turn of the machine, and takes care of all effects but what leaves the node: that is
  /// for the caller, until the next turn.
  const Effects& turn(Instant now);
  /// The oldest write under way becomes durable. False if there is none.
  bool sync(Instant now);
  /// Applies committed entries, `count` at most. Each is shown to `seen`.
  void apply(std::size_t count, const std::function<void(const Entry&)>& seen);
  [[nodiscard]] std::size_t to_apply() const { return to_apply_.size(); }
  void open_snapshot(std::uint32_t chunks) { machine_->snapshot_opened(applied_, chunks); }
  void trim(Index index);

 private:
  struct Job {
    std::optional<Write> write;
    std::vector<StageChunk> stage;
    std::optional<Snapshot> trim;
    Index applied = 0;
  };

  void perform(const Job& job);
  void put(const Write& write);

  NodeId self_;
  RaftOptions options_;
  RandomPort random_;
  std::optional<RaftMachine> machine_;
  Disk disk_;
  std::deque<Job> queue_;
  std::deque<Entry> to_apply_;
  Index applied_ = 0;
  WriteNumber switch_at_ = 0;  // the write of a snapshot that is not yet in place; 0: none
  Index switch_to_ = 0;
  Effects effects_;
  std::string nonsense_;
};

}  // namespace hearth::replication::testing
