// The same build and seed do the same; where they do not, the first difference is named.

#include "sim/run/drill_run.hpp"
#include "sim/run/town.hpp"
#include "sim/swarm/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 3;

std::uint64_t hash_of_run() {
  return run_drill(draw_swarm(seed), seed).outcome.trace_hash;
}

std::uint64_t hash_of_run_in_another_process() {
  int ends[2];
  if (::pipe(ends) != 0) {
    return 0;
  }
  const auto child = ::fork();
  if (child == 0) {
    const auto hash = hash_of_run();
    ::_exit(::write(ends[1], &hash, sizeof hash) == sizeof hash ? 0 : 1);
  }
  ::close(ends[1]);
  std::uint64_t hash = 0;
  const auto count = ::read(ends[0], &hash, sizeof hash);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return count == sizeof hash ? hash : 0;
}

TEST(Determinism, TheSameSeedGivesTheSameHashInTwoProcesses) {
  const auto first = hash_of_run_in_another_process();
  EXPECT_NE(first, 0U);
  EXPECT_EQ(first, hash_of_run_in_another_process());
  EXPECT_EQ(first, hash_of_run()) << "hearth drill replay swarm-" << seed << " --seed " << seed;
}

struct Transcript {
  std::vector<std::uint64_t> marks;
  std::vector<std::string> lines;
};

/// A small town for some seconds; `extra` is what one run does and another does not.
Transcript play(const std::function<void(World&)>& extra, std::uint64_t from) {
  WorldOptions options;
  options.topology.regions = {"eu"};
  options.topology.homes = 1;
  options.topology.clients = 1;
  Town town(options);
  Transcript transcript;
  town.world().trace().read(
      [&transcript](const Trace::Line& line) {
        transcript.lines.push_back(fmt::format("{} {} {} {}", line.at.time_since_epoch().count(),
                                               line.node, line.actor, line.kind));
      },
      from);
  EXPECT_TRUE(town.found(60s));
  town.world().engine().befall(5s, [&] { extra(town.world()); });
  town.world().run_for(20s);
  transcript.marks = town.world().trace().marks();
  return transcript;
}

TEST(Determinism, TheFirstEventThatDiffersIsNamedWithNodeActorAndMessage) {
  const auto nothing = [](World&) {};
  const auto browses = [](World& world) {
    auto& household = world.households().front();
    household.clients.front()->client()->browse(household.homes.front()->id());
  };
  const auto first = play(nothing, UINT64_MAX);
  const auto second = play(browses, UINT64_MAX);
  const auto mark = std::mismatch(first.marks.begin(), first.marks.end(), second.marks.begin(),
                                  second.marks.end());
  const auto from =
      static_cast<std::uint64_t>(mark.first - first.marks.begin()) * Trace::mark_every;
  const auto a = play(nothing, from).lines;
  const auto b = play(browses, from).lines;
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  ASSERT_NE(at.second, b.end());
  EXPECT_NE(at.second->find("client/1 client"), std::string::npos) << *at.second;
  EXPECT_NE(at.second->find("ExternalInput"), std::string::npos) << *at.second;
}

TEST(Determinism, ReadingChangesNothing) {
  std::size_t lines = 0;
  const auto read =
      run_drill(draw_swarm(seed), seed, {}, [&lines](const Trace::Line&) { ++lines; });
  EXPECT_EQ(read.outcome.trace_hash, hash_of_run());
  EXPECT_GT(lines, 1000U);
}

}  // namespace
}  // namespace hearth::sim
