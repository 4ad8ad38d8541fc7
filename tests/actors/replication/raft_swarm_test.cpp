// hearth-raft-swarm runs more seeds than these.

#include "tests/actors/replication/raft_swarm.hpp"

#include "messages/base/probe.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

TEST(RaftSwarm, HoldsEveryPromiseAndGoesOnWhenHealed) {
  SwarmOutcome sum;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    const auto outcome = run_swarm(seed);
    ASSERT_EQ(outcome.violation, "") << "hearth-raft-swarm " << seed;
    sum.committed += outcome.committed;
    sum.reads += outcome.reads;
    sum.terms += outcome.terms;
  }
  // A swarm in which nothing happens finds nothing.
  EXPECT_GT(sum.committed, 4000 * 20U);
  EXPECT_GT(sum.reads, 4000 * 2U);
  EXPECT_GT(sum.terms, 4000 * 3U);
}

TEST(RaftSwarm, MeetsEveryRareBranch) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    ASSERT_EQ(run_swarm(seed).violation, "");
  }
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
