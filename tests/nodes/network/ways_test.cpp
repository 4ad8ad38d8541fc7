#include "nodes/network/ways.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hearth::network {
namespace {

using namespace std::chrono_literals;

constexpr Host eu = 0;
constexpr Host us = 1;
constexpr Host ap = 2;
constexpr std::size_t packet = 1250;  // 10,000 bits.

Instant at(Instant::duration time) {
  return Instant{} + 1h + time;
}

class WaysTest : public ::testing::Test {
 protected:
  WaysTest() : ways_([this] { return chance_(random_); }) {}

  static Disturbance between(Host from, Host to) {
    Disturbance one;
    one.from = HostSet{1} << from;
    one.to = HostSet{1} << to;
    return one;
  }
  void disturb(const Disturbance& one, Instant::duration until = 1h) {
    ASSERT_TRUE(ways_.disturb("fault " + std::to_string(++count_), one, at(until)));
  }
  std::vector<Instant> arrivals(Host from, Host to, Instant::duration now) {
    return ways_.arrivals(from, to, packet, at(now));
  }

  std::mt19937_64 random_{1};
  std::uniform_real_distribution<double> chance_{0, 1};
  Ways ways_;
  int count_ = 0;
};

using Arrivals = std::vector<Instant>;

TEST_F(WaysTest, TakeNoTimeWhereNothingDisturbsThem) {
  EXPECT_EQ(arrivals(eu, us, 0s), Arrivals{at(0s)});
}

TEST_F(WaysTest, AreCutBothWaysUntilTheTimeIsOver) {
  auto cut = between(eu, us);
  cut.block = true;
  disturb(cut, 10s);
  EXPECT_TRUE(arrivals(eu, us, 1s).empty());
  EXPECT_TRUE(arrivals(us, eu, 1s).empty());
  EXPECT_EQ(arrivals(eu, ap, 1s).size(), 1U);
  EXPECT_EQ(arrivals(eu, us, 10s).size(), 1U) << "though nobody ended it";
}

TEST_F(WaysTest, AreCutOneWayOnly) {
  auto cut = between(eu, us);
  cut.block = true;
  cut.one_way = true;
  disturb(cut);
  EXPECT_TRUE(arrivals(eu, us, 1s).empty());
  EXPECT_EQ(arrivals(us, eu, 1s).size(), 1U);
}

TEST_F(WaysTest, AddDelaysUpAndKeepPacketsInOrder) {
  auto slow = between(eu, us);
  slow.delay = 40ms;
  disturb(slow);
  slow.jitter = 20ms;
  disturb(slow);
  auto before = at(80ms);
  for (int i = 0; i < 100; ++i) {
    const auto arrived = arrivals(eu, us, std::chrono::milliseconds(i));
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_GE(arrived[0], before);
    EXPECT_LE(arrived[0], at(std::chrono::milliseconds(i) + 100ms));
    before = arrived[0];
  }
}

TEST_F(WaysTest, LoseAndDoubleTheirShare) {
  auto bad = between(eu, us);
  bad.loss = 0.2;
  bad.duplicate = 0.1;
  disturb(bad);
  int lost = 0;
  int twice = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto count = arrivals(eu, us, std::chrono::milliseconds(i)).size();
    lost += count == 0 ? 1 : 0;
    twice += count == 2 ? 1 : 0;
  }
  EXPECT_NEAR(lost, 2000, 200);
  EXPECT_NEAR(twice, 800, 100);
}

TEST_F(WaysTest, LetSomePacketsBeOvertaken) {
  auto bad = between(eu, us);
  bad.reorder = 0.5;
  bad.reorder_within = 100ms;
  disturb(bad);
  int overtaken = 0;
  auto latest = at(0s);
  for (int i = 0; i < 100; ++i) {
    const auto arrived = arrivals(eu, us, std::chrono::milliseconds(i)).at(0);
    overtaken += arrived < latest ? 1 : 0;
    latest = std::max(latest, arrived);
  }
  EXPECT_GT(overtaken, 20);
}

TEST_F(WaysTest, CarryNoMoreThanTheirRateAndDropWhatAQueueCannotHold) {
  auto narrow = between(eu, us);
  narrow.rate_mbit = 1;  // 10 ms a packet.
  disturb(narrow);
  EXPECT_EQ(arrivals(eu, us, 0s), Arrivals{at(10ms)});
  EXPECT_EQ(arrivals(eu, us, 0s), Arrivals{at(20ms)});
  EXPECT_EQ(arrivals(us, eu, 0s), Arrivals{at(10ms)}) << "each way has its own";
  std::size_t carried = 2;
  while (!arrivals(eu, us, 0s).empty()) {
    ASSERT_LT(++carried, 1000U);
  }
  EXPECT_NEAR(static_cast<double>(carried * packet), Ways::queue_bytes_max, 2.0 * packet);
  EXPECT_EQ(arrivals(eu, us, 1h).size(), 1U);
}

TEST_F(WaysTest, ForgetWhatWasEndedAndAllOfIt) {
  auto cut = between(eu, us);
  cut.block = true;
  ASSERT_TRUE(ways_.disturb("one", cut, at(1h)));
  ASSERT_TRUE(ways_.disturb("two", cut, at(1h)));
  ways_.end("one");
  EXPECT_TRUE(arrivals(eu, us, 0s).empty());
  ways_.heal();
  EXPECT_EQ(arrivals(eu, us, 0s).size(), 1U);
}

TEST_F(WaysTest, TakeNoMoreDisturbancesThanTheyCanRemember) {
  for (std::size_t i = 0; i < Ways::disturbances_max; ++i) {
    ASSERT_TRUE(ways_.disturb(std::to_string(i), between(eu, us), at(1h)));
  }
  EXPECT_FALSE(ways_.disturb("more", between(eu, us), at(1h)));
  EXPECT_TRUE(ways_.disturb("0", between(eu, us), at(1h))) << "that one is known";
}

}  // namespace
}  // namespace hearth::network
