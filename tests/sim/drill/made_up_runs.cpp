#include "tests/sim/drill/made_up_runs.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace hearth::drill {
namespace {

/// Numbers from 0 to 1 (splitmix64).
class Draw final {
 public:
  double operator()() {
    state_ += 0x9e3779b97f4a7c15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<double>((mixed ^ (mixed >> 31U)) >> 11U) / 9007199254740992.0;
  }

 private:
  std::uint64_t state_ = 7;
};

Millis seconds(double s) {
  return Millis(std::llround(s * 1000));
}

/// Falls at the first fault, comes back over the recovery.
ProbeSeries series(const SteadyState& state, double fault_s, double rto_s, double end_s,
                   Draw& draw) {
  const bool ratio = state.side == Side::at_least;
  const auto good = ratio ? 1.0 : state.bound * 0.35;
  const auto bad = ratio ? 0.55 + 0.2 * draw() : state.bound * (1.6 + 1.5 * draw());
  ProbeSeries made{state.probe, {}, {}, {}, {}};
  for (double t = 0; t < end_s; t += 1) {
    const auto since = t - fault_s;
    const auto broken = since < 0 || since > rto_s ? 0.0 : 1 - since / rto_s;
    const auto noise = (draw() - 0.5) * (ratio ? 0.006 : state.bound * 0.15);
    const auto value = good + (bad - good) * broken + noise;
    made.samples.push_back({seconds(t), ratio ? std::min(value, 1.0) : std::max(value, 0.0)});
  }
  split_series(made, seconds(fault_s), seconds(fault_s + rto_s));
  return made;
}

void add_failures(RunOutcome& run, Draw& draw) {
  if (run.seed % 37 == 5) {
    run.lost_events.push_back({"us/directory/1 accounts", "device_enrolled",
                               fmt::format("9f3c{:04x}", run.seed), seconds(29.4),
                               "Grandma's <tablet> of account \"meadow\""});
  }
  if (run.seed % 61 == 5) {
    run.violations.push_back({"P5", seconds(31.2 + draw()), "client/7",
                              "byte 1048576 of item 4c1e is 0x3f, the file has 0x7f"});
    run.waiting_for = {"home/4 waits for a lease at us/super-peer/2",
                       "client/12 waits for an answer to open_tunnel from eu/super-peer/1"};
    run.rto = std::nullopt;
    run.rto_from_detection = std::nullopt;
  }
}

RunOutcome made_up_run(const Drill& drill, std::uint64_t seed, MadeUp how, Draw& draw) {
  RunOutcome run;
  run.seed = seed;
  run.trace_hash = 0x5bd1e995U * (seed + 11) * 0x9e3779b9U;
  run.simulated = duration_of(drill);
  const auto fault_s =
      drill.method.empty() ? 30.0 : static_cast<double>(drill.method.front().at.count()) / 1000;
  const auto goal_s =
      static_cast<double>(drill.objectives.rto.value_or(Millis(10'000)).count()) / 1000;
  const auto tail = std::pow(draw(), 3);
  const auto worst = how == MadeUp::all_held ? 0.6 : 0.95;
  const auto rto_s = goal_s * (0.22 + 0.12 * draw() + worst * tail);
  run.rto = seconds(rto_s);
  run.rto_from_detection = seconds(std::max(rto_s - 1.5, 0.1));
  run.staleness = seconds(5 + 8 * draw());
  run.sessions_resumed_ratio = 1 - 0.0008 * tail;
  for (const auto& state : drill.steady_state) {
    run.probes.push_back(
        series(state, fault_s, rto_s, static_cast<double>(run.simulated.count()) / 1000, draw));
  }
  run.faults = planned_bands(drill.method);
  double at = fault_s;
  for (const auto& [phase, share] : {std::pair{Phase::inject, 0.02},
                                     {Phase::detect, 0.2},
                                     {Phase::reroute, 0.18},
                                     {Phase::reconnect, 0.35},
                                     {Phase::converge, 0.25}}) {
    run.phases.push_back({phase, seconds(at), seconds(at + share * rto_s)});
    at += share * rto_s;
  }
  run.counters = {
      {"messages", 70'000 + seed * 13}, {"syncs", 8123}, {"bytes spliced", 914'358'272}};
  run.covered = {"a client resumes through its standby", "a home finds its primary gone"};
  if (how == MadeUp::some_failed) {
    add_failures(run, draw);
  }
  return run;
}

}  // namespace

ReportInput made_up_runs(const Drill& drill, std::size_t runs, MadeUp how) {
  ReportInput input;
  input.drill = drill;
  input.source = drill.name;
  input.build = "0.1.0 (a2d2349)";
  input.profile = "calibrated, 2026-11-20 on 2 x EPYC";
  input.checked = {"P1", "P3", "P4", "P5", "P6", "P7", "P9", "P10"};
  input.known_coverage = {"a client resumes through its standby", "a home finds its primary gone",
                          "a super-peer refuses an old ticket", "a log is opened with a torn tail"};
  input.wall_time = Millis(41'300);
  Draw draw;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    input.runs.push_back(made_up_run(drill, seed, how, draw));
  }
  return input;
}

}  // namespace hearth::drill
