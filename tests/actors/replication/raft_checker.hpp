#pragma once
// What must hold in a group after every step of every replica, whatever happens to them.

#include "tests/actors/replication/replica.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace hearth::replication::testing {

class RaftChecker {
 public:
  /// `replicas` are those of the group, node 1 first.
  explicit RaftChecker(const std::deque<Replica>& replicas);

  /// After each turn, before its messages leave.
  void turned(const Replica& replica, const Effects& effects, Instant now);
  /// `replica` has started, from its disk.
  void started(const Replica& replica);
  /// `replica` is about to apply `entry`.
  void applied(const Replica& replica, const Entry& entry);
  /// A read was asked for; the token to ask with.
  std::uint64_t read_asked();
  /// A leader that no majority can have answered for long.
  void lonely_leader(const Replica& replica);

  /// What was violated first, and by whom; empty as long as all is well.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  /// Up to where any leader has committed.
  [[nodiscard]] Index committed() const { return committed_.size(); }
  [[nodiscard]] std::uint64_t reads_answered() const { return reads_answered_; }

 private:
  struct Known {
    Term term = 0;
    Term previous = 0;
    const void* payload = nullptr;
  };
  struct Commit {
    Known entry;
    Term by = 0;  // the leader's term
    Instant at;
  };

  void check_leader(const Replica& replica);
  void check_log_matching(const Write& write);
  void check_commit(const Replica& replica, Instant now);
  void check_durability(const Replica& replica, Index index);
  void check_promises(const Replica& replica, const Effects& effects);
  void check_decision(const Replica& replica);
  void check_freshness(const Replica& replica);
  void violate(const Replica& replica, const std::string& what);
  [[nodiscard]] Index& last_commit_of(const Replica& replica);
  [[nodiscard]] static Known known(const RaftLog& log, Index index);

  const std::deque<Replica>& replicas_;
  std::vector<NodeId> leader_by_term_;
  std::vector<std::vector<Known>> entries_by_index_;
  std::vector<Commit> committed_;  // index - 1
  std::vector<Index> last_commits_;
  std::vector<Instant> last_freshness_;
  std::vector<Index> reads_;  // by token: what was committed when it was asked for
  std::uint64_t reads_answered_ = 0;
  std::string violation_;
};

}  // namespace hearth::replication::testing
