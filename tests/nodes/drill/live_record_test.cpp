#include "nodes/drill/live_record.hpp"

#include <gtest/gtest.h>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

class LiveRecordTest : public ::testing::Test {
 protected:
  static Instant at(Millis time) { return Instant{} + 1h + time; }

  LiveRecord record_;
};

TEST_F(LiveRecordTest, HasNothingToSayBeforeAnybodyAsked) {
  for (const auto* probe :
       {"browse.success_ratio", "browse.p99", "home.reachable_ratio", "session.connected_ratio",
        "stream.success_ratio", "stream.open_p99", "stream.gap_p95", "presence.age_p99"}) {
    EXPECT_FALSE(record_.probe(probe, at(0ms))) << probe;
  }
  EXPECT_FALSE(record_.resumed_ratio());
}

TEST_F(LiveRecordTest, CountsPagesOfTheLastTenSeconds) {
  record_.asked_page(1, at(0s), std::nullopt);
  record_.asked_page(2, at(1s), 20ms);
  EXPECT_EQ(record_.probe("browse.success_ratio", at(1s)), 0.5);
  EXPECT_EQ(record_.probe("browse.p99", at(1s)), 20);
  EXPECT_EQ(record_.probe("session.connected_ratio", at(1s)), 0.5);
  EXPECT_EQ(record_.probe("home.reachable_ratio", at(1s)), 1);
  EXPECT_EQ(record_.probe("browse.success_ratio", at(10'500ms)), 1);
  EXPECT_FALSE(record_.probe("browse.success_ratio", at(12s)));
}

TEST_F(LiveRecordTest, TellsAStreamThatStandsStillFromOneWhosePlayerIsFull) {
  record_.asked_stream(1, at(0ms));
  record_.got_bytes(1, at(30ms), 100);
  EXPECT_EQ(record_.probe("stream.open_p99", at(30ms)), 30);
  EXPECT_EQ(record_.probe("stream.success_ratio", at(9s)), 1) << "nobody wants more";
  record_.wants_bytes(1, at(9s));
  EXPECT_EQ(record_.probe("stream.success_ratio", at(11s)), 1);
  EXPECT_EQ(record_.probe("stream.success_ratio", at(12'500ms)), 0);
  record_.got_bytes(1, at(13s), 100);
  EXPECT_EQ(record_.probe("stream.success_ratio", at(13s)), 1);
  EXPECT_EQ(record_.probe("stream.gap_p95", at(13s)), 4000);
  EXPECT_EQ(record_.resumed_ratio(), 1);
}

TEST_F(LiveRecordTest, CountsABreakOnceAndOnlyResumesWhatGoesOn) {
  for (const std::size_t player : {1U, 2U}) {
    record_.asked_stream(player, at(0s));
    record_.got_bytes(player, at(0s), 1);
    record_.wants_bytes(player, at(0s));
    record_.stream_broke(player, at(1s));
    record_.stream_broke(player, at(2s));
  }
  record_.got_bytes(1, at(3s), 1);
  EXPECT_EQ(record_.resumed_ratio(), 0.5);
}

TEST_F(LiveRecordTest, CountsTitlesThatDidNotBegin) {
  record_.asked_stream(1, at(0s));
  record_.stream_broke(1, at(5s));
  EXPECT_EQ(record_.probe("stream.success_ratio", at(5s)), 0);
  EXPECT_FALSE(record_.resumed_ratio()) << "what never began cannot go on";
}

TEST_F(LiveRecordTest, ForgetsHowTheClusterCameUp) {
  record_.asked_page(1, at(0s), std::nullopt);
  record_.saw_error_lines(7);
  record_.begin();
  EXPECT_FALSE(record_.probe("browse.success_ratio", at(1s)));
  EXPECT_EQ(record_.probe("error.lines", at(1s)), 0);
  record_.saw_error_lines(9);
  EXPECT_EQ(record_.probe("error.lines", at(1s)), 2);
}

}  // namespace
}  // namespace hearth::drill
