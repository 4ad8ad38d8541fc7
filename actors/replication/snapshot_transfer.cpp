#include "actors/replication/snapshot_transfer.hpp"

#include <algorithm>

namespace hearth::replication {

void SnapshotTransfer::wants(std::uint32_t next, Instant now) {
  next = std::min(next, chunks_);
  if (next == staged_) {
    return;
  }
  sent_ = next < staged_ ? next : std::max(sent_, next);
  staged_ = next;
  moved_at_ = now;
}

void SnapshotTransfer::retry_if_stuck(Instant since, Instant now) {
  if (moved_at_ <= since) {
    // The last one again where all are staged: its answer is that the snapshot is in place.
    sent_ = std::min(staged_, chunks_ - 1);
    moved_at_ = now;
  }
}

}  // namespace hearth::replication
