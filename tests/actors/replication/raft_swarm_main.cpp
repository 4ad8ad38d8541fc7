// hearth-raft-swarm FIRST LAST: runs these seeds and says which of them violated what.

#include "tests/actors/replication/raft_swarm.hpp"

#include <cstdlib>
#include <fmt/format.h>

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: hearth-raft-swarm FIRST LAST\n");
    return 2;
  }
  const auto first = std::strtoull(argv[1], nullptr, 10);
  const auto last = std::strtoull(argv[2], nullptr, 10);
  std::uint64_t failed = 0;
  hearth::replication::testing::SwarmOutcome sum;
  for (auto seed = first; seed <= last; ++seed) {
    const auto outcome = hearth::replication::testing::run_swarm(seed);
    if (!outcome.violation.empty()) {
      fmt::print("seed {}: {}\n", seed, outcome.violation);
      ++failed;
    }
    sum.steps += outcome.steps;
    sum.committed += outcome.committed;
    sum.reads += outcome.reads;
    sum.terms += outcome.terms;
  }
  fmt::print("{} seeds, {} failed; {} steps, {} entries committed, {} reads, {} terms\n",
             last - first + 1, failed, sum.steps, sum.committed, sum.reads, sum.terms);
  return failed == 0 ? 0 : 1;
}
