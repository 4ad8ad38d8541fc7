// hearth-raft-swarm FIRST LAST: runs these seeds, says which violated what, and how often rare
// branches were met. hearth-raft-swarm SEED: shows every step of one.

#include "messages/base/probe.hpp"
#include "tests/actors/replication/raft_swarm.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string>

namespace {

using namespace hearth::replication::testing;

bool show(std::uint64_t seed) {
  const auto outcome = run_swarm(seed, [](const std::string& step) { fmt::print("{}", step); });
  fmt::print("{}\n", outcome.violation.empty() ? "all held" : outcome.violation);
  return outcome.violation.empty();
}

bool run(std::uint64_t first, std::uint64_t last) {
  std::uint64_t failed = 0;
  SwarmOutcome sum;
  for (auto seed = first; seed <= last; ++seed) {
    const auto outcome = run_swarm(seed);
    if (!outcome.violation.empty()) {
      fmt::print("seed {}: {}\n", seed, outcome.violation);
      std::fflush(stdout);
      ++failed;
    }
    sum.steps += outcome.steps;
    sum.committed += outcome.committed;
    sum.reads += outcome.reads;
    sum.terms += outcome.terms;
  }
  for (const auto& probe : hearth::probe_counts()) {
    if (probe.text.starts_with("raft: ")) {
      fmt::print("{:>12}  {}\n", probe.hits, probe.text);
    }
  }
  fmt::print("{} seeds, {} failed; {} steps, {} entries committed, {} reads, {} terms\n",
             last - first + 1, failed, sum.steps, sum.committed, sum.reads, sum.terms);
  return failed == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [argv](int at) { return std::strtoull(argv[at], nullptr, 10); };
  if (argc == 2) {
    return show(number(1)) ? 0 : 1;
  }
  if (argc == 3) {
    return run(number(1), number(2)) ? 0 : 1;
  }
  fmt::print(stderr, "usage: hearth-raft-swarm FIRST LAST, or hearth-raft-swarm SEED\n");
  return 2;
}
