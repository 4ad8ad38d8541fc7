#include "tests/actors/replication/replica.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication::testing {

NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes.back() = number;
  return id;
}

int number_of(const NodeId& node) {
  return node.bytes.back();
}

Configuration voters(std::uint8_t count) {
  Configuration configuration;
  for (std::uint8_t number = 1; number <= count; ++number) {
    configuration.members.push_back({node(number), true, 0});
  }
  return configuration;
}

std::optional<Term> Disk::term_at(Index index) const {
  if (index < base.id.index || index > last_index()) {
    return std::nullopt;
  }
  return index == base.id.index ? base.id.term : entries[index - base.id.index - 1].term;
}

void Disk::truncate(Index first) {
  while (last_index() >= first && !entries.empty()) {
    entries.pop_back();
  }
}

void Disk::trim(const Snapshot& to) {
  const auto gone = static_cast<std::ptrdiff_t>(to.id.index - base.id.index);
  entries.erase(entries.begin(), entries.begin() + gone);
  base = to;
}

Replica::Replica(NodeId self, Disk disk, RaftOptions options, RandomPort random)
    : self_(self), options_(options), random_(std::move(random)), disk_(std::move(disk)) {}

void Replica::start(Instant now) {
  applied_ = disk_.applied;
  Recovered recovered{disk_.hard_state, disk_.base, disk_.entries, disk_.applied, disk_.staged};
  machine_.emplace(self_, std::move(recovered), options_, random_, now);
}

void Replica::crash(std::size_t survivors) {
  for (std::size_t i = 0; i < survivors && i < queue_.size(); ++i) {
    perform(queue_[i]);
  }
  queue_.clear();
  to_apply_.clear();
  switch_at_ = 0;
  machine_.reset();
}

const Effects& Replica::turn(Instant now) {
  machine_->take(effects_, now);
  Job job;
  job.stage = effects_.stage;
  if (effects_.write) {
    if (effects_.write->snapshot) {
      // What was still to be applied is in the snapshot.
      to_apply_.clear();
      switch_at_ = effects_.write->number;
      switch_to_ = effects_.write->snapshot->id.index;
    }
    job.write = effects_.write;
  }
  if (job.write || !job.stage.empty()) {
    job.applied = switch_at_ == 0 ? applied_ : 0;
    queue_.push_back(std::move(job));
  }
  to_apply_.insert(to_apply_.end(), effects_.committed.begin(), effects_.committed.end());
  return effects_;
}

bool Replica::sync(Instant now) {
  if (queue_.empty()) {
    return false;
  }
  const auto job = std::move(queue_.front());
  queue_.pop_front();
  perform(job);
  if (!job.write) {
    return true;
  }
  machine_->persisted(job.write->number, now);
  if (switch_at_ != 0 && job.write->number >= switch_at_) {
    switch_at_ = 0;
    applied_ = switch_to_;
    machine_->applied(applied_);
  }
  return true;
}

void Replica::apply(std::size_t count, const std::function<void(const Entry&)>& seen) {
  if (switch_at_ != 0 || to_apply_.empty() || count == 0) {
    return;
  }
  for (; count > 0 && !to_apply_.empty(); --count) {
    const auto& entry = to_apply_.front();
    seen(entry);
    applied_ = entry.index;
    to_apply_.pop_front();
  }
  machine_->applied(applied_);
  queue_.push_back({});
  queue_.back().applied = applied_;
}

void Replica::trim(Index index) {
  const auto base = machine_->log().base().index;
  if (switch_at_ == 0 && machine_->trim(std::min(index, applied_)) > base) {
    const auto& log = machine_->log();
    queue_.push_back({});
    queue_.back().applied = applied_;
    queue_.back().trim = Snapshot{log.base(), log.configuration_at(log.base().index)};
  }
}

void Replica::perform(const Job& job) {
  for (const auto& chunk : job.stage) {
    const Staged before{chunk.from, chunk.id, chunk.chunks, chunk.position};
    if (chunk.position > 0 && disk_.staged != before) {
      nonsense_ = "stages a chunk after one that is not there";
    }
    disk_.staged = {chunk.from, chunk.id, chunk.chunks, chunk.position + 1};
  }
  if (job.write) {
    put(*job.write);
  }
  disk_.applied = std::max(disk_.applied, job.applied);
  if (job.trim) {
    nonsense_ = job.trim->id.index > disk_.applied ? "trims what is not applied" : nonsense_;
    disk_.trim(*job.trim);
  }
}

void Replica::put(const Write& write) {
  if (write.hard_state) {
    disk_.hard_state = *write.hard_state;
  }
  if (write.snapshot) {
    if (disk_.staged.id != write.snapshot->id || disk_.staged.next != disk_.staged.chunks) {
      nonsense_ = "switches to a snapshot that is not all there";
    }
    disk_.base = *write.snapshot;
    disk_.entries.clear();
    disk_.applied = write.snapshot->id.index;
    disk_.staged = {};
  }
  if (!write.entries.empty()) {
    disk_.truncate(write.entries.front().index);
    disk_.entries.insert(disk_.entries.end(), write.entries.begin(), write.entries.end());
  }
}

}  // namespace hearth::replication::testing
