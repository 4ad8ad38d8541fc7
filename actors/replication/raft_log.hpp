#pragma once
// The log of one replica as it will be when all writes are done: entries after a base, which is
// what the newest trimming or snapshot left. In memory as a whole: whoever needs older entries gets
// a snapshot.

#include "messages/replication/raft_types.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace hearth::replication {

class RaftLog {
 public:
  /// `entries` follow `base` without gaps.
  RaftLog(Snapshot base, std::vector<Entry> entries);

  [[nodiscard]] SnapshotId base() const { return base_; }
  /// Of all entries, as `Entry::bytes` counts.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] Index last_index() const { return base_.index + entries_.size(); }
  [[nodiscard]] Term last_term() const {
    return entries_.empty() ? base_.term : entries_.back().term;
  }

  /// Nothing below the base and above the last entry.
  [[nodiscard]] std::optional<Term> term_at(Index index) const;
  [[nodiscard]] bool matches(Index index, Term term) const { return term_at(index) == term; }
  /// Whether a log that ends thus has all that this one could have committed. Source: paper 5.4.1.
  [[nodiscard]] bool is_covered_by(Index last_index, Term last_term) const;
  /// The last index up to `index` whose term is at most `term`: nothing above it can be in a log
  /// that has `term` there. At least the base.
  [[nodiscard]] Index last_not_after(Index index, Term term) const;

  /// Precondition: after the base, not after the last.
  [[nodiscard]] const Entry& at(Index index) const { return entries_[index - base_.index - 1]; }

  /// Precondition: follows the last entry; a configuration can be decoded.
  void push(Entry entry);
  /// Forgets all from `first` on, and the configurations among them. Precondition: after the base.
  void truncate(Index first);
  /// Forgets all up to `index`, which becomes the base. Precondition: not after the last.
  void trim(Index index);
  /// Forgets everything: the log begins after `snapshot`.
  void restart_after(const Snapshot& snapshot);

  /// The newest one in the log.
  [[nodiscard]] const Configuration& configuration() const {
    return configurations_.back().configuration;
  }
  [[nodiscard]] Index configuration_index() const { return configurations_.back().index; }
  /// The one in force at `index`. Precondition: not below the base.
  [[nodiscard]] const Configuration& configuration_at(Index index) const;

  /// Whether `node` votes in any configuration that was in force at `index` or came after.
  /// Precondition: as above.
  [[nodiscard]] bool was_voter_since(Index index, const NodeId& node) const;

  /// Copies entries from `first` on, at least one if there is any, until they have `bytes_max`.
  void copy(Index first, std::size_t bytes_max, std::vector<Entry>& into) const;

 private:
  struct Dated {
    Index index = 0;
    Configuration configuration;
  };

  SnapshotId base_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  std::vector<Dated> configurations_;  // ascending; the first is in force at the base
};

}  // namespace hearth::replication
