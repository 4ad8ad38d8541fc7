#include "sim/swarm/swarm.hpp"

#include "sim/drill/atlas.hpp"
#include "sim/random.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view name_prefix = "swarm-";

/// Small worlds: a bug that needs many nodes is rare, and many small runs try more than a large
/// one.
drill::Topology draw_topology(Random& random) {
  constexpr std::string_view regions[] = {"eu", "us", "ap"};
  drill::Topology topology;
  const auto count = random.between(1, std::size(regions));
  topology.regions.assign(std::begin(regions),
                          std::begin(regions) + static_cast<std::ptrdiff_t>(count));
  topology.directories_per_region = static_cast<std::uint32_t>(random.between(1, 2));
  topology.super_peers_per_region = static_cast<std::uint32_t>(random.between(1, 2));
  topology.homes = static_cast<std::uint32_t>(random.between(1, 3));
  topology.clients = static_cast<std::uint32_t>(random.between(1, 5));
  topology.rocks_homes = static_cast<std::uint32_t>(random.below(2));
  return topology;
}

/// Each kind of work is sometimes absent: what it hides then shows.
drill::Workload draw_workload(Random& random) {
  const auto rate = [&random](std::uint64_t most) {
    return random.chance(0.2) ? 0.0 : static_cast<double>(random.between(1, most * 4)) / 4;
  };
  drill::Workload workload;
  workload.streams = static_cast<std::uint32_t>(random.below(6));
  workload.rate_mbit = static_cast<double>(random.between(1, 8)) / 4;
  workload.browse_per_s = rate(5);
  workload.commands_per_s = rate(5);
  workload.rescans_per_s = rate(1);
  workload.share_changes_per_s = rate(4);
  return workload;
}

void draw_limits(Random& random, drill::SimSettings& sim) {
  if (random.chance(0.5)) {
    sim.link_credit = static_cast<std::uint32_t>(random.between(1, 3));
  }
  if (random.chance(0.3)) {
    sim.link_queue = static_cast<std::uint32_t>(random.between(4, 32));
  }
  if (random.chance(0.3)) {
    // A page of everything must fit.
    sim.link_backlog = static_cast<std::uint32_t>(random.between(32, 128)) << 10U;
  }
  if (random.chance(0.3)) {
    sim.link_strangers = static_cast<std::uint32_t>(random.between(2, 6));
  }
  if (random.chance(0.5)) {
    sim.accounts_held = static_cast<std::uint32_t>(random.between(1, 2));
  }
  if (random.chance(0.5)) {
    sim.snapshot_after = static_cast<std::uint32_t>(random.between(2, 40));
  }
}

/// Some runs go on for longer than a revocation, or a ticket, may last.
void draw_ending(Random random, Millis horizon, drill::Drill& drill) {
  constexpr Millis revocation_bound{60'000};
  switch (random.below(4)) {
    case 0:
      drill.workload.revocations = 1;
      drill.sim.duration = horizon + revocation_bound + drill.verify.converge_within;
      break;
    case 1: drill.verify.without_directories = Millis(60'000); break;
    default: break;
  }
}

}  // namespace

drill::Drill draw_swarm(std::uint64_t seed) {
  const Random all(seed);
  auto shape = all.fork("swarm shape");
  auto work = all.fork("swarm work");
  auto faults = all.fork("swarm faults");
  drill::Drill drill;
  drill.name = swarm_name(seed);
  drill.says = fmt::format("What seed {} of the swarm draws.", seed);
  drill.topology = draw_topology(shape);
  draw_limits(shape, drill.sim);
  drill.workload = draw_workload(work);
  drill::DrawOptions options;
  options.horizon = Millis(static_cast<std::int64_t>(faults.between(5, 20)) * 1000);
  options.intensity = static_cast<double>(faults.below(9)) / 8;
  drill.method = drill::draw_faults([&faults](std::uint64_t end) { return faults.below(end); },
                                    drill.topology, options);
  drill.objectives.rpo_events = 0;
  drill.objectives.hold = 1s;
  drill.verify.converge_within = 5s;
  drill.sim.seeds = 1;
  draw_ending(all.fork("swarm ending"), options.horizon, drill);
  return drill;
}

std::string swarm_name(std::uint64_t seed) {
  return fmt::format("{}{}", name_prefix, seed);
}

std::optional<std::uint64_t> swarm_seed(std::string_view name) {
  if (!name.starts_with(name_prefix)) {
    return std::nullopt;
  }
  name.remove_prefix(name_prefix.size());
  std::uint64_t seed = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), seed);
  const bool whole = failure == std::errc{} && end == name.data() + name.size();
  return whole && seed > 0 ? std::optional(seed) : std::nullopt;
}

}  // namespace hearth::sim
