// A bounded swarm; `./dev soak` runs the unbounded one.

#include "sim/swarm/swarm.hpp"

#include "messages/base/probe.hpp"
#include "sim/drill/atlas.hpp"
#include "sim/drill/catalogue.hpp"
#include "sim/drill/parser.hpp"
#include "sim/drill/writer.hpp"
#include "sim/run/drill_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace hearth::sim {
namespace {

constexpr std::uint64_t seeds = 30;

/// What found a bug once, as it was drawn then, and the seed that played it.
struct Found {
  const char* drill;  ///< In found/.
  std::uint64_t seed;
};
constexpr Found found_something[] = {
    {"ticket-in-hand", 28},          {"full-link", 340},
    {"file-without-scan", 2027},     {"unreadable-directory", 5001641},
    {"busy-client", 5004572},        {"full-disk", 604345005253},
    {"late-bill", 604345010831},     {"crowded-home", 610843004159},
    {"narrow-link", 612523000024},   {"lead-half-given", 105},
    {"read-errors-applying", 20591}, {"read-errors-telling-a-chain", 607632}};

const std::filesystem::path found_folder =
    std::filesystem::path(HEARTH_SOURCE_DIR) / "tests/sim/run/found";

void expect_held(const drill::Drill& drill, std::uint64_t seed) {
  const auto run = run_drill(drill, seed);
  for (const auto& failure : drill::failures_of(drill, run.outcome)) {
    ADD_FAILURE() << failure << "\n  hearth drill replay " << drill.name << " --seed " << seed;
  }
  for (const auto& one : run.outcome.violations) {
    ADD_FAILURE() << one.promise << " at " << one.at.count() << " ms, " << one.node << ": "
                  << one.message;
  }
}

TEST(Swarm, EverySeedKeepsThePromises) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    expect_held(draw_swarm(seed), seed);
  }
}

TEST(Swarm, WhatFoundSomethingStillHolds) {
  const std::filesystem::path folders[] = {found_folder};
  for (const auto& [name, seed] : found_something) {
    const auto drill = drill::load_drill(name, folders);
    ASSERT_TRUE(drill) << drill.error().detail;
    expect_held(drill.value(), seed);
  }
}

TEST(Swarm, EveryDrillThatFoundSomethingIsPlayed) {
  std::set<std::string> played;
  for (const auto& found : found_something) {
    played.insert(fmt::format("{}.toml", found.drill));
  }
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(found_folder)) {
    files.insert(file.path().filename());
  }
  EXPECT_EQ(files, played);
}

TEST(Swarm, EverySeedDrawsAnotherDrillThatCanBeReplayed) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto drill = draw_swarm(seed);
    const auto text = drill::to_toml(drill);
    const auto parsed = drill::parse_drill(text, drill.name);
    EXPECT_TRUE(parsed.ok()) << text << (parsed.ok() ? "" : parsed.problems.front());
    EXPECT_EQ(parsed.drill, drill) << text;
    EXPECT_TRUE(drill::excesses(drill.topology, drill.method, drill.rollback).empty()) << text;
    EXPECT_EQ(swarm_seed(drill.name), seed);
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 200U);
}

TEST(Swarm, DrawsSmallLimitsAndEveryEnding) {
  std::size_t tiny = 0;
  std::size_t other_limits = 0;
  std::size_t without_directories = 0;
  std::size_t revocations = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto drill = draw_swarm(seed);
    tiny += drill.sim.link_credit > 0 && drill.sim.link_credit <= 3 ? 1U : 0U;
    other_limits += drill.sim.link_backlog > 0 && drill.sim.accounts_held > 0 ? 1U : 0U;
    without_directories += drill.verify.without_directories.count() > 0 ? 1U : 0U;
    revocations += drill.workload.revocations;
  }
  EXPECT_GT(tiny, 50U);
  EXPECT_GT(other_limits, 15U);
  EXPECT_GT(without_directories, 20U);
  EXPECT_GT(revocations, 20U);
}

TEST(Swarm, OtherNamesAreNotOfTheSwarm) {
  for (const auto* name : {"swarm-", "swarm-0", "swarm-1x", "region-loss-hard", "swarm"}) {
    EXPECT_FALSE(swarm_seed(name)) << name;
  }
}

TEST(Probe, CountsWhereItsConditionHeldAndKnowsWhatWasNeverMet) {
  const auto hits = [](std::string_view text) {
    for (const auto& probe : probe_counts()) {
      if (probe.text == text) {
        return static_cast<int>(probe.hits);
      }
    }
    return -1;
  };
  for (int i = 0; i < 5; ++i) {
    HEARTH_PROBE(i > 2, "test: i is above two");
    HEARTH_PROBE(i > 9, "test: i is above nine");
  }
  EXPECT_EQ(hits("test: i is above two"), 2);
  EXPECT_EQ(hits("test: i is above nine"), 0);
}

TEST(Probe, TextsAreUnique) {
  const auto probes = probe_counts();
  EXPECT_GE(probes.size(), 60U);
  const auto same = std::adjacent_find(
      probes.begin(), probes.end(), [](const auto& a, const auto& b) { return a.text == b.text; });
  EXPECT_EQ(same, probes.end()) << same->text;
}

}  // namespace
}  // namespace hearth::sim
