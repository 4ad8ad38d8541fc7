#include "actors/replication/raft_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication {

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::not_leader: return "not-leader";
    case Refusal::transfer_under_way: return "transfer-under-way";
    case Refusal::change_under_way: return "change-under-way";
    case Refusal::not_a_voter: return "not-a-voter";
    case Refusal::change_invalid: return "change-invalid";
    case Refusal::learner_behind: return "learner-behind";
    case Refusal::majority_silent: return "majority-silent";
    case Refusal::none: break;
  }
  return "none";
}

RaftMachine::RaftMachine(NodeId self, Recovered recovered, RaftOptions options, RandomPort random,
                         Instant now)
    : self_(self),
      options_(options),
      random_(std::move(random)),
      hard_state_(recovered.hard_state),
      written_hard_state_(recovered.hard_state),
      log_(std::move(recovered.base), std::move(recovered.entries)),
      unwritten_(log_.last_index() + 1),
      writes_(log_.last_index(), hard_state_.term),
      commit_(recovered.applied),
      delivered_(recovered.applied),
      applied_(recovered.applied),
      staged_(recovered.staged),
      recovered_{hard_state_.term, log_.last_index()} {
  HEARTH_CHECK(applied_ >= log_.base().index && applied_ <= log_.last_index());
  freshness_.applied(applied_);
  configure();
  put_off_election(now, options_.election_timeout);
  // Nobody else can have chosen anything without the only voter.
  recalled_ = log_.configuration().is_voter(self_) && log_.configuration().voters() == 1;
  told_ = {role_, term(), leader_};
}

Peer* RaftMachine::find(const NodeId& node) {
  const auto found = std::find_if(peers_.begin(), peers_.end(),
                                  [&node](const Peer& peer) { return peer.member.node == node; });
  return found == peers_.end() ? nullptr : &*found;
}

/// After every change of the log's configuration: it counts from then on.
void RaftMachine::configure() {
  HEARTH_CHECK(log_.configuration().members.size() <= Configuration::members_max);
  std::vector<Peer> peers;
  for (const auto& member : log_.configuration().members) {
    if (member.node == self_) {
      continue;
    }
    if (auto* known = find(member.node)) {
      peers.push_back(std::move(*known));
      peers.back().member = member;
    } else {
      peers.push_back({member, Progress(log_.last_index() + 1), {}, 0, {}, {}, {}});
    }
  }
  peers_ = std::move(peers);
}

// ---- the disk ----

bool RaftMachine::must_write() const {
  return hard_state_ != written_hard_state_ || unwritten_ <= log_.last_index() ||
         unwritten_snapshot_.has_value();
}

bool RaftMachine::is_disk_slow(Instant now) const {
  const auto oldest = writes_.oldest();
  return oldest && now - *oldest > options_.sync_age_max;
}

void RaftMachine::persisted(WriteNumber number, Instant now) {
  if (!writes_.done(number)) {
    return;
  }
  std::size_t released = 0;
  while (released < held_.size() && held_[released].after <= number) {
    auto& message = held_[released++].message;
    if (message.to != self_) {
      messages_.push_back(std::move(message));
    } else if (message.term == term() && role_ == RaftRole::candidate) {
      ballot_.cast(self_, true);
      conclude(now);
    }
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(released));
  if (role_ == RaftRole::leader) {
    advance_commit();
  }
}

void RaftMachine::write(Effects& effects, Instant now) {
  if (!must_write()) {
    return;
  }
  auto& write = effects.write.emplace();
  if (hard_state_ != written_hard_state_) {
    write.hard_state = hard_state_;
    written_hard_state_ = hard_state_;
  }
  write.snapshot = std::exchange(unwritten_snapshot_, std::nullopt);
  if (HEARTH_MUTANT("keep-the-log-before-a-snapshot")) {
    write.snapshot.reset();
  }
  for (; unwritten_ <= log_.last_index(); ++unwritten_) {
    write.entries.push_back(log_.at(unwritten_));
  }
  write.number = writes_.push(log_.last_index(), term(), now);
}

// ---- messages ----

void RaftMachine::send(const NodeId& to, Term term, Body body) {
  messages_.push_back({self_, to, term, std::move(body)});
}

