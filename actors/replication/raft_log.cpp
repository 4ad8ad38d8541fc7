#include "actors/replication/raft_log.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication {

RaftLog::RaftLog(Snapshot base, std::vector<Entry> entries) : base_(base.id) {
  configurations_.push_back({base.id.index, std::move(base.configuration)});
  for (auto& entry : entries) {
    push(std::move(entry));
  }
}

std::optional<Term> RaftLog::term_at(Index index) const {
  if (index < base_.index || index > last_index()) {
    return std::nullopt;
  }
  return index == base_.index ? base_.term : at(index).term;
}

bool RaftLog::is_covered_by(Index last_index, Term last_term) const {
  if (HEARTH_MUTANT("vote-for-an-old-log")) {
    return true;
  }
  return last_term > this->last_term() ||
         (last_term == this->last_term() && last_index >= this->last_index());
}

Index RaftLog::last_not_after(Index index, Term term) const {
  for (index = std::min(index, last_index()); index > base_.index; --index) {
    if (at(index).term <= term) {
      return index;
    }
  }
  return base_.index;
}

void RaftLog::push(Entry entry) {
  HEARTH_CHECK(entry.index == last_index() + 1);
  if (entry.kind == EntryKind::configuration) {
    auto configuration = decode_configuration(*entry.payload);
    HEARTH_CHECK(configuration.has_value());
    configurations_.push_back({entry.index, std::move(*configuration)});
  }
  bytes_ += entry.bytes();
  entries_.push_back(std::move(entry));
}

void RaftLog::truncate(Index first) {
  HEARTH_CHECK(first > base_.index);
  while (last_index() >= first) {
    bytes_ -= entries_.back().bytes();
    entries_.pop_back();
  }
  while (configurations_.back().index >= first && !HEARTH_MUTANT("keep-a-truncated-change")) {
    configurations_.pop_back();
  }
}

void RaftLog::trim(Index index) {
  const auto term = term_at(index);
  HEARTH_CHECK(term.has_value());
  while (configurations_.size() > 1 && configurations_[1].index <= index) {
    configurations_.erase(configurations_.begin());
  }
  for (auto left = index - base_.index; left > 0; --left) {
    bytes_ -= entries_.front().bytes();
    entries_.pop_front();
  }
  base_ = {index, *term};
}

void RaftLog::restart_after(const Snapshot& snapshot) {
  base_ = snapshot.id;
  entries_.clear();
  bytes_ = 0;
  configurations_.assign(1, {snapshot.id.index, snapshot.configuration});
}

const Configuration& RaftLog::configuration_at(Index index) const {
  const auto after = std::find_if(configurations_.begin() + 1, configurations_.end(),
                                  [index](const Dated& dated) { return dated.index > index; });
  return std::prev(after)->configuration;
}

bool RaftLog::was_voter_since(Index index, const NodeId& node) const {
  return configuration_at(index).is_voter(node) ||
         std::any_of(configurations_.begin(), configurations_.end(), [&](const Dated& dated) {
           return dated.index > index && dated.configuration.is_voter(node);
         });
}

void RaftLog::copy(Index first, std::size_t bytes_max, std::vector<Entry>& into) const {
  std::size_t bytes = 0;
  for (auto index = first; index <= last_index(); ++index) {
    bytes += at(index).bytes();
    if (index > first && bytes > bytes_max) {
      return;
    }
    into.push_back(at(index));
  }
}

}  // namespace hearth::replication
