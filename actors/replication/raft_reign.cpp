// How long a leader leads: while a majority answers, its disk works, nobody is better placed, and
// it is a voter.

#include "actors/replication/raft_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>

namespace hearth::replication {

/// At every heartbeat.
void RaftMachine::reign(Instant now) {
  keep_watch(now);
  if (role_ != RaftRole::leader) {
    return;
  }
  if (reign_.transfer && now >= reign_.transfer->deadline) {
    HEARTH_PROBE(true, "raft: a transfer takes too long");
    reign_.transfer.reset();
  }
  if (!reign_.transfer) {
    hand_over(now);
  }
  tend_snapshot(now);
  begin_round(now);
}

void RaftMachine::tend_snapshot(Instant now) {
  bool in_use = false;
  for (auto& peer : peers_) {
    if (peer.progress.state() == Progress::State::snapshot) {
      in_use = true;
      peer.progress.transfer().retry_if_stuck(now - options_.election_timeout, now);
    }
  }
  if (!in_use) {
    reign_.open_snapshot.reset();
  }
}

/// What is proposed now might be lost with the leadership.
bool RaftMachine::is_leaving() const {
  return reign_.transfer || !log_.configuration().is_voter(self_);
}

/// Source: thesis 6.2. A leader that others may have replaced must not go on.
void RaftMachine::keep_watch(Instant now) {
  const auto contact = reached(now, [](const Peer& peer) { return peer.heard_at; });
  if (now - contact > options_.election_timeout && !HEARTH_MUTANT("lead-without-a-quorum")) {
    HEARTH_PROBE(true, "raft: a leader has no majority");
    follow(term(), {}, now);
  }
}

/// The healthiest voter: of the highest priority above `priority_above`, then with most of the log.
const Peer* RaftMachine::heir(Instant now, int priority_above) const {
  const Peer* best = nullptr;
  for (const auto& peer : peers_) {
    const bool healthy = now - peer.heard_at < options_.election_timeout &&
                         peer.progress.state() == Progress::State::replicate &&
                         peer.progress.match() >= commit_;
    if (!peer.member.votes || !healthy || peer.member.priority <= priority_above) {
      continue;
    }
    if (best == nullptr || peer.member.priority > best->member.priority ||
        (peer.member.priority == best->member.priority &&
         peer.progress.match() > best->progress.match())) {
      best = &peer;
    }
  }
  return best;
}

void RaftMachine::hand_over(Instant now) {
  const Peer* to = nullptr;
  if (is_disk_slow(now)) {
    HEARTH_PROBE(true, "raft: a leader's disk is slow");
    to = heir(now, -1);
  } else if (now >= reign_.return_at) {
    reign_.return_at = now + options_.return_delay;
    const auto* self = log_.configuration().find(self_);
    to = heir(now, self == nullptr ? -1 : self->priority);
  }
  if (to != nullptr) {
    reign_.transfer = Transfer{to->member.node, now + options_.election_timeout};
  }
}

Refusal RaftMachine::transfer(const NodeId& to, Instant now) {
  if (role_ != RaftRole::leader) {
    return Refusal::not_leader;
  }
  if (reign_.transfer) {
    return Refusal::transfer_under_way;
  }
  if (to == self_ || !log_.configuration().is_voter(to)) {
    return Refusal::not_a_voter;
  }
  reign_.transfer = Transfer{to, now + options_.election_timeout};
  return Refusal::none;
}

/// Who is to lead has to have everything first: it campaigns with it.
void RaftMachine::push_transfer() {
  if (!reign_.transfer || reign_.transfer->told) {
    return;
  }
  const auto* peer = find(reign_.transfer->to);
  if (peer == nullptr) {
    reign_.transfer.reset();
  } else if (peer->progress.match() == log_.last_index()) {
    send(peer->member.node, TimeoutNow{});
    reign_.transfer->told = true;
  }
}

bool RaftMachine::has_live_majority(const Configuration& configuration, Instant now) const {
  std::size_t live = configuration.is_voter(self_) ? 1 : 0;
  for (const auto& peer : peers_) {
    const bool lives = now - peer.heard_at < options_.election_timeout;
    live += lives && configuration.is_voter(peer.member.node) ? 1U : 0U;
  }
  return live >= majority(configuration.voters());
}

Refusal RaftMachine::change(const Configuration& next, Instant now) {
  if (role_ != RaftRole::leader) {
    return Refusal::not_leader;
  }
  if (is_leaving()) {
    return Refusal::transfer_under_way;
  }
  // Before our no-op, a change of a leader before us may be under way elsewhere.
  // Source: Ongaro, "bug in single-server membership changes", raft-dev, 2015.
  const bool early = log_.configuration_index() > commit_ || commit_ < reign_.no_op;
  if (early && !HEARTH_MUTANT("change-before-the-commit")) {
    return Refusal::change_under_way;
  }
  if (!objection_to(log_.configuration(), next).empty()) {
    return Refusal::change_invalid;
  }
  if (!has_live_majority(next, now)) {
    return Refusal::majority_silent;
  }
  for (const auto& peer : peers_) {
    const bool promoted = !peer.member.votes && next.is_voter(peer.member.node);
    if (promoted && peer.progress.match() + options_.promotion_lag_max < log_.last_index()) {
      return Refusal::learner_behind;
    }
  }
  push(EntryKind::configuration, std::make_shared<const Bytes>(encode(next)));
  configure();
  return Refusal::none;
}

/// A leader may commit its own removal; then it has nothing to say any more. Source: thesis 4.2.2.
void RaftMachine::abdicate_if_removed(Instant now) {
  if (log_.configuration().is_voter(self_) || log_.configuration_index() > commit_) {
    return;
  }
  HEARTH_PROBE(true, "raft: a leader commits its own removal");
  if (const auto* to = heir(now, -1); to != nullptr) {
    send(to->member.node, TimeoutNow{});
  }
  follow(term(), {}, now);
}

}  // namespace hearth::replication
