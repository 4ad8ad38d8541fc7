// docs/drills says what is so.

#include "sim/drill/fault_fields.hpp"
#include "sim/drill/parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sstream>

namespace hearth::drill {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string page(const std::string& name) {
  std::ifstream stream(std::filesystem::path(HEARTH_SOURCE_DIR) / "docs/drills" / name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The keys that a fault has beside its nodes or links.
class KeyLister final : public FieldVisitor {
 public:
  std::vector<std::string> keys;

  void nodes(NodeChoice& /*choice*/, Roles /*allowed*/) override {}
  void links(LinkChoice& /*choice*/) override {}
  void part(std::string_view key, NodeChoice& /*choice*/, Roles /*allowed*/) override { add(key); }
  void region(std::string_view key, std::string& /*name*/) override { add(key); }
  void node(std::string_view key, std::string& /*name*/, Role /*role*/) override { add(key); }
  void number(std::string_view key, double& /*number*/, NumberRule /*rule*/) override { add(key); }
  void integer(std::string_view key, std::uint64_t& /*number*/, NumberRule /*rule*/) override {
    add(key);
  }
  void duration(std::string_view key, Millis& /*duration*/, DurationRule /*rule*/) override {
    add(key);
  }
  void flag(std::string_view key, bool& /*flag*/) override { add(key); }
  void word(std::string_view key, std::size_t& /*index*/, std::span<const std::string_view> words,
            bool /*required*/) override {
    add(key);
    for (const auto word : words) {
      keys.push_back(fmt::format("`\"{}\"`", word));
    }
  }
  void kinds(std::string_view key, std::vector<std::string>& /*kinds*/) override { add(key); }

 private:
  void add(std::string_view key) { keys.push_back(fmt::format("`{}`", key)); }
};

std::string row_of(const std::string& text, const std::string& fault) {
  const auto begin = text.find(fmt::format("| `{}` |", fault));
  return begin == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
}

TEST(DrillDocs, NameEveryFaultWithItsKeysAndWords) {
  const auto text = page("format.md");
  for (auto action : all_faults()) {
    const auto row = row_of(text, std::string(name_of(action)));
    EXPECT_FALSE(row.empty()) << name_of(action);
    KeyLister lister;
    visit_fields(action, lister);
    for (const auto& key : lister.keys) {
      EXPECT_THAT(row, HasSubstr(key)) << name_of(action);
    }
  }
}

TEST(DrillDocs, NameEveryMomentaryFault) {
  const auto text = page("format.md");
  const auto begin = text.find("Faults without `for` that are over at once");
  const auto list = text.substr(begin, text.find("\n\n", begin) - begin);
  for (const auto& action : all_faults()) {
    const bool listed = list.find(fmt::format("`{}`", name_of(action))) != std::string::npos;
    EXPECT_EQ(listed, is_momentary(action)) << name_of(action);
  }
}

TEST(DrillDocs, NameEveryProbe) {
  const auto text = page("format.md");
  for (const auto& probe : probes()) {
    EXPECT_THAT(text, HasSubstr(fmt::format("| `{}` |", probe.name)));
  }
}

TEST(DrillDocs, ShowADrillThatIsRight) {
  const auto text = page("README.md");
  const auto begin = text.find("```toml\n") + 8;
  const auto example = text.substr(begin, text.find("```", begin) - begin);
  EXPECT_THAT(parse_drill(example, "example.toml").problems, IsEmpty());
}

}  // namespace
}  // namespace hearth::drill
