#pragma once
// The Raft swarm: a group of 3 to 5 replicas whose network loses, doubles, delays and reorders,
// whose disks are slow and forget what was not synced, that crash, are cut off from each other,
// change their members, hand over and trim, all as a seed says. RaftChecker judges every step.
// Then everything heals, and the group has to go on.

#include <cstdint>
#include <functional>
#include <string>

namespace hearth::replication::testing {

struct SwarmOutcome {
  std::string violation;  ///< Empty: all held.
  std::uint64_t steps = 0;
  std::uint64_t committed = 0;
  std::uint64_t reads = 0;
  std::uint64_t terms = 0;
};

/// Is shown what every turn wants done.
using SwarmTrace = std::function<void(const std::string&)>;

/// The same seed gives the same outcome.
[[nodiscard]] SwarmOutcome run_swarm(std::uint64_t seed, const SwarmTrace& trace = {});

}  // namespace hearth::replication::testing
