#include "actors/replication/freshness.hpp"

#include <algorithm>

namespace hearth::replication {

void StampLedger::begin(Instant stamp, std::uint64_t round, Index commit) {
  if (round_ == 0 && stamp > confirmed_.stamp) {
    waiting_ = {stamp, commit};
    round_ = round;
  }
}

void StampLedger::confirm(std::uint64_t round) {
  if (round_ != 0 && round >= round_) {
    confirmed_ = waiting_;
    round_ = 0;
  }
}

void Freshness::confirm(const Confirmation& confirmation) {
  // The older one stays: a newer index may never be applied before the next comes.
  if (!waiting_ && confirmation.stamp > since_) {
    waiting_ = confirmation;
    applied(applied_);
  }
}

void Freshness::applied(Index index) {
  applied_ = std::max(applied_, index);
  if (waiting_ && waiting_->index <= applied_) {
    since_ = waiting_->stamp;
    waiting_.reset();
  }
}

}  // namespace hearth::replication
