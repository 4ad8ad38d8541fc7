#pragma once
// One replica as a node has it: machine, store, log and log-writer, whose messages leave as frames.
// Its group's machine is a table: every command puts a row of its own, and a large one that others
// put too.

#include "actors/replication/group_store.hpp"
#include "actors/replication/raft_machine.hpp"
#include "messages/replication/replication_messages.hpp"
#include "tests/support/log_places.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace hearth::replication::testing {

class StoredReplica {
 public:
  StoredReplica(NodeId self, RandomPort random) : self_(self), random_(std::move(random)) {}

  [[nodiscard]] const NodeId& id() const { return self_; }
  /// Precondition: started.
  [[nodiscard]] RaftMachine& machine() { return *machine_; }
  [[nodiscard]] GroupStore& store() { return *store_; }
  [[nodiscard]] storage::EventLog& log() { return place_.log(); }
  [[nodiscard]] bool idle() const { return queue_.empty(); }
  [[nodiscard]] Generation generation() const { return generation_; }

  /// `first`: of the group, where nothing is there yet.
  void start(const std::optional<Configuration>& first, Instant now);
  /// Appends that are not durable are gone.
  void crash();

  /// Ends a turn. What leaves for each peer is added to `frames`.
  void turn(Instant now, std::map<NodeId, std::vector<ReplicationFrame>>& frames);
  void receive(const NodeId& from, ReplicationFrame frame, Instant now);
  /// The oldest append becomes durable, if there is one.
  void sync(Instant now);
  /// Decides command `number`, if it may, and puts it to the promises of its reign.
  bool propose(std::uint64_t number);
  void trim(Index index);

  /// Commands that were applied here while we led: their askers have been told.
  [[nodiscard]] const std::set<std::uint64_t>& answered() const { return answered_; }

 private:
  void enqueue(GroupStore::Appends appends);
  void tend_snapshot(const Effects& effects);

  NodeId self_;
  RandomPort random_;
  test::LogInMemory place_;
  std::unique_ptr<ReplicatedReader> reader_;
  std::unique_ptr<GroupStore> store_;
  std::optional<RaftMachine> machine_;
  std::deque<storage::Append> queue_;
  std::optional<SnapshotSource> source_;
  bool told_of_source_ = false;
  Generation generation_ = 0;  // switches seen

  std::optional<storage::Sequence> decided_;  // of the group's last event, while we lead
  std::map<Index, std::uint64_t> proposed_;   // likewise
  std::set<std::uint64_t> answered_;
  Effects effects_;
};

}  // namespace hearth::replication::testing
