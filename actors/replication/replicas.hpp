#pragma once
// The actor "replicas" of a directory: all groups that have a replica here. One log-writer and one
// frame to each other directory a turn serve them all.
//
//   JoinGroup        from a group's machine, once: it is told of leadership from then on
//   Append, Confirm, ReignBegun   from it, see caf_protocol.hpp
//   Delivered        `ReplicationFrame`s of other directories, and what operators ask through them
//   OperatorInput    from the node
//   Durable          from the log-writer
//
// Whatever waits in the mailbox is one turn: proposals share entries, entries a write, reads a
// round of heartbeats.

#include "actors/replication/group_replica.hpp"
#include "actors/replication/operator_desk.hpp"
#include "actors/runtime/caf_protocol.hpp"
#include "actors/runtime/log_door.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace hearth::replication {

/// What a replica tells everybody in its node. Any thread.
class GroupView {
 public:
  GroupView(GroupId group, const storage::LogReader& log) : reader(group, log) {}

  /// See `RaftMachine::recent_since`.
  [[nodiscard]] Instant recent_since() const {
    return Instant{Instant::duration{recent_since_.load(std::memory_order_relaxed)}};
  }
  void set_recent_since(Instant since) {
    recent_since_.store(since.time_since_epoch().count(), std::memory_order_relaxed);
  }

  /// As the log has them, committed or not.
  [[nodiscard]] std::shared_ptr<const Configuration> members() const { return members_.load(); }
  void set_members(const Configuration& members) {
    members_.store(std::make_shared<const Configuration>(members));
  }

  /// Who decides for the group, as its machine has been told; zero: nobody that we know of.
  [[nodiscard]] NodeId leader() const { return *leader_.load(); }
  void set_leader(const NodeId& leader) { leader_.store(std::make_shared<const NodeId>(leader)); }

  LogDoor door;             ///< Closed while too much is not committed.
  ReplicatedReader reader;  ///< What is applied.

 private:
  std::atomic<Instant::rep> recent_since_{0};
  std::atomic<std::shared_ptr<const NodeId>> leader_{std::make_shared<const NodeId>()};
  std::atomic<std::shared_ptr<const Configuration>> members_{
      std::make_shared<const Configuration>()};
};

struct ReplicatedGroup {
  GroupId group{};
  /// Where there is nothing yet. Nothing: this node joins a group that others have.
  std::optional<Configuration> first;
  std::shared_ptr<GroupView> view;
};

/// What the actor borrows from its node. All of it outlives the actor.
struct ReplicasPorts {
  NodeId self;
  std::vector<ReplicatedGroup> groups;
  std::vector<ListedDirectory> listed;  ///< This one too.
  GroupOptions options;
  const storage::EventLog* log = nullptr;
  caf::actor writer;
  caf::actor link;
  std::function<void(const Error&)> failed;   ///< Why the node is about to stop.
  std::function<void(OperatorReply)> answer;  ///< To `OperatorRequest`s; must not block.
};

/// What the node tells the actor, as an `ExternalInput`.
struct OperatorInput {
  using External = OperatorRequest;
};

/// From a group's machine: it decides for `group` whenever it is told so.
struct JoinGroup {
  GroupId group{};
};

struct ReplicasState {
  static inline const char* name = "replicas";

  struct Member {
    std::unique_ptr<GroupReplica> replica;
    std::shared_ptr<GroupView> view;
    caf::actor machine;
    std::optional<LeadershipChanged> untold;  ///< Before the machine has joined.
    Configuration shown;                      ///< To others in this node.
    bool dirty = true;
  };
  ReplicasPorts ports;
  std::map<GroupId, Member> groups;
  OperatorDesk desk;
  bool turn_due = false;
  std::optional<Instant> armed_for;
  std::uint64_t alarm_last = 0;
};

/// Quits with an error when a replica cannot go on, so that its node stops and recovers.
caf::behavior replicas(caf::stateful_actor<ReplicasState>* self,
                       std::shared_ptr<ReplicasPorts> ports);

}  // namespace hearth::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::replication::JoinGroup)
