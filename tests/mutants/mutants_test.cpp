#include "tests/mutants/mutants.hpp"

#include "messages/base/mutant.hpp"
#include "sim/drill/catalogue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace hearth::mutants {
namespace {

using std::filesystem::path;

std::string read(const path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream) << file;
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What the code of the product says in HEARTH_MUTANT("...").
std::set<std::string> names_in_the_code() {
  std::set<std::string> names;
  const std::regex site("HEARTH_MUTANT\\(\"([^\"]+)\"\\)");
  for (const auto* layer : {"messages", "storage", "actors"}) {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(path(HEARTH_SOURCE_DIR) / layer)) {
      if (file.path().extension() != ".cpp" && file.path().extension() != ".hpp") {
        continue;
      }
      const auto text = read(file.path());
      for (std::sregex_iterator at(text.begin(), text.end(), site), end; at != end; ++at) {
        names.insert(at->str(1));
      }
    }
  }
  return names;
}

TEST(Mutants, AreMadeInTheCodeAndListedOnce) {
  std::set<std::string> listed;
  for (const auto& mutant : all()) {
    EXPECT_TRUE(listed.emplace(mutant.name).second) << mutant.name;
  }
  EXPECT_EQ(names_in_the_code(), listed);
}

TEST(Mutants, AreHuntedWithDrillsThatCanRun) {
  const std::vector<path> folders{path(HEARTH_SOURCE_DIR) / "tests/mutants/drills"};
  for (const auto& mutant : all()) {
    if (mutant.drill == raft_swarm) {
      continue;
    }
    const auto drill = drill::load_drill(std::string(mutant.drill), folders);
    ASSERT_TRUE(drill.ok()) << drill.error().detail;
    EXPECT_TRUE(drill.value().runnable()) << mutant.drill;
    EXPECT_LE(drill.value().sim.seeds, 1000U) << mutant.drill;
  }
}

static_assert(!HEARTH_MUTANT("skip-the-sync"), "this build leaves mutants out");

TEST(Mutants, AreInNoProgramOfThisBuild) {
  for (const auto* program : {HEARTH_PROGRAM, HEARTH_DRILL_PROGRAM}) {
    const auto bytes = read(program);
    // What every program says of certificates: texts are found as they stand in the code.
    EXPECT_NE(bytes.find("hearth home certificate 1"), std::string::npos) << program;
    for (const auto& mutant : all()) {
      EXPECT_EQ(bytes.find(mutant.name), std::string::npos) << program << ' ' << mutant.name;
    }
  }
}

}  // namespace
}  // namespace hearth::mutants
