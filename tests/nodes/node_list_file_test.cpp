#include "nodes/support/node_list_file.hpp"

#include "nodes/support/cluster_file.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/time_text.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hearth {
namespace {

constexpr WallTime today{Millis(1'700'000'000'000)};
constexpr auto life = std::chrono::days(30);

class NodeListFileTest : public ::testing::Test {
 protected:
  NodeListFileTest() {
    cluster_ = {"demo", {first_.keys.signing, second_.keys.signing}, {}};
    seal::ListedNode node;
    node.keys = seal::Identity::generate().keys;
    node.role = Role::directory;
    node.region = "eu";
    node.control = {{"127.0.0.1", 24374}};
    list_.serial = 4;
    list_.not_after = today + life;
    list_.nodes = {node};
  }

  void write(const seal::NodeList& list, const seal::Identity& root) const {
    ASSERT_TRUE(write_file(path_, seal::sign_node_list(list, root.signing_seed), 0644));
  }

  [[nodiscard]] Result<void> follow(std::uint64_t serial) const {
    auto list = list_;
    list.serial = serial;
    return follow_node_list(folder_.path(), cluster_, list);
  }

  const test::TempFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "node_list";
  const seal::Identity first_ = seal::Identity::generate();
  const seal::Identity second_ = seal::Identity::generate();
  Cluster cluster_;
  seal::NodeList list_;
};

TEST_F(NodeListFileTest, IsTakenFromEitherRoot) {
  for (const auto& root : {first_, second_}) {
    write(list_, root);
    const auto loaded = load_current_node_list(path_, cluster_, today);
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(loaded.value().list, list_);
  }
}

TEST_F(NodeListFileTest, OfAnotherClusterIsToldApart) {
  write(list_, seal::Identity::generate());
  const auto refused = load_current_node_list(path_, cluster_, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::identity_unknown);
  EXPECT_EQ(refused.error().detail, path_.string() +
                                        ": no root key of the cluster demo has signed it: it, or "
                                        "cluster.toml, is that of another cluster");
}

TEST_F(NodeListFileTest, ThatIsOverIsStillReadByThoseWhoWantToKnow) {
  write(list_, first_);
  const auto over = load_current_node_list(path_, cluster_, today + life + Millis(1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::value_invalid);
  EXPECT_EQ(over.error().detail, path_.string() +
                                     ": the node list is over since 2023-12-14T22:13:20Z: sign a "
                                     "new one with `hearth cluster sign`");
  EXPECT_TRUE(load_node_list(path_, cluster_));
}

TEST_F(NodeListFileTest, ThatIsDamagedNamesItself) {
  ASSERT_TRUE(write_file(path_, "short", 0644));
  const auto refused = load_node_list(path_, cluster_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, path_.string() + ": the node list is too short or too long");
  EXPECT_EQ(load_node_list(folder_.path() / "none", cluster_).error().code, ErrorCode::not_found);
}

TEST_F(NodeListFileTest, AnOlderSerialIsNotFollowed) {
  ASSERT_TRUE(follow(4));
  ASSERT_TRUE(follow(4)) << "a restart";
  ASSERT_TRUE(follow(7));
  const auto older = follow(6);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::value_invalid);
  EXPECT_EQ(older.error().detail, "the node list has the serial 6, and the node in " +
                                      folder_.path().string() +
                                      " has followed 7 already: give it the newest list");
  EXPECT_TRUE(follow(7)) << "who was refused has changed nothing";
}

TEST_F(NodeListFileTest, AnotherClusterIsNotFollowed) {
  ASSERT_TRUE(follow(4));
  cluster_.roots = {seal::Identity::generate().keys.signing, second_.keys.signing};
  ASSERT_TRUE(follow(5)) << "one root is still there";
  cluster_ = {"other", {seal::Identity::generate().keys.signing}, {}};
  const auto other = follow(9);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::wrong_role);
  EXPECT_NE(other.error().detail.find("belongs to another cluster than other"), std::string::npos);
}

TEST_F(NodeListFileTest, ADamagedMemoryIsNoExcuseToForget) {
  ASSERT_TRUE(follow(4));
  for (const auto* text : {"", "serial = 9\n", "roots = ["}) {
    ASSERT_TRUE(write_file(folder_.path() / "node_list_followed", text, 0600));
    EXPECT_EQ(follow(9).error().code, ErrorCode::message_malformed) << text;
  }
}

TEST(TimeText, IsRfc3339) {
  EXPECT_EQ(time_text(WallTime(Millis(1'000'000'000'999))), "2001-09-09T01:46:40Z");
  EXPECT_EQ(time_text(WallTime(Millis(-1))), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace hearth
