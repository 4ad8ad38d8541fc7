// tests/golden/raft: behaviour of whole groups, step by step, for people to read.
// HEARTH_WRITE_GOLDEN=1 writes the printouts anew: read what has changed.

#include "tests/actors/replication/transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace hearth::replication::testing {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  return fs::path(HEARTH_SOURCE_DIR) / "tests" / "golden" / "raft";
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(folder())) {
    names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class RaftTranscript : public ::testing::TestWithParam<std::string> {};

TEST_P(RaftTranscript, ReadsAsItAlwaysDid) {
  const auto path = folder() / (GetParam() + ".txt");
  std::ifstream file(path);
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  const auto replayed = replay(kept);
  if (std::getenv("HEARTH_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path) << replayed;
    return;
  }
  EXPECT_EQ(kept, replayed);
}

INSTANTIATE_TEST_SUITE_P(All, RaftTranscript, ::testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

TEST(RaftTranscript, IsThereForManyBehaviours) {
  EXPECT_GE(names().size(), 40U);
}

}  // namespace
}  // namespace hearth::replication::testing
