#include "sim/drill/recovery.hpp"

#include <gtest/gtest.h>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

/// A fault after 10 s, and one sample a second: bad in [bad_from, bad_until).
RunOutcome judged(Millis bad_from, Millis bad_until, Millis end = 60s) {
  Drill drill;
  Fault fault;
  fault.at = 10s;
  fault.lasts = 5s;
  fault.action = KillProcess{};
  drill.method = {fault};
  drill.steady_state = {{"browse.success_ratio", Side::at_least, 0.9, 4s}};
  drill.objectives.hold = 5s;
  Sampled sampled;
  sampled.end = end;
  for (Millis at = 1s; at <= end; at += 1s) {
    const bool bad = at >= bad_from && at < bad_until;
    sampled.by_probe["browse.success_ratio"].push_back({at, bad ? 0.0 : 1.0});
  }
  RunOutcome outcome;
  judge_recovery(drill, std::move(sampled), outcome);
  return outcome;
}

TEST(Recovery, RunsFromTheFirstFaultToTheBeginOfTheWindowThatHolds) {
  const auto outcome = judged(12s, 22s);  // Good from 22 s on: a window that began at 18 s.
  EXPECT_EQ(outcome.rto, Millis(8s));
  EXPECT_EQ(outcome.rto_from_detection, Millis(10s));
  ASSERT_EQ(outcome.phases.size(), 2U);
  EXPECT_EQ(outcome.phases[1].end, Millis(18s));
}

TEST(Recovery, IsNoneWhereABoundWasHeldAgainstNothing) {
  Drill drill;
  drill.steady_state = {{"browse.success_ratio", Side::at_least, 0.9, 4s}};
  RunOutcome outcome;
  EXPECT_EQ(failures_of(drill, outcome),
            std::vector<std::string>{"browse.success_ratio was never measured"});
  outcome.not_measured = {"browse.success_ratio"};
  EXPECT_EQ(verdict_of(drill, outcome), Verdict::held) << "live, it cannot be seen";
}

TEST(Recovery, CountsForNothingWhereTwoRunsOfASeedDiffer) {
  RunOutcome outcome;
  outcome.diverged = "the runs part at ...";
  EXPECT_EQ(verdict_of({}, outcome), Verdict::failed);
  const auto read = outcome_from_json(to_json(outcome));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read.value().diverged, outcome.diverged);
}

TEST(Recovery, TakesNoTimeWhereNobodyNoticed) {
  const auto outcome = judged(0s, 0s);
  EXPECT_EQ(outcome.rto, Millis(0));
  EXPECT_EQ(outcome.rto_from_detection, Millis(0));
}

TEST(Recovery, DoesNotCountWhatWasBadBeforeTheFault) {
  EXPECT_EQ(judged(1s, 10s).rto, Millis(0));
}

TEST(Recovery, NeverCameWhereTooLittleIsLeftToHold) {
  EXPECT_TRUE(judged(12s, 58s, 60s).rto);
  EXPECT_FALSE(judged(12s, 60s, 60s).rto);
  EXPECT_FALSE(judged(12s, 90s, 60s).rto_from_detection);
}

TEST(Recovery, SplitsEveryProbeWhereTheFaultCameAndWhereItWasOver) {
  const auto outcome = judged(12s, 22s);
  ASSERT_EQ(outcome.probes.size(), 1U);
  EXPECT_EQ(outcome.probes[0].before, 1);
  EXPECT_EQ(outcome.probes[0].during, 2.0 / 8);  // Good at 10 and 11 of 10 to 17.
  EXPECT_LT(*outcome.probes[0].after, 1);
}

}  // namespace
}  // namespace hearth::drill
