#pragma once
// The swarm: for every seed another drill. Topology, limits, workload and faults are all drawn, so
// that what nobody thought of is tried too; the faults stay within the atlas, so that every failure
// is a bug. What is drawn is a drill like any other: it can be written to a file, replayed, shrunk.

#include "sim/drill/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::sim {

/// The drill of `seed`, at least 1. The same on every machine.
[[nodiscard]] drill::Drill draw_swarm(std::uint64_t seed);

/// "swarm-17", which `swarm_seed` reads back. Nothing: it is the name of something else.
[[nodiscard]] std::string swarm_name(std::uint64_t seed);
[[nodiscard]] std::optional<std::uint64_t> swarm_seed(std::string_view name);

}  // namespace hearth::sim
