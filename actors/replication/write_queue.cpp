#include "actors/replication/write_queue.hpp"

#include "messages/base/mutant.hpp"

#include <algorithm>

namespace hearth::replication {

WriteNumber WriteQueue::push(Index last, Term term, Instant now) {
  under_way_.push_back({last, term, now});
  return this->last();
}

void WriteQueue::replaced(Index first) {
  stable_ = std::min(stable_, first - 1);
  if (HEARTH_MUTANT("believe-an-overtaken-write")) {
    return;
  }
  for (auto& write : under_way_) {
    write.last = std::min(write.last, first - 1);
  }
}

bool WriteQueue::done(WriteNumber number) {
  if (number <= done_ || number > last()) {
    return false;
  }
  for (; done_ < number; ++done_) {
    stable_ = std::max(stable_, under_way_.front().last);
    stable_term_ = under_way_.front().term;
    under_way_.pop_front();
  }
  return true;
}

std::optional<Instant> WriteQueue::oldest() const {
  return under_way_.empty() ? std::nullopt : std::optional(under_way_.front().since);
}

}  // namespace hearth::replication
