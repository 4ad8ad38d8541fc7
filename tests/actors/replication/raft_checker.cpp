#include "tests/actors/replication/raft_checker.hpp"

#include "actors/replication/quorum.hpp"

#include <algorithm>

namespace hearth::replication::testing {

namespace {

/// Whether `disk` has the entry with this index and term, in its log or in its state.
bool holds(const Disk& disk, Index index, Term term) {
  return index <= disk.base.id.index || disk.term_at(index) == term;
}

}  // namespace

RaftChecker::RaftChecker(const std::deque<Replica>& replicas)
    : replicas_(replicas),
      last_commits_(Configuration::members_max),
      last_freshness_(Configuration::members_max) {}

void RaftChecker::violate(const Replica& replica, const std::string& what) {
  if (violation_.empty()) {
    violation_ = "node " + std::to_string(number_of(replica.id())) + ": " + what;
  }
}

Index& RaftChecker::last_commit_of(const Replica& replica) {
  return last_commits_[static_cast<std::size_t>(number_of(replica.id()) - 1)];
}

RaftChecker::Known RaftChecker::known(const RaftLog& log, Index index) {
  return {log.at(index).term, *log.term_at(index - 1), log.at(index).payload.get()};
}

void RaftChecker::started(const Replica& replica) {
  last_commit_of(replica) = replica.machine().committed();
  last_freshness_[static_cast<std::size_t>(number_of(replica.id()) - 1)] = {};
}

void RaftChecker::turned(const Replica& replica, const Effects& effects, Instant now) {
  if (effects.stop) {
    return violate(replica, "stops: " + effects.stop->detail);
  }
  if (!replica.nonsense().empty()) {
    violate(replica, replica.nonsense());
  }
  if (effects.write) {
    check_log_matching(*effects.write);
  }
  if (replica.machine().role() == RaftRole::leader) {
    check_leader(replica);
  }
  check_commit(replica, now);
  check_promises(replica, effects);
  check_decision(replica);
  check_freshness(replica);
  for (const auto& read : effects.reads) {
    ++reads_answered_;
    if (read.index < reads_[read.token]) {
      violate(replica, "a read does not see what was committed before it");
    }
  }
}

/// Election safety: at most one leader a term. Leader completeness: it has all that is committed.
void RaftChecker::check_leader(const Replica& replica) {
  const auto& machine = replica.machine();
  if (leader_by_term_.size() <= machine.term()) {
    leader_by_term_.resize(machine.term() + 1);
  }
  auto& leader = leader_by_term_[machine.term()];
  if (leader == replica.id()) {
    return;
  }
  if (!leader.is_zero()) {
    return violate(replica, "is a second leader of term " + std::to_string(machine.term()));
  }
  leader = replica.id();
  const auto last = std::find_if(committed_.rbegin(), committed_.rend(),
                                 [&](const Commit& commit) { return commit.by < machine.term(); });
  const auto index = static_cast<Index>(committed_.rend() - last);
  if (index > machine.log().base().index &&
      !machine.log().matches(index, committed_[index - 1].entry.term)) {
    violate(replica, "leads without the committed entry " + std::to_string(index));
  }
}

/// Whoever has an entry of this index and term has the same one, after the same one.
void RaftChecker::check_log_matching(const Write& write) {
  for (std::size_t i = 0; i < write.entries.size(); ++i) {
    const auto& entry = write.entries[i];
    if (entries_by_index_.size() <= entry.index) {
      entries_by_index_.resize(entry.index + 1);
    }
    auto& known = entries_by_index_[entry.index];
    const auto found = std::find_if(known.begin(), known.end(), [&entry](const Known& other) {
      return other.term == entry.term;
    });
    if (found == known.end()) {
      known.push_back({entry.term, i > 0 ? write.entries[i - 1].term : 0, entry.payload.get()});
      continue;
    }
    const bool differs =
        found->payload != entry.payload.get() ||
        (i > 0 && found->previous != 0 && found->previous != write.entries[i - 1].term);
    if (differs && violation_.empty()) {
      violation_ = "two logs do not match at entry " + std::to_string(entry.index);
    }
    found->previous = i > 0 ? write.entries[i - 1].term : found->previous;
  }
}

/// A commit index never goes back, and whoever commits an index commits the same entry.
void RaftChecker::check_commit(const Replica& replica, Instant now) {
  const auto& machine = replica.machine();
  const auto& log = machine.log();
  auto& last = last_commit_of(replica);
  if (machine.committed() < last) {
    violate(replica, "takes a commit back");
  }
  if (machine.committed() == last) {
    return;
  }
  for (auto index = std::max(last, log.base().index) + 1; index <= machine.committed(); ++index) {
    const auto entry = known(log, index);
    if (index > committed_.size()) {
      if (index == committed_.size() + 1) {
        committed_.push_back({entry, machine.term(), now});
      }
      if (index == machine.committed()) {
        check_durability(replica, index);
      }
    } else if (committed_[index - 1].entry.term != entry.term ||
               committed_[index - 1].entry.payload != entry.payload) {
      violate(replica, "commits another entry " + std::to_string(index));
    }
  }
  last = machine.committed();
}

/// What is committed is on the disks of a majority. Only for the first to know: later ones may have
/// another configuration.
void RaftChecker::check_durability(const Replica& replica, Index index) {
  const auto& log = replica.machine().log();
  const auto term = *log.term_at(index);
  std::size_t copies = 0;
  for (const auto& other : replicas_) {
    const bool counts = log.configuration().is_voter(other.id());
    copies += counts && holds(other.disk(), index, term) ? 1U : 0U;
  }
  if (copies < majority(log.configuration().voters())) {
    violate(replica, "commits entry " + std::to_string(index) + ", which is on " +
                         std::to_string(copies) + " disks");
  }
}

/// No vote and no acknowledgement before what it promises is durable.
void RaftChecker::check_promises(const Replica& replica, const Effects& effects) {
  const auto& disk = replica.disk();
  for (const auto& message : effects.messages) {
    if (const auto* reply = std::get_if<VoteReply>(&message.body)) {
      const bool durable = disk.hard_state.term > message.term ||
                           disk.hard_state == HardState{message.term, message.to};
      if (reply->granted && !reply->pre && !durable) {
        violate(replica, "votes before the vote is durable");
      }
    } else if (const auto* accepted = std::get_if<AppendAccepted>(&message.body)) {
      if (disk.hard_state.term < message.term || disk.last_index() < accepted->index) {
        violate(replica, "acknowledges what is not durable");
      }
    }
  }
}

/// Who decides has applied all that leaders before it have committed.
void RaftChecker::check_decision(const Replica& replica) {
  const auto& machine = replica.machine();
  if (!machine.decides() || replica.applied() >= committed_.size()) {
    return;
  }
  if (committed_[replica.applied()].by < machine.term()) {
    violate(replica, "decides on an old state");
  }
}

/// What was committed at the instant of `recent_since` is applied.
void RaftChecker::check_freshness(const Replica& replica) {
  auto& last = last_freshness_[static_cast<std::size_t>(number_of(replica.id()) - 1)];
  const auto since = replica.machine().recent_since();
  if (since == last) {
    return;
  }
  last = since;
  if (replica.applied() < committed_.size() && committed_[replica.applied()].at < since) {
    violate(replica, "takes an old state for a recent one");
  }
}

void RaftChecker::applied(const Replica& replica, const Entry& entry) {
  const bool right = entry.index == replica.applied() + 1 && entry.index <= committed_.size() &&
                     committed_[entry.index - 1].entry.term == entry.term &&
                     committed_[entry.index - 1].entry.payload == entry.payload.get();
  if (!right) {
    violate(replica, "applies another entry as number " + std::to_string(entry.index));
  }
}

std::uint64_t RaftChecker::read_asked() {
  reads_.push_back(committed());
  return reads_.size() - 1;
}

void RaftChecker::lonely_leader(const Replica& replica) {
  violate(replica, "leads although no majority has answered for long");
}

}  // namespace hearth::replication::testing
