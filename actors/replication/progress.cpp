#include "actors/replication/progress.hpp"

#include <algorithm>

namespace hearth::replication {

bool Progress::may_append(const RaftOptions& options) const {
  switch (state_) {
    case State::probe: return !probe_sent_;
    case State::replicate:
      return window_.appends() < options.inflight_appends_max &&
             window_.bytes() < options.inflight_bytes_max;
    case State::snapshot: break;
  }
  return false;
}

bool Progress::lacks(Index last, Index commit) const {
  return state_ == State::probe || next_ <= last || told_commit_ < commit;
}

void Progress::appended(Index last, std::size_t bytes, Index commit) {
  told_commit_ = std::max(told_commit_, commit);
  if (state_ == State::probe) {
    probe_sent_ = true;
    probe_last_ = last;
  } else if (last >= next_) {
    window_.push(last, bytes);
    next_ = last + 1;
  }
}

bool Progress::accepted(Index index) {
  const bool fresh = index > match_;
  match_ = std::max(match_, index);
  next_ = std::max(next_, match_ + 1);
  window_.free_up_to(index);
  if (state_ == State::probe) {
    // It has the whole append, though maybe not on its disk yet.
    next_ = std::max(next_, probe_sent_ ? probe_last_ + 1 : 0);
    state_ = State::replicate;
  } else if (state_ == State::snapshot && match_ >= transfer_.id().index) {
    state_ = State::replicate;
  }
  return fresh;
}

void Progress::rejected(Index prev, Index retry) {
  const bool old = state_ == State::probe ? prev + 1 != next_ : prev <= match_;
  if (state_ != State::snapshot && !old) {
    probe();
    next_ = std::max(std::min(prev, retry + 1), match_ + 1);
  }
}

void Progress::probe() {
  state_ = State::probe;
  next_ = match_ + 1;
  told_commit_ = 0;
  probe_sent_ = false;
  window_.clear();
}

void Progress::send_snapshot(SnapshotTransfer transfer) {
  probe();
  state_ = State::snapshot;
  transfer_ = transfer;
}

std::string_view name_of(Progress::State state) {
  switch (state) {
    case Progress::State::replicate: return "replicate";
    case Progress::State::snapshot: return "snapshot";
    case Progress::State::probe: break;
  }
  return "probe";
}

}  // namespace hearth::replication
