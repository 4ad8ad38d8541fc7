#pragma once
// What a leader knows of one follower's log, and what it may send it next.
//
//   probe      one append, then wait: where the logs agree is not known
//   replicate  appends one after the other, without waiting, within the window
//   snapshot   chunks: the log no longer has what the follower needs
//
// Source: etcd-io/raft tracker/progress.go.

#include "actors/replication/inflight_window.hpp"
#include "actors/replication/raft_options.hpp"
#include "actors/replication/snapshot_transfer.hpp"

#include <cstddef>
#include <string_view>

namespace hearth::replication {

class Progress {
 public:
  enum class State : std::uint8_t { probe, replicate, snapshot };

  Progress() = default;
  /// Of a new leader whose next entry is `next`.
  explicit Progress(Index next) : next_(next) {}

  [[nodiscard]] State state() const { return state_; }
  /// All up to here is known to be the leader's, on the follower's disk.
  [[nodiscard]] Index match() const { return match_; }
  /// What is sent next.
  [[nodiscard]] Index next() const { return next_; }
  [[nodiscard]] bool may_append(const RaftOptions& options) const;
  /// Whether an append, even an empty one, has something new to say.
  [[nodiscard]] bool lacks(Index last, Index commit) const;

  /// An append left that ends at `last` and tells of `commit`.
  void appended(Index last, std::size_t bytes, Index commit);
  /// The follower has all up to `index`. False if that is nothing new.
  bool accepted(Index index);
  /// It has no entry as the append that followed `prev` needs. `retry` is where both logs may
  /// agree.
  void rejected(Index prev, Index retry);
  /// Whatever is under way may be lost.
  void probe();
  /// The one append of a probe may go again.
  void retry_probe() { probe_sent_ = false; }

  void send_snapshot(SnapshotTransfer transfer);
  /// Precondition: `state()` is `snapshot`.
  [[nodiscard]] SnapshotTransfer& transfer() { return transfer_; }
  [[nodiscard]] const SnapshotTransfer& transfer() const { return transfer_; }

 private:
  State state_ = State::probe;
  Index match_ = 0;
  Index next_ = 1;
  Index told_commit_ = 0;
  bool probe_sent_ = false;
  Index probe_last_ = 0;  // of its entries
  InflightWindow window_;
  SnapshotTransfer transfer_;
};

[[nodiscard]] std::string_view name_of(Progress::State state);

}  // namespace hearth::replication
