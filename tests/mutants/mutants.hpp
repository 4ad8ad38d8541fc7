#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hearth::mutants {

/// A mistake that the preset `mutants` can make on purpose.
struct Mutant {
  std::string_view name;  ///< At its sites: HEARTH_MUTANT("name").
  /// Whose checker must notice: "P1", "no error lines", "steady state"; any of the swarm's: "Raft".
  std::string_view promise;
  std::string_view drill;  ///< That makes it matter: a file of drills/, or `raft_swarm`.
  std::string_view says;   ///< What was done wrong.
};

/// In place of a drill: groups of replicas alone, tests/actors/replication/raft_swarm.hpp.
inline constexpr std::string_view raft_swarm = "raft-swarm";
inline constexpr std::uint64_t raft_swarm_seeds = 50'000;

/// Every mutant there is, by promise.
[[nodiscard]] const std::vector<Mutant>& all();

}  // namespace hearth::mutants
