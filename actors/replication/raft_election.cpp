// Elections: who asks, who votes, who wins.

#include "actors/replication/raft_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <tuple>

namespace hearth::replication {

/// For once to twice as long as `least`.
void RaftMachine::put_off_election(Instant now, Millis least) {
  const auto spread = random_() % static_cast<std::uint64_t>(least.count());
  election_at_ = now + least + Millis(static_cast<std::int64_t>(spread));
}

/// Who is no voter in a configuration that may never be committed may have to lead until it is: the
/// others may lack what it has, and nobody would vote for them. Source: thesis 4.2.2.
bool RaftMachine::is_electable(Instant now) const {
  return recalled_ && log_.was_voter_since(commit_, self_) && !is_disk_slow(now);
}

bool RaftMachine::has_live_leader(Instant now) const {
  return role_ == RaftRole::leader ||
         (!leader_.is_zero() && now - leader_heard_at_ < options_.election_timeout);
}

/// Becomes a follower of `leader`, or of nobody that is known.
void RaftMachine::follow(Term term, const NodeId& leader, Instant now) {
  if (term > this->term()) {
    hard_state_ = {term, {}};
    forget_acknowledgements();
  }
  reign_ = {};
  role_ = RaftRole::follower;
  leader_ = leader;
  if (!leader.is_zero()) {
    leader_heard_at_ = now;
  }
  put_off_election(now, options_.election_timeout);
}

/// Asks all voters, first what they would say (`pre`) so that who cannot win disturbs nobody, then
/// for their votes. `transfer`: the leader has asked for this.
void RaftMachine::campaign(bool pre, bool transfer, Instant now) {
  HEARTH_PROBE(role_ == RaftRole::candidate, "raft: an election ends without a leader");
  ballot_.clear();
  role_ = pre ? RaftRole::pre_candidate : RaftRole::candidate;
  leader_ = {};
  // To ask again disturbs nobody, and the others may hear only now that their leader is gone.
  put_off_election(now, options_.election_timeout / (pre ? 4 : 2));
  if (!pre) {
    hard_state_ = {term() + 1, self_};
    forget_acknowledgements();
  }
  const VoteRequest request{log_.last_index(), log_.last_term(), pre, transfer};
  for (const auto& peer : peers_) {
    if (peer.member.votes) {
      pre ? send(peer.member.node, term() + 1, request)
          : send_when_durable(peer.member.node, request);
    }
  }
  if (!pre) {
    return send_when_durable(self_, VoteReply{false, true});
  }
  ballot_.cast(self_, true);
  conclude(now);
}

void RaftMachine::conclude(Instant now) {
  const auto outcome = ballot_.outcome(log_.configuration());
  if (outcome == Ballot::Outcome::lost) {
    return follow(term(), {}, now);
  }
  if (outcome == Ballot::Outcome::won) {
    role_ == RaftRole::pre_candidate ? campaign(false, false, now) : lead(now);
  }
}

void RaftMachine::on(const Message& message, const VoteRequest& request, Instant now) {
  const bool covered = log_.is_covered_by(request.last_index, request.last_term);
  if (request.pre) {
    return answer_pre_vote(message, covered && !outranks(message.from, request), now);
  }
  const bool free =
      leader_.is_zero() && (hard_state_.vote.is_zero() || hard_state_.vote == message.from ||
                            HEARTH_MUTANT("vote-twice-in-a-term") ||
                            (request.transfer && HEARTH_MUTANT("vote-again-for-a-transferee")));
  if (!free || !covered) {
    return send(message.from, VoteReply{false, false});
  }
  hard_state_.vote = message.from;
  put_off_election(now, options_.election_timeout);
  send_when_durable(message.from, VoteReply{false, true});
}

/// Where two ask at the same time and could both win, one has to give way, or they split the votes.
bool RaftMachine::outranks(const NodeId& other, const VoteRequest& request) const {
  const auto* mine = log_.configuration().find(self_);
  const auto* its = log_.configuration().find(other);
  return role_ == RaftRole::pre_candidate && log_.matches(request.last_index, request.last_term) &&
         mine != nullptr && its != nullptr &&
         std::tie(mine->priority, mine->node) > std::tie(its->priority, its->node);
}

void RaftMachine::answer_pre_vote(const Message& message, bool agrees, Instant now) {
  const bool granted = agrees && message.term > term();
  if (granted && role_ == RaftRole::follower) {  // Give it time to win.
    election_at_ = std::max(election_at_, now + options_.election_timeout / 4);
  }
  // Granted in the term that it would have; refused in ours, which it may have to catch up with.
  send(message.from, granted ? message.term : term(), VoteReply{true, granted});
}

void RaftMachine::on(const Message& message, const VoteReply& reply, Instant now) {
  const bool asked =
      reply.pre ? role_ == RaftRole::pre_candidate && (!reply.granted || message.term == term() + 1)
                : role_ == RaftRole::candidate;
  if (asked) {
    ballot_.cast(message.from, reply.granted);
    conclude(now);
  }
}

void RaftMachine::on(const Message& message, const TimeoutNow&, Instant now) {
  if (leader_ == message.from && is_electable(now)) {
    campaign(false, true, now);
  }
}

void RaftMachine::lead(Instant now) {
  role_ = RaftRole::leader;
  leader_ = self_;
  reign_ = {};
  reign_.no_op = log_.last_index() + 1;
  reign_.return_at = now + options_.return_delay;
  for (auto& peer : peers_) {
    peer.progress = Progress(reign_.no_op);
    peer.heard_at = now;
    peer.round = 0;
    peer.stamp = {};
    peer.ledger = {};
  }
  for (auto index = commit_ + 1; index <= log_.last_index(); ++index) {
    reign_.uncommitted_bytes += log_.at(index).bytes();
  }
  push(EntryKind::no_op, nullptr);
  advance_commit();
}

}  // namespace hearth::replication