/// For votes, which promise what has to be on the disk first.
void RaftMachine::send_when_durable(const NodeId& to, Body body) {
  const bool durable = !must_write() && writes_.idle();
  if ((durable || HEARTH_MUTANT("vote-before-the-sync")) && to != self_) {
    return send(to, std::move(body));
  }
  held_.push_back({writes_.last() + (must_write() ? 1 : 0), {self_, to, term(), std::move(body)}});
}

// ---- turns ----

void RaftMachine::commit_up_to(Index index) {
  HEARTH_CHECK(index <= log_.last_index());
  for (; commit_ < index; ++commit_) {
    if (role_ == RaftRole::leader) {
      reign_.uncommitted_bytes -= log_.at(commit_ + 1).bytes();
    }
  }
}

void RaftMachine::applied(Index index) {
  applied_ = std::max(applied_, std::min(index, commit_));
  freshness_.applied(applied_);
}

void RaftMachine::disconnected(const NodeId& peer, Instant now) {
  if (auto* lost = find(peer); lost != nullptr && role_ == RaftRole::leader) {
    lost->stamp = {};  // It may come back with another clock.
    lost->ledger = {};
    if (lost->progress.state() == Progress::State::replicate) {
      lost->progress.probe();
    }
  }
  if (role_ == RaftRole::follower && leader_ == peer) {
    HEARTH_PROBE(true, "raft: a follower forgets its leader");
    leader_ = {};
    put_off_election(now, options_.failover_delay);
  }
}

void RaftMachine::tick(Instant now) {
  const bool beat = now >= heartbeat_at_;
  if (beat) {
    const auto interval = options_.heartbeat_interval;
    heartbeat_at_ = Instant{} + (now.time_since_epoch() / interval + 1) * interval;
  }
  if (beat && !recalled_) {
    ask_all();
  }
  if (role_ == RaftRole::leader) {
    return beat ? reign(now) : void();
  }
  if (now >= election_at_) {
    is_electable(now) ? campaign(true, false, now)
                      : put_off_election(now, options_.election_timeout);
  }
}

Instant RaftMachine::wake_at() const {
  if (role_ == RaftRole::leader) {
    return heartbeat_at_;
  }
  return recalled_ ? election_at_ : std::min(election_at_, heartbeat_at_);
}

void RaftMachine::deliver(Effects& effects) {
  for (; delivered_ < commit_; ++delivered_) {
    effects.committed.push_back(log_.at(delivered_ + 1));
  }
}

void RaftMachine::stop(ErrorCode code, std::string detail) {
  stop_ = Error{code, std::move(detail)};
}

void RaftMachine::take(Effects& effects, Instant now) {
  effects.clear();
  if (stop_) {
    effects.stop = stop_;
    return;
  }
  if (role_ == RaftRole::leader) {
    if (reign_.reads.wants_round() && commit_ >= reign_.no_op) {
      begin_round(now);
    }
    for (auto& peer : peers_) {
      replicate(peer, now);
    }
    push_transfer();
    abdicate_if_removed(now);
  }
  acknowledge();
  write(effects, now);
  deliver(effects);
  const Leadership current{role_, term(), leader_};
  if (current != told_) {
    effects.leadership = current;
    told_ = current;
  }
  effects.open_snapshot = std::exchange(reign_.wants_snapshot, false);
  effects.messages.swap(messages_);
  effects.stage.swap(stage_);
  effects.reads.swap(reads_);
}

bool RaftMachine::decides() const {
  if (HEARTH_MUTANT("decide-before-the-no-op")) {
    return role_ == RaftRole::leader;
  }
  return role_ == RaftRole::leader && applied_ >= reign_.no_op && !is_leaving();
}

Index RaftMachine::trim(Index index) {
  index = std::min(index, applied_);
  for (const auto& peer : peers_) {
    if (role_ == RaftRole::leader && peer.progress.state() == Progress::State::snapshot) {
      index = std::min(index, peer.progress.transfer().id().index);
    }
  }
  if (index > log_.base().index) {
    log_.trim(index);
  }
  return log_.base().index;
}

}  // namespace hearth::replication
