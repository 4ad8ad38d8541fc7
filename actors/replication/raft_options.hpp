#pragma once

#include "messages/base/limits.hpp"
#include "messages/base/types.hpp"
#include "messages/replication/raft_types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace hearth::replication {

/// Chance, from outside: 64 even bits a call.
using RandomPort = std::function<std::uint64_t()>;

/// For round trips of up to 150 ms and disks whose slowest syncs take 60 ms (99.9 %): heartbeats
/// do not wait for disks, elections do.
struct RaftOptions {
  Millis heartbeat_interval{100};
  /// How long silence is no sign of death. A follower waits for once to twice this.
  Millis election_timeout{1000};
  /// From a broken connection with the leader to the election, once to twice: long enough for the
  /// others to hear of it too, and for one to be ahead of them.
  Millis failover_delay{75};
  /// Who leads although a healthy voter of higher priority is there hands over after this.
  Millis return_delay{5000};
  /// A disk whose oldest sync takes longer is no disk for a leader or an elector.
  Millis sync_age_max{1000};

  std::size_t append_bytes_max = std::size_t{512} << 10U;  ///< One entry always fits.
  std::size_t inflight_appends_max = 64;                   ///< To one follower.
  std::size_t inflight_bytes_max = std::size_t{8} << 20U;  ///< Likewise.
  std::uint32_t inflight_chunks_max = 4;                   ///< Of a snapshot, likewise.
  std::uint64_t promotion_lag_max = 1000;  ///< Entries that a learner may lack to become a voter.
};
static_assert(RaftOptions().append_bytes_max <= limits::raft_entry_bytes_max &&
                  RaftOptions().append_bytes_max / Entry::overhead_bytes <=
                      limits::raft_entries_max,
              "an append fits a frame");

}  // namespace hearth::replication
