#include "sim/drill/catalogue.hpp"

#include "sim/drill/parser.hpp"
#include "sim/drill/writer.hpp"
#include "tests/sim/drill/drill_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace hearth::drill {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const std::vector<fs::path>& shipped() {
  static const std::vector<fs::path> folders = {fs::path(HEARTH_SOURCE_DIR) / "sim/drills"};
  return folders;
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(DrillCatalogue, HasAllThirtyFour) {
  int number = 0;
  for (const auto& entry : catalogue()) {
    EXPECT_EQ(entry.number, ++number);
  }
  EXPECT_EQ(number, 34);
}

TEST(DrillCatalogue, ShipsAFileForEachThatRunsAndForNoOther) {
  for (const auto& entry : catalogue()) {
    const auto drill = load_drill(std::string(entry.name), shipped());
    ASSERT_EQ(drill.ok(), entry.runnable()) << entry.name << '\n' << drill.error().detail;
    if (drill.ok()) {
      EXPECT_EQ(drill.value().name, entry.name);
      EXPECT_EQ(drill.value().says, entry.says);
      EXPECT_EQ(drill.value().tolerance, entry.tolerance) << entry.name;
    }
  }
  for (const auto& file : fs::directory_iterator(shipped().front())) {
    EXPECT_NE(find_in_catalogue(file.path().stem().string()), nullptr) << file.path();
  }
}

TEST(DrillCatalogue, KeepsRunsShortEnoughForManySeeds) {
  for (const auto& entry : catalogue()) {
    if (entry.runnable()) {
      const auto drill = load_drill(std::string(entry.name), shipped()).value();
      EXPECT_LE(duration_of(drill), Millis(180'000)) << entry.name;
      EXPECT_LE(nodes_of(drill.topology).size(), 100U) << entry.name;
    }
  }
}

TEST(DrillCatalogue, ComesBackFromItsOwnWriter) {
  for (const auto& file : fs::directory_iterator(shipped().front())) {
    const auto drill = parse_drill(text_of(file.path()), file.path().filename().string()).drill;
    const auto written = to_toml(drill);
    const auto again = parse_drill(written, "written.toml");
    ASSERT_THAT(again.problems, IsEmpty()) << written;
    EXPECT_EQ(again.drill, drill) << written;
    EXPECT_EQ(to_toml(again.drill), written);
  }
}

TEST(DrillCatalogue, TellsWhatADrillWaitsFor) {
  EXPECT_EQ(load_drill("blob-store-loss", shipped()).error(),
            (Error{ErrorCode::not_found, "blob-store-loss cannot run yet: it waits for blobs"}));
}

TEST(DrillCatalogue, NamesTheDrillThatWasMeant) {
  EXPECT_EQ(load_drill("regoin-loss-hard", shipped()).error(),
            (Error{ErrorCode::not_found,
                   "no drill \"regoin-loss-hard\"; did you mean \"region-loss-hard\"?"}));
  EXPECT_EQ(load_drill("my/own.toml", shipped()).error().detail, "no such file: my/own.toml");
}

TEST(DrillCatalogue, ListsAsJson) {
  const auto list = nlohmann::json::parse(to_json(list_drills(shipped())));
  ASSERT_EQ(list["drills"].size(), 34U);
  const auto& first = list["drills"][0];
  EXPECT_EQ(first["name"], "directory-leader-crash");
  EXPECT_EQ(first["tolerance"], "within");
  EXPECT_EQ(first["runnable"], true);
  EXPECT_TRUE(first["waitsFor"].is_null());
  EXPECT_EQ(list["drills"][5]["waitsFor"], "drain");
}

TEST(DrillCatalogue, HasItsTableInTheDocumentation) {
  const auto page = text_of(fs::path(HEARTH_SOURCE_DIR) / "docs/drills/catalogue.md");
  for (const auto& entry : catalogue()) {
    EXPECT_THAT(page, testing::HasSubstr(fmt::format(
                          "| {} | {}{}{} | {} | {} |", entry.number, entry.runnable() ? "`" : "",
                          entry.name, entry.runnable() ? "`" : "",
                          entry.tolerance == Tolerance::within ? "within" : "beyond", entry.says)));
    EXPECT_THAT(page, testing::HasSubstr(std::string(entry.waits_for)));
  }
}

}  // namespace
}  // namespace hearth::drill
