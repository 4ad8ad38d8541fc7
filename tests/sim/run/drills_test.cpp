// The drills that ship, a seed each: promises and objectives. `hearth drill run` plays many.

#include "sim/drill/catalogue.hpp"
#include "sim/run/drill_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

constexpr std::uint64_t seeds = 1;

const std::vector<std::filesystem::path> folders{std::filesystem::path(HEARTH_SOURCE_DIR) /
                                                 "sim/drills"};

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& drill : drill::list_drills(folders)) {
    if (drill.runnable) {
      names.push_back(drill.name);
    }
  }
  return names;
}

class ShippedDrill : public ::testing::TestWithParam<std::string> {};

TEST_P(ShippedDrill, Holds) {
  const auto drill = drill::load_drill(GetParam(), folders);
  ASSERT_TRUE(drill) << drill.error().detail;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto run = run_drill(drill.value(), seed);
    for (const auto& failure : drill::failures_of(drill.value(), run.outcome)) {
      ADD_FAILURE() << failure << "\n  hearth drill replay " << GetParam() << " --seed " << seed;
    }
    for (const auto& who : run.outcome.waiting_for) {
      ADD_FAILURE() << who;
    }
    for (const auto& one : run.outcome.violations) {
      ADD_FAILURE() << one.promise << " at " << one.at.count() << " ms, " << one.node << ": "
                    << one.message;
    }
  }
}

std::string test_name_of(const ::testing::TestParamInfo<std::string>& drill) {
  auto name = drill.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Drills, ShippedDrill, ::testing::ValuesIn(names()), test_name_of);

}  // namespace
}  // namespace hearth::sim
