#pragma once
// What of a replica's log and hard state is durable, told from the numbers of its writes.
//
// An answer of the disk says that a write was done, not that what it wrote is still in the log: a
// later write under way may have replaced it since, even by entries of the same index and term. So
// every write under way remembers the last entry that no later one replaces.
// Source: etcd-io/raft testdata/async_storage_writes_append_aba_race.txt.

#include "messages/replication/raft_types.hpp"

#include <deque>
#include <optional>

namespace hearth::replication {

class WriteQueue {
 public:
  /// What is durable at start.
  WriteQueue(Index last, Term term) : stable_(last), stable_term_(term) {}

  /// A write that makes the log end at `last`, in `term`. What it replaces must have been told to
  /// `replaced` before.
  WriteNumber push(Index last, Term term, Instant now);
  /// The log no longer has what it had from `first` on.
  void replaced(Index first);
  /// All writes up to `number` are durable. False for one that was not pushed or is already done.
  [[nodiscard]] bool done(WriteNumber number);

  /// Everything up to here is in the log and on the disk, and no write under way changes it.
  [[nodiscard]] Index stable() const { return stable_; }
  /// The newest term on the disk.
  [[nodiscard]] Term stable_term() const { return stable_term_; }
  [[nodiscard]] WriteNumber last() const { return done_ + under_way_.size(); }
  [[nodiscard]] bool idle() const { return under_way_.empty(); }
  /// Since when the oldest write under way is waited for.
  [[nodiscard]] std::optional<Instant> oldest() const;

 private:
  struct UnderWay {
    Index last = 0;  // that no later write replaces
    Term term = 0;
    Instant since;
  };

  Index stable_;
  Term stable_term_;
  WriteNumber done_ = 0;
  std::deque<UnderWay> under_way_;  // numbers from done_ + 1 on
};

}  // namespace hearth::replication
