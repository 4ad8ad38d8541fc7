// What a leader does: it brings its log to the others, and counts who has it.

#include "actors/replication/raft_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication {

// ---- log ----

void RaftMachine::push(EntryKind kind, Payload payload) {
  Entry entry{log_.last_index() + 1, term(), kind, std::move(payload)};
  reign_.uncommitted_bytes += entry.bytes();
  log_.push(std::move(entry));
}

Refusal RaftMachine::propose(std::span<const Payload> payloads) {
  if (role_ != RaftRole::leader) {
    return Refusal::not_leader;
  }
  if (is_leaving()) {
    return Refusal::transfer_under_way;
  }
  for (const auto& payload : payloads) {
    push(EntryKind::events, payload);
  }
  return Refusal::none;
}

/// Our own sync is one of many: the others may be enough without it. Entries of earlier terms are
/// committed by one of this term that follows them, never by counting. Source: paper 5.4.2.
void RaftMachine::advance_commit() {
  const auto index =
      reached(writes_.stable(), [](const Peer& peer) { return peer.progress.match(); });
  if (index > commit_ &&
      (log_.matches(index, term()) || HEARTH_MUTANT("commit-an-earlier-term-by-counting"))) {
    commit_up_to(index);
  }
}

// ---- appends ----

void RaftMachine::replicate(Peer& peer, Instant now) {
  auto& progress = peer.progress;
  if (progress.next() <= log_.base().index || progress.state() == Progress::State::snapshot) {
    return send_snapshot(peer, now);
  }
  while (progress.may_append(options_) && progress.lacks(log_.last_index(), commit_)) {
    send_append(peer);
  }
}

void RaftMachine::send_append(Peer& peer) {
  auto& progress = peer.progress;
  Append append;
  append.prev_index = progress.next() - 1;
  append.prev_term = *log_.term_at(append.prev_index);
  append.commit = commit_;
  log_.copy(progress.next(), options_.append_bytes_max, append.entries);
  std::size_t bytes = 0;
  for (const auto& entry : append.entries) {
    bytes += entry.bytes();
  }
  const auto last = append.prev_index + append.entries.size();
  progress.appended(last, bytes, std::min(commit_, last));
  send(peer.member.node, std::move(append));
}

void RaftMachine::on(const Message& message, const AppendAccepted& reply, Instant) {
  auto* peer = find(message.from);
  if (role_ == RaftRole::leader && peer != nullptr && peer->progress.accepted(reply.index)) {
    advance_commit();
  }
}

void RaftMachine::on(const Message& message, const AppendRejected& reply, Instant) {
  auto* peer = find(message.from);
  if (role_ == RaftRole::leader && peer != nullptr) {
    const auto retry = reply.hint_index < log_.base().index
                           ? reply.hint_index  // Which we no longer have: a snapshot is next.
                           : log_.last_not_after(reply.hint_index, reply.hint_term);
    peer->progress.rejected(reply.prev_index, retry);
  }
}

// ---- heartbeats ----

void RaftMachine::begin_round(Instant now) {
  const auto round = ++reign_.round;
  if (commit_ >= reign_.no_op) {  // Before that, our commit may be older than the last leader's.
    reign_.reads.begin(round, commit_);
    reign_.ledger.begin(now, round, commit_);
    for (auto& peer : peers_) {
      peer.ledger.begin(peer.stamp, round, commit_);
    }
  }
  for (const auto& peer : peers_) {
    const auto commit = std::min(commit_, peer.progress.match());
    send(peer.member.node, Heartbeat{commit, round, peer.ledger.confirmed()});
  }
  settle_round();
}

void RaftMachine::settle_round() {
  auto round = reached(reign_.round, [](const Peer& peer) { return peer.round; });
  if (HEARTH_MUTANT("read-without-a-quorum")) {
    round = reign_.round;
  }
  reign_.reads.confirm(round, reads_);
  reign_.ledger.confirm(round);
  freshness_.confirm(reign_.ledger.confirmed());
  for (auto& peer : peers_) {
    peer.ledger.confirm(round);
  }
}

void RaftMachine::on(const Message& message, const HeartbeatReply& reply, Instant) {
  auto* peer = find(message.from);
  if (role_ != RaftRole::leader || peer == nullptr) {
    return;
  }
  peer->round = std::max(peer->round, std::min(reply.round, reign_.round));
  peer->stamp = std::max(peer->stamp, reply.stamp);
  // It lives, and yet it may not have got what was sent: an answer to this will tell.
  if (peer->progress.state() == Progress::State::probe) {
    peer->progress.retry_probe();
  } else if (peer->progress.state() == Progress::State::replicate &&
             peer->progress.match() < log_.last_index() &&
             peer->progress.next() > log_.base().index) {
    const auto prev = peer->progress.next() - 1;
    send(message.from, Append{prev, *log_.term_at(prev), commit_, {}});
  }
  settle_round();
}

Refusal RaftMachine::read(std::uint64_t token) {
  if (role_ != RaftRole::leader) {
    return Refusal::not_leader;
  }
  reign_.reads.add(token);
  return Refusal::none;
}

// ---- snapshots ----

void RaftMachine::snapshot_opened(Index index, std::uint32_t chunks) {
  const auto term = log_.term_at(index);
  // A snapshot that is being sent stays: it was opened before, and the log still goes on from it.
  if (std::exchange(reign_.awaits_snapshot, false) && term && index <= applied_ && chunks > 0) {
    reign_.open_snapshot = {{{index, *term}, log_.configuration_at(index)}, chunks};
  }
}

void RaftMachine::send_snapshot(Peer& peer, Instant now) {
  auto& progress = peer.progress;
  const auto& open = reign_.open_snapshot;
  if (now - peer.heard_at > options_.election_timeout) {
    progress.probe();  // The dead must not keep the log from being trimmed.
    return;
  }
  if (progress.state() != Progress::State::snapshot) {
    if (!open || open->snapshot.id.index < log_.base().index) {
      reign_.wants_snapshot = reign_.wants_snapshot || !reign_.awaits_snapshot;
      reign_.awaits_snapshot = true;
      return;
    }
    progress.send_snapshot({open->snapshot.id, open->chunks, now});
  }
  auto& transfer = progress.transfer();
  while (transfer.may_send(options_.inflight_chunks_max)) {
    const auto position = transfer.send();
    send(peer.member.node, SnapshotChunk{open->snapshot, position, open->chunks});
  }
}

void RaftMachine::on(const Message& message, const SnapshotReply& reply, Instant now) {
  auto* peer = find(message.from);
  if (role_ == RaftRole::leader && peer != nullptr &&
      peer->progress.state() == Progress::State::snapshot &&
      peer->progress.transfer().id() == reply.id) {
    peer->progress.transfer().wants(reply.next, now);
  }
}

}  // namespace hearth::replication
