#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace hearth::sim {
namespace {

std::vector<std::uint64_t> some_of(Random random) {
  return {random.next(), random.next(), random.next()};
}

TEST(Random, DrawsTheSameNumbersOnEveryPlatform) {
  // Of a C program with the reference sources, seeded by splitmix64 with 1.
  EXPECT_EQ(
      some_of(Random(1)),
      (std::vector<std::uint64_t>{0xb3f2af6d0fc710c5U, 0x853b559647364ceaU, 0x92f89756082a4514U}));
}

TEST(Random, ForksByLabelAndNumberWhateverWasDrawn) {
  Random random(7);
  const auto disk = some_of(random.fork("disk"));
  random.next();
  EXPECT_EQ(some_of(random.fork("disk")), disk);
  EXPECT_NE(some_of(random.fork("network")), disk);
  EXPECT_NE(some_of(random.fork("disk", 1)), disk);
  EXPECT_NE(some_of(Random(8).fork("disk")), disk);
}

TEST(Random, DrawsEveryNumberBelowTheEndAboutAsOften) {
  Random random(1);
  std::array<int, 7> counts{};
  for (int draw = 0; draw < 70'000; ++draw) {
    ++counts.at(random.below(counts.size()));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 500);
  }
}

TEST(Random, DrawsBothEndsOfARange) {
  Random random(1);
  std::array<bool, 3> seen{};
  for (int draw = 0; draw < 100; ++draw) {
    seen.at(random.between(5, 7) - 5) = true;
  }
  EXPECT_EQ(seen, (std::array<bool, 3>{true, true, true}));
}

TEST(Random, TakesChancesAsOftenAsAsked) {
  Random random(1);
  int taken = 0;
  for (int draw = 0; draw < 10'000; ++draw) {
    taken += random.chance(0.25) ? 1 : 0;
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1));
  }
  EXPECT_NEAR(taken, 2500, 200);
}

}  // namespace
}  // namespace hearth::sim
