// What a follower does: it takes over the leader's log, and acknowledges of it no more than was
// compared and is on its disk.

#include "actors/replication/raft_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hearth::replication {

void RaftMachine::on(const Message& message, Append& append, Instant now) {
  follow(message.term, message.from, now);
  if (append.prev_index < commit_) {
    HEARTH_PROBE(true, "raft: an append is older than the commit");
    return owe_acknowledgement(commit_);  // which every leader's log has
  }
  if (!log_.matches(append.prev_index, append.prev_term)) {
    const auto hint = log_.last_not_after(append.prev_index, append.prev_term);
    return send(message.from, AppendRejected{append.prev_index, hint, *log_.term_at(hint)});
  }
  const auto last = append.prev_index + append.entries.size();
  if (take_over(append)) {
    commit_up_to(std::min(append.commit, last));
    owe_acknowledgement(last);
  }
}

/// Replaces what contradicts the leader's entries, and only that: what merely goes on beyond them
/// may be newer than a message that was late. False for what no leader would ever replace.
/// Source: paper 5.3, figure 2.
bool RaftMachine::take_over(Append& append) {
  auto entry = append.entries.begin();
  while (entry != append.entries.end() && log_.matches(entry->index, entry->term)) {
    ++entry;
  }
  if (entry == append.entries.end()) {
    return true;
  }
  if (entry->index <= commit_) {
    stop(ErrorCode::log_corrupt, "the leader contradicts the committed entry " +
                                     std::to_string(entry->index) +
                                     ": do not start this replica again, ask for help");
    return false;
  }
  if (entry->index <= checked_) {  // It contradicts itself.
    return false;
  }
  bool reconfigures = entry->index <= log_.configuration_index();
  if (entry->index <= log_.last_index()) {
    HEARTH_PROBE(true, "raft: a follower replaces entries");
    writes_.replaced(entry->index);
    unwritten_ = std::min(unwritten_, entry->index);
    log_.truncate(entry->index);
  }
  for (; entry != append.entries.end(); ++entry) {
    reconfigures = reconfigures || entry->kind == EntryKind::configuration;
    log_.push(std::move(*entry));
  }
  if (reconfigures) {
    configure();
  }
  return true;
}

void RaftMachine::on(const Message& message, const Heartbeat& heartbeat, Instant now) {
  follow(message.term, message.from, now);
  // Nothing says that the log beyond is the leader's.
  commit_up_to(std::min(heartbeat.commit, checked_));
  if (heartbeat.confirmation.stamp <= now) {
    freshness_.confirm(heartbeat.confirmation);
  }
  send(message.from, HeartbeatReply{heartbeat.round, now});
}

// ---- acknowledgements ----

void RaftMachine::forget_acknowledgements() {
  checked_ = 0;
  acknowledged_ = 0;
  owes_acknowledgement_ = false;
}

void RaftMachine::owe_acknowledgement(Index checked) {
  checked_ = std::max(checked_, checked);
  owes_acknowledgement_ = true;
}

/// Once a turn, for all appends of it and all writes that have become durable.
void RaftMachine::acknowledge() {
  const bool may = recalled_ && (writes_.stable_term() == term());
  if (!owes_acknowledgement_ || !may || role_ != RaftRole::follower || leader_.is_zero()) {
    return;
  }
  auto index = std::min(checked_, writes_.stable());
  if (HEARTH_MUTANT("acknowledge-what-is-not-stable")) {
    index = checked_;
  }
  if (index < checked_ && index <= acknowledged_) {
    return;
  }
  send(leader_, AppendAccepted{index});
  acknowledged_ = index;
  owes_acknowledgement_ = index < checked_;
}

// ---- snapshots ----

void RaftMachine::on(const Message& message, const SnapshotChunk& chunk, Instant now) {
  follow(message.term, message.from, now);
  const auto& id = chunk.snapshot.id;
  if (id.index <= commit_) {
    return owe_acknowledgement(commit_);
  }
  if (log_.matches(id.index, id.term)) {
    HEARTH_PROBE(true, "raft: a snapshot brings nothing new");
    commit_up_to(id.index);
    return owe_acknowledgement(commit_);
  }
  if (unwritten_snapshot_) {
    return;  // Its chunks must be there until it is written; these will come again.
  }
  if (staged_.from != message.from || staged_.id != id || staged_.chunks != chunk.chunks) {
    staged_ = {message.from, id, chunk.chunks, 0};
  }
  if (chunk.position == staged_.next) {
    stage_.push_back({message.from, id, chunk.chunks, staged_.next++});
  }
  if (staged_.next == chunk.chunks) {
    staged_ = {};
    install(chunk.snapshot);
    return;
  }
  send(message.from, SnapshotReply{id, staged_.next});
}

void RaftMachine::install(const Snapshot& snapshot) {
  HEARTH_PROBE(true, "raft: a snapshot is installed");
  log_.restart_after(snapshot);
  writes_.replaced(1);
  unwritten_ = snapshot.id.index + 1;
  unwritten_snapshot_ = snapshot;
  commit_ = snapshot.id.index;
  delivered_ = commit_;
  configure();
  forget_acknowledgements();
  owe_acknowledgement(commit_);
}

}  // namespace hearth::replication
