// hearth-mutants: makes one mistake on purpose, and plays a drill until its checker notices.

#include "sim/drill/catalogue.hpp"
#include "sim/drill/outcome.hpp"
#include "sim/run/drill_run.hpp"
#include "tests/actors/replication/raft_swarm.hpp"
#include "tests/mutants/mutants.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace hearth;
using mutants::Mutant;

drill::Drill load(std::string_view name) {
  static const std::vector<std::filesystem::path> folders{HEARTH_MUTANT_DRILLS};
  auto drill = drill::load_drill(std::string(name), folders);
  if (!drill) {
    fmt::print(stderr, "hearth-mutants: {}\n", drill.error().detail);
    std::exit(2);
  }
  return std::move(drill.value());
}

void print_row(std::string_view name, std::string_view caught_by, std::uint64_t seeds,
               std::string_view text) {
  fmt::print("{:<34} {:<14} {:>5}  {}\n", name, caught_by, seeds, text.substr(0, text.find('\n')));
}

bool hunt_in_raft_swarm(const Mutant& mutant) {
  for (std::uint64_t seed = 1; seed <= mutants::raft_swarm_seeds; ++seed) {
    if (const auto outcome = replication::testing::run_swarm(seed); !outcome.violation.empty()) {
      print_row(mutant.name, mutant.promise, seed, outcome.violation);
      return true;
    }
  }
  print_row(mutant.name, "NOT CAUGHT", mutants::raft_swarm_seeds, mutant.says);
  return false;
}

/// Other checkers may speak as well: only that of the mutant's promise counts.
bool hunt(const Mutant& mutant) {
  ::setenv("HEARTH_MUTANT", std::string(mutant.name).c_str(), 1);
  if (mutant.drill == mutants::raft_swarm) {
    return hunt_in_raft_swarm(mutant);
  }
  const auto drill = load(mutant.drill);
  for (std::uint64_t seed = 1; seed <= drill.sim.seeds; ++seed) {
    for (const auto& violation : sim::run_drill(drill, seed).outcome.violations) {
      if (violation.promise == mutant.promise) {
        print_row(mutant.name, mutant.promise, seed, violation.message);
        return true;
      }
    }
  }
  print_row(mutant.name, "NOT CAUGHT", drill.sim.seeds, mutant.says);
  return false;
}

/// Without a mistake every drill and the Raft swarm hold, with each of the seeds that mutants are
/// hunted with.
bool hunt_nothing() {
  std::set<std::string_view> drills;
  for (const auto& mutant : mutants::all()) {
    if (mutant.drill != mutants::raft_swarm) {
      drills.insert(mutant.drill);
    }
  }
  std::uint64_t seeds = 0;
  for (const auto name : drills) {
    const auto drill = load(name);
    for (std::uint64_t seed = 1; seed <= drill.sim.seeds; ++seed, ++seeds) {
      const auto failures = drill::failures_of(drill, sim::run_drill(drill, seed).outcome);
      if (!failures.empty()) {
        print_row("none", "CAUGHT", seed, fmt::format("{}: {}", name, failures.front()));
        return false;
      }
    }
  }
  for (std::uint64_t seed = 1; seed <= mutants::raft_swarm_seeds; ++seed, ++seeds) {
    const auto outcome = replication::testing::run_swarm(seed);
    if (!outcome.violation.empty()) {
      print_row("none", "CAUGHT", seed, outcome.violation);
      return false;
    }
  }
  print_row("none", "-", seeds, "all drills hold");
  return true;
}

int list() {
  fmt::print("none\n");
  for (const auto& mutant : mutants::all()) {
    fmt::print("{}\n", mutant.name);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc == 2 ? argv[1] : "";
  if (name == "--list") {
    return list();
  }
  if (name == "none") {
    return hunt_nothing() ? 0 : 1;
  }
  const auto& all = mutants::all();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&name](const Mutant& mutant) { return mutant.name == name; });
  if (found == all.end()) {
    fmt::print(stderr, "hearth-mutants: no mutant '{}': --list tells all\n", name);
    return 2;
  }
  return hunt(*found) ? 0 : 1;
}
