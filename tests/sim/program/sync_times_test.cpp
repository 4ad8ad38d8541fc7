#include "sim/program/sync_times.hpp"

#include <gtest/gtest.h>

namespace hearth::sim {
namespace {

TEST(SyncTimes, TellSlowSyncsFromOrdinaryOnes) {
  std::vector<double> times;
  for (int i = 1; i <= 98; ++i) {
    times.push_back(100 + i);  // 101 to 198 us
  }
  times.insert(times.end(), {3000, 3000});
  drill::Profile profile;
  describe_syncs(times, profile);
  EXPECT_EQ(profile.sync_least_us, 106U);
  EXPECT_EQ(profile.sync_most_us, 195U);
  EXPECT_DOUBLE_EQ(profile.slow_sync_ratio, 0.02);
  EXPECT_EQ(profile.slow_sync_factor, 20U);  // 3000 / 150.5
}

TEST(SyncTimes, AreOrdinaryWhereNoneStandsOut) {
  drill::Profile profile;
  describe_syncs({500, 500, 500}, profile);
  EXPECT_EQ(profile.sync_least_us, 500U);
  EXPECT_EQ(profile.sync_most_us, 500U);
  EXPECT_EQ(profile.slow_sync_ratio, 0);
  EXPECT_EQ(profile.slow_sync_factor, 1U);
}

TEST(SyncTimes, AreMeasuredOnADiskThatCanBeWrittenOnly) {
  drill::Profile profile;
  const auto measured = measure_syncs("/proc", profile);
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().code, ErrorCode::disk_failed);
}

}  // namespace
}  // namespace hearth::sim
