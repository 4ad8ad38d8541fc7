#pragma once
// Linearizable reads without a log entry and without trust in clocks: a leader remembers its commit
// index, makes sure with a round of heartbeats that it was still leader after that, and then lets
// reads see the state at that index. One round at a time; what comes meanwhile shares the next.
// Source: Raft thesis 6.4.

#include "actors/replication/raft_effects.hpp"

#include <cstdint>
#include <vector>

namespace hearth::replication {

class ReadIndex {
 public:
  void add(std::uint64_t token) { waiting_.push_back(token); }
  [[nodiscard]] bool wants_round() const { return !waiting_.empty() && under_way_.empty(); }

  /// A round begins, at a time when all up to `commit` is committed.
  void begin(std::uint64_t round, Index commit);
  /// A majority has answered `round`, and so all before.
  void confirm(std::uint64_t round, std::vector<ReadReady>& ready);
  void clear();

 private:
  std::vector<std::uint64_t> waiting_;
  std::vector<std::uint64_t> under_way_;
  std::uint64_t round_ = 0;  // of those under way
  Index index_ = 0;          // likewise
};

}  // namespace hearth::replication
