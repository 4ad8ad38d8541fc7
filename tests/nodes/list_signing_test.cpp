#include "nodes/cli/trust/list_signing.hpp"

#include "nodes/cli/trust/node_entry.hpp"
#include "nodes/cli/trust/node_list_text.hpp"
#include "nodes/roles/roles.hpp"
#include "nodes/support/data_folder.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <sys/stat.h>

namespace hearth::cli::trust {
namespace {

constexpr WallTime today{Millis(1'700'000'000'000)};

seal::ListedNode listed(Role role, const std::string& region) {
  seal::ListedNode node;
  node.keys = seal::Identity::generate().keys;
  node.role = role;
  node.region = region;
  node.control = {{region + ".example", 24374}};
  if (role == Role::super_peer) {
    node.data = {{region + ".example", 24373}};
  }
  node.issues_tickets = role == Role::directory;
  return node;
}

class ListSigningTest : public ::testing::Test {
 protected:
  ListSigningTest() {
    EXPECT_TRUE(make_trust_root(folder_.path(), "demo", 16));
    order_ = {folder_.path() / cluster_file, folder_.path() / root_files[0],
              folder_.path() / "node_list"};
  }

  [[nodiscard]] Cluster cluster() const { return load_cluster(order_.cluster).value(); }
  [[nodiscard]] seal::NodeList list() const {
    return load_current_node_list(order_.list, cluster(), today).value().list;
  }

