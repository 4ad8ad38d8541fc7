#pragma once
// How far one follower has got with the chunks of one snapshot. What was staged before a break of
// the connection counts: the answer to any chunk says where to go on.

#include "messages/replication/raft_types.hpp"

#include <cstdint>

namespace hearth::replication {

class SnapshotTransfer {
 public:
  SnapshotTransfer() = default;
  SnapshotTransfer(SnapshotId id, std::uint32_t chunks, Instant now)
      : id_(id), chunks_(chunks), moved_at_(now) {}

  [[nodiscard]] SnapshotId id() const { return id_; }
  [[nodiscard]] bool may_send(std::uint32_t inflight_max) const {
    return sent_ < chunks_ && sent_ < staged_ + inflight_max;
  }
  /// The number of the chunk to send now. Precondition: `may_send`.
  std::uint32_t send() { return sent_++; }

  /// The follower wants chunk `next`: a lower one than before where it has begun anew, or a crash
  /// took what was not durable.
  void wants(std::uint32_t next, Instant now);
  /// Sends again what is on its way, if nothing has moved since `since`.
  void retry_if_stuck(Instant since, Instant now);

 private:
  SnapshotId id_;
  std::uint32_t chunks_ = 0;
  std::uint32_t staged_ = 0;  // at the follower
  std::uint32_t sent_ = 0;
  Instant moved_at_{};
};

}  // namespace hearth::replication
