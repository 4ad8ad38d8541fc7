// How long bytes travel where packets are lost.

#include "sim/world/route.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

/// Of 10,000 sends of `packets` packets, the share that took longer than `limit`.
double share_slower_than(std::chrono::nanoseconds limit, std::size_t packets) {
  Way way;
  way.latency = 40ms;
  way.loss = 0.02;
  Random random(7);
  int slow = 0;
  for (int i = 0; i < 10'000; ++i) {
    slow += travel_time(way, packets * 1448 - 1, random) > limit ? 1 : 0;
  }
  return slow / 10'000.0;
}

TEST(Route, SendsOnlyThePacketsAgainThatWereLost) {
  EXPECT_NEAR(share_slower_than(100ms, 1), 0.02, 0.005);
  // 1 - 0.98^50, and once more with the one or two that were lost.
  EXPECT_NEAR(share_slower_than(100ms, 50), 0.636, 0.02);
  EXPECT_NEAR(share_slower_than(400ms, 50), 0.020, 0.005);
}

}  // namespace
}  // namespace hearth::sim