  const test::TempFolder folder_;
  const seal::ListedNode directory_ = listed(Role::directory, "eu");
  const seal::ListedNode super_peer_ = listed(Role::super_peer, "eu");
  ListOrder order_;
};

TEST_F(ListSigningTest, ATrustRootIsTwoKeysOfItsOwnerAlone) {
  EXPECT_EQ(cluster().name, "demo");
  ASSERT_EQ(cluster().roots.size(), 2U);
  EXPECT_NE(cluster().roots[0], cluster().roots[1]);
  EXPECT_TRUE(cluster().founders.empty());
  for (const auto file : root_files) {
    struct stat status {};
    ASSERT_EQ(::stat((folder_.path() / file).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
}

TEST_F(ListSigningTest, AClusterHasAPlainName) {
  for (const std::string name : {"", "a b", "a\"b", "Küche", "x\n"}) {
    EXPECT_EQ(make_trust_root(folder_.path() / "other", name, 16).error().code,
              ErrorCode::value_invalid)
        << name;
  }
}

TEST_F(ListSigningTest, TheFirstListFounds) {
  const auto first = sign_nodes(order_, {directory_, super_peer_}, today);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_TRUE(first.value().founded);
  EXPECT_EQ(cluster().founders, std::vector{directory_.id()});
  EXPECT_EQ(list().serial, 1U);
  EXPECT_EQ(list().not_after, today + node_list_life);
  EXPECT_EQ(list().nodes, (std::vector{directory_, super_peer_}));

  order_.root = folder_.path() / root_files[1];
  order_.life = std::chrono::days(3);
  const auto newcomer = listed(Role::directory, "us");
  const auto second = sign_nodes(order_, {newcomer}, today);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_FALSE(second.value().founded);
  EXPECT_EQ(second.value().before, (std::vector{directory_, super_peer_}));
  EXPECT_EQ(cluster().founders, std::vector{directory_.id()}) << "for good";
  EXPECT_EQ(list().serial, 2U);
  EXPECT_EQ(list().not_after, today + std::chrono::days(3));
}

TEST_F(ListSigningTest, AListThatIsOverIsReplacedAllTheSame) {
  ASSERT_TRUE(sign_nodes(order_, {directory_}, today - std::chrono::days(100)));
  ASSERT_TRUE(sign_nodes(order_, {directory_}, today));
  EXPECT_EQ(list().serial, 2U);
}

TEST_F(ListSigningTest, AStrangersKeySignsNothing) {
  const auto path = folder_.path() / "other.key";
  ASSERT_TRUE(create_identity(path));
  order_.root = path;
  const auto refused = sign_nodes(order_, {directory_}, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::identity_unknown);
  EXPECT_NE(refused.error().detail.find("is no root key of the cluster demo"), std::string::npos);
  EXPECT_FALSE(is_there(order_.list));
}

TEST_F(ListSigningTest, AnotherClustersListIsNotReplaced) {
  ASSERT_TRUE(sign_nodes(order_, {directory_}, today));
  const auto other = folder_.path() / "other";
  ASSERT_TRUE(make_trust_root(other, "other", 16));
  const auto refused =
      sign_nodes({other / cluster_file, other / root_files[0], order_.list}, {directory_}, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::identity_unknown);
}

TEST_F(ListSigningTest, ASerialIsNotGivenTwiceWhereTheLastListIsGone) {
  ASSERT_TRUE(sign_nodes(order_, {directory_}, today));
  std::filesystem::remove(order_.list);
  const auto refused = sign_nodes(order_, {directory_}, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_NE(refused.error().detail.find("its serial is needed"), std::string::npos);
}

TEST_F(ListSigningTest, WhatNobodyCouldUseIsNotSigned) {
  EXPECT_EQ(sign_nodes(order_, {super_peer_}, today).error().code, ErrorCode::value_invalid);
  const auto twice = sign_nodes(order_, {directory_, directory_}, today);
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().detail.find("listed twice"), std::string::npos);
  EXPECT_FALSE(is_there(order_.list));
  EXPECT_TRUE(cluster().founders.empty());
}

TEST_F(ListSigningTest, AListSaysWhenItEnds) {
  const seal::NodeList list{3, today + std::chrono::days(7), {directory_, super_peer_}};
  EXPECT_FALSE(wants_renewal(list, today));
  EXPECT_TRUE(wants_renewal(list, today + Millis(1)));
  EXPECT_EQ(short_text(super_peer_), "super-peer eu " + to_text(super_peer_.id()).substr(0, 8));
  EXPECT_TRUE(
      node_list_table("demo", list, today)
          .starts_with("cluster demo, serial 3, good until 2023-11-21T22:13:20Z, 7 days\n"));
  EXPECT_TRUE(node_list_table("demo", list, today + std::chrono::days(6))
                  .starts_with("cluster demo, serial 3, good until 2023-11-21T22:13:20Z, 1 day: "
                               "sign a new one"));
  EXPECT_TRUE(node_list_table("demo", list, today + std::chrono::days(8))
                  .starts_with("cluster demo, serial 3, over since 2023-11-21T22:13:20Z: sign"));
  const auto json = nlohmann::json::parse(node_list_json("demo", list, today));
  EXPECT_EQ(json["serial"], 3);
  EXPECT_EQ(json["daysLeft"], 7);
  EXPECT_EQ(json["over"], false);
  ASSERT_EQ(json["nodes"].size(), 2U);
  EXPECT_EQ(json["nodes"][1]["data"][0], "eu.example:24373");
}

TEST(NodeEntry, IsWhatTheFolderAndTheOperatorSay) {
  const test::TempFolder folder;
  const auto data = folder.path() / "super-peer";
  const auto identity = init_node_folder(data, "super-peer");
  ASSERT_TRUE(identity) << identity.error().detail;
  const auto entry = entry_of(data, {"ap", {"sp.example:1"}, {"sp.example:2", "[::1]:3"}});
  ASSERT_TRUE(entry) << entry.error().detail;
  EXPECT_EQ(entry.value().keys, identity.value().keys);
  EXPECT_EQ(entry.value().role, Role::super_peer);
  EXPECT_EQ(entry.value().region, "ap");
  EXPECT_EQ(entry.value().data[1], (seal::Endpoint{"::1", 3}));
  EXPECT_EQ(entry_of(data, {"AP", {}, {}}).error().code, ErrorCode::value_invalid);
  EXPECT_EQ(entry_of(data, {"", {"nowhere"}, {}}).error().code, ErrorCode::value_invalid);
}

TEST(NodeEntry, OfAHomeThereIsNone) {
  const test::TempFolder folder;
  ASSERT_TRUE(init_node_folder(folder.path() / "home", "home"));
  EXPECT_EQ(entry_of(folder.path() / "home", {}).error().code, ErrorCode::wrong_role);
  ASSERT_TRUE(DataFolder::open(folder.path() / "empty", "directory"));
  EXPECT_EQ(entry_of(folder.path() / "empty", {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(entry_of(folder.path() / "none", {}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace hearth::cli::trust
