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
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace hearth;
using mutants::Mutant;

/// Behind it, what is to hold without a mistake.
constexpr std::string_view no_mutant = "none/";

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
  std::string others = "no other checker spoke";
  for (std::uint64_t seed = 1; seed <= drill.sim.seeds; ++seed) {
    for (const auto& violation : sim::run_drill(drill, seed).outcome.violations) {
      if (violation.promise == mutant.promise) {
        print_row(mutant.name, mutant.promise, seed, violation.message);
        return true;
      }
      others = fmt::format("{} said of seed {}: {}", violation.promise, seed, violation.message);
    }
  }
  print_row(mutant.name, "NOT CAUGHT", drill.sim.seeds, others);
  return false;
}

/// What mutants are hunted with, each once; `raft_swarm` is one of them.
std::set<std::string_view> hunting_grounds() {
  std::set<std::string_view> grounds;
  for (const auto& mutant : mutants::all()) {
    grounds.insert(mutant.drill);
  }
  return grounds;
}

/// The first seed that finds something where no mistake is made, and what.
std::optional<std::pair<std::uint64_t, std::string>> first_failure(std::string_view ground,
                                                                   std::uint64_t& seeds) {
  if (ground == mutants::raft_swarm) {
    for (seeds = 1; seeds <= mutants::raft_swarm_seeds; ++seeds) {
      if (auto outcome = replication::testing::run_swarm(seeds); !outcome.violation.empty()) {
        return std::pair{seeds, std::move(outcome.violation)};
      }
    }
    return std::nullopt;
  }
  const auto drill = load(ground);
  for (seeds = 1; seeds <= drill.sim.seeds; ++seeds) {
    const auto failures = drill::failures_of(drill, sim::run_drill(drill, seeds).outcome);
    if (!failures.empty()) {
      return std::pair{seeds, failures.front()};
    }
  }
  return std::nullopt;
}

/// Without a mistake it holds, with each of the seeds that mutants are hunted with.
bool hunt_nothing(std::string_view ground) {
  const auto name = fmt::format("{}{}", no_mutant, ground);
  std::uint64_t seeds = 0;
  if (const auto failure = first_failure(ground, seeds)) {
    print_row(name, "CAUGHT", failure->first, failure->second);
    return false;
  }
  print_row(name, "-", seeds - 1, "holds");
  return true;
}

int list() {
  // First, as they take longest.
  for (const auto ground : hunting_grounds()) {
    fmt::print("{}{}\n", no_mutant, ground);
  }
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
  const auto grounds = hunting_grounds();
  if (name.starts_with(no_mutant) && grounds.contains(name.substr(no_mutant.size()))) {
    return hunt_nothing(name.substr(no_mutant.size())) ? 0 : 1;
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
