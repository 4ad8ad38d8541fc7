#include "sim/drill/shrink.hpp"

#include "sim/drill/atlas.hpp"
#include "sim/drill/parser.hpp"
#include "sim/drill/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

Fault fault_at(Millis at, FaultAction action, Millis lasts) {
  Fault fault;
  fault.at = at;
  fault.lasts = lasts;
  fault.action = std::move(action);
  return fault;
}

NodeChoice named(std::string name) {
  NodeChoice choice;
  choice.names = {std::move(name)};
  return choice;
}

Drill big_drill() {
  Drill drill;
  drill.name = "big";
  drill.says = "Much goes wrong.";
  drill.topology = {{"us", "eu", "ap"}, 2, 4, 3, 40, 80, 5};
  drill.workload.streams = 30;
  drill.workload.browse_per_s = 50;
  drill.workload.commands_per_s = 8;
  for (int i = 0; i < 9; ++i) {
    drill.method.push_back(
        fault_at(10s * (i + 1), RebindNat{named("home/" + std::to_string(i + 1)), true}, 0ms));
    drill.method.push_back(fault_at(10s * (i + 1) + 1s, PauseProcess{named("client/1")}, 4s));
  }
  drill.method.push_back(fault_at(120s, KillProcess{named("home/3")}, 40s));
  drill.method.push_back(fault_at(130s, DelayLinks{{}, 300ms, 0ms}, 30s));
  return drill;
}

template <class Action>
bool has(const Drill& drill) {
  return std::any_of(drill.method.begin(), drill.method.end(), [](const Fault& fault) {
    return std::holds_alternative<Action>(fault.action);
  });
}

TEST(Shrink, LeavesADrillThatHoldsAlone) {
  const auto shrunk = shrink(big_drill(), [](const Drill&) { return std::nullopt; });
  EXPECT_TRUE(shrunk.reason.empty());
  EXPECT_EQ(shrunk.drill, big_drill());
  EXPECT_EQ(shrunk.trials, 1U);
}

TEST(Shrink, KeepsOnlyWhatTheFailureNeeds) {
  // Fails with a killed home under slow links, two clients and a stream.
  const auto shrunk = shrink(big_drill(), [](const Drill& drill) -> std::optional<std::string> {
    const bool fails = has<KillProcess>(drill) && has<DelayLinks>(drill) &&
                       drill.topology.clients >= 2 && drill.workload.streams >= 1;
    return fails ? std::optional<std::string>("promise P6 broken") : std::nullopt;
  });
  EXPECT_EQ(shrunk.reason, "promise P6 broken");
  EXPECT_TRUE(shrunk.complete);
  ASSERT_EQ(shrunk.drill.method.size(), 2U);
  EXPECT_LE(shrunk.drill.method[0].at, 1s);
  EXPECT_LE(shrunk.drill.method[0].lasts, 1s);
  EXPECT_EQ(shrunk.drill.topology.clients, 2U);
  EXPECT_EQ(shrunk.drill.topology.homes, 3U);  // The one that is killed is home/3.
  EXPECT_EQ(shrunk.drill.topology.regions.size(), 1U);
  EXPECT_EQ(shrunk.drill.topology.super_peers_per_region, 0U);
  EXPECT_EQ(shrunk.drill.workload.streams, 1U);
  EXPECT_EQ(shrunk.drill.workload.browse_per_s, 0);
  EXPECT_LE(duration_of(shrunk.drill), 30s);
}

TEST(Shrink, DoesNotFollowAnotherFailure) {
  // Fewer than five clients fail too, but for another reason.
  const auto shrunk = shrink(big_drill(), [](const Drill& drill) -> std::optional<std::string> {
    return drill.topology.clients < 5 ? "did not converge" : "promise P5 broken";
  });
  EXPECT_EQ(shrunk.reason, "promise P5 broken");
  EXPECT_EQ(shrunk.drill.topology.clients, 5U);
  EXPECT_TRUE(shrunk.drill.method.empty());
}

TEST(Shrink, TriesOnlyDrillsThatTheParserTakes) {
  const auto shrunk = shrink(big_drill(), [](const Drill& drill) -> std::optional<std::string> {
    const auto parsed = parse_drill(to_toml(drill), "tried.toml");
    EXPECT_THAT(parsed.problems, testing::IsEmpty());
    return has<PauseProcess>(drill) ? std::optional<std::string>("slow") : std::nullopt;
  });
  EXPECT_EQ(shrunk.drill.method.size(), 1U);
  EXPECT_EQ(shrunk.drill.topology.clients, 1U);
}

TEST(Shrink, StopsAtItsBound) {
  std::size_t runs = 0;
  ShrinkOptions options;
  options.trials_max = 7;
  const auto shrunk = shrink(
      big_drill(),
      [&runs](const Drill&) -> std::optional<std::string> {
        ++runs;
        return "always";
      },
      options);
  EXPECT_FALSE(shrunk.complete);
  EXPECT_LE(runs, 8U);  // The first one asks whether it fails at all.
}

}  // namespace
}  // namespace hearth::drill
