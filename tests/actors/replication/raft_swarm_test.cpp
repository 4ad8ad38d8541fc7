// hearth-raft-swarm runs more seeds than these.

#include "tests/actors/replication/raft_swarm.hpp"

#include "messages/base/probe.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

TEST(RaftSwarm, HoldsEveryPromiseAndGoesOnWhenHealed) {
  constexpr std::uint64_t seeds = 3000;
  SwarmOutcome sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto outcome = run_swarm(seed);
    ASSERT_EQ(outcome.violation, "") << "hearth-raft-swarm " << seed;
    sum.committed += outcome.committed;
    sum.reads += outcome.reads;
    sum.terms += outcome.terms;
  }
  // A swarm in which little happens finds little.
  EXPECT_GT(sum.committed, seeds * 20);
  EXPECT_GT(sum.reads, seeds * 2);
  EXPECT_GT(sum.terms, seeds * 4);
  for (const auto& probe : probe_counts()) {
    if (probe.text.starts_with("raft: ")) {
      EXPECT_GT(probe.hits, 0U) << probe.text;
    }
  }
}

TEST(RaftSwarm, DoesTheSameAgainForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto once = run_swarm(seed);
    const auto again = run_swarm(seed);
    EXPECT_EQ(once.steps, again.steps);
    EXPECT_EQ(once.committed, again.committed);
    EXPECT_EQ(once.terms, again.terms);
  }
}

}  // namespace
}  // namespace hearth::replication::testing
