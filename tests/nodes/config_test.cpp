#include "nodes/support/config.hpp"

#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace hearth {
namespace {

const Schema schema{
    {"node", "data", "data", false, {"/var/lib/hearth"}, ""},
    {"super-peer", "data_listen", "data-listen", true, {"[::]:24373"}, ""},
    {"log", "level", "log-level", false, {"info"}, ""},
};

class ConfigTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    return (folder_.path() / name).string();
  }

  test::TempFolder folder_;
};

TEST_F(ConfigTest, LaterSourcesWin) {
  ConfigSources sources;
  sources.files = {write("a.toml", "[node]\ndata = \"/a\"\n[log]\nlevel = \"debug\"\n"),
                   write("b.toml", "[node]\ndata = \"/b\"\n")};
  sources.environment = {"HEARTH_LOG__LEVEL=error", "PATH=/bin", "HEARTH_TO=http://there"};
  auto settings = load_settings(schema, sources);
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ(settings.value().text("node.data"), "/b");
  EXPECT_EQ(settings.value().text("log.level"), "error");
  EXPECT_EQ(settings.value().origin("log.level"), "HEARTH_LOG__LEVEL");
  EXPECT_EQ(settings.value().origin("node.data"), sources.files[1].string() + ":2");
  EXPECT_EQ(settings.value().origin("super-peer.data_listen"), "default");

  sources.flags["node.data"] = {"/flag"};
  settings = load_settings(schema, sources);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings.value().text("node.data"), "/flag");
  EXPECT_EQ(settings.value().origin("node.data"), "--data");
}

TEST_F(ConfigTest, AListReplacesTheOneBelow) {
  ConfigSources sources;
  sources.files = {write("a.toml", "[super-peer]\ndata_listen = [\"a:1\", \"b:2\"]\n")};
  auto settings = load_settings(schema, sources);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings.value().list("super-peer.data_listen"),
            (std::vector<std::string>{"a:1", "b:2"}));
  sources.environment = {"HEARTH_SUPER_PEER__DATA_LISTEN=c:3,d:4"};
  settings = load_settings(schema, sources);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings.value().list("super-peer.data_listen"),
            (std::vector<std::string>{"c:3", "d:4"}));
}

TEST_F(ConfigTest, AnUnknownKeyIsRefusedWithItsPlaceAndTheNearestOne) {
  ConfigSources sources;
  sources.files = {write("a.toml", "[log]\n\nlevl = \"info\"\n")};
  const auto settings = load_settings(schema, sources);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::value_invalid);
  EXPECT_EQ(settings.error().detail,
            sources.files[0].string() + ":3: unknown key 'log.levl'; did you mean 'log.level'?");
}

TEST_F(ConfigTest, AnUnknownVariableIsRefusedUnlessItIsAnotherRoles) {
  ConfigSources sources;
  sources.environment = {"HEARTH_GATEWAY__HTTP=127.0.0.1:1"};
  EXPECT_FALSE(load_settings(schema, sources));
  sources.foreign_sections = {"gateway"};
  EXPECT_TRUE(load_settings(schema, sources));
}

TEST_F(ConfigTest, BrokenTomlIsRefusedWithItsLine) {
  ConfigSources sources;
  sources.files = {write("a.toml", "[log]\nlevel = \n")};
  const auto settings = load_settings(schema, sources);
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().detail.find("a.toml:2"), std::string::npos) << settings.error().detail;
}

TEST_F(ConfigTest, AListIsNotOneValue) {
  ConfigSources sources;
  sources.files = {write("a.toml", "[log]\nlevel = [\"info\", \"debug\"]\n")};
  EXPECT_FALSE(load_settings(schema, sources));
}

TEST_F(ConfigTest, AMissingFileIsNoError) {
  ConfigSources sources;
  sources.files = {folder_.path() / "missing.toml"};
  EXPECT_TRUE(load_settings(schema, sources));
}

}  // namespace
}  // namespace hearth
