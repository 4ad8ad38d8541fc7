#include "nodes/cli/up/cluster_plan.hpp"

#include "nodes/cli/role_settings.hpp"
#include "nodes/cli/up/port_book.hpp"
#include "nodes/support/cluster_file.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace hearth::cli::up {
namespace {

namespace fs = std::filesystem;

constexpr WallTime now{std::chrono::milliseconds(1'700'000'000'000)};

class ClusterPlanTest : public ::testing::Test {
 protected:
  ClusterPlanTest() {
    options_.data = root_.path() / "up";
    options_.media = {root_.path()};
    options_.regions = {"eu", "us"};
    options_.http = {"127.0.0.1", 24371};
  }

  Result<ClusterPlan> prepare() {
    auto folder = DataFolder::open(options_.data, "up");
    return folder ? prepare_cluster(options_, *folder.value(), now) : folder.error();
  }

  [[nodiscard]] seal::NodeList node_list() const {
    const auto cluster = load_cluster(options_.data / "cluster.toml");
    return load_current_node_list(options_.data / "node_list", cluster.value(), now).value().list;
  }

  test::TempFolder root_;
  Options options_;
};

std::string value_of(const ProcessPlan& plan, const std::string& flag) {
  const auto found = std::find(plan.arguments.begin(), plan.arguments.end(), flag);
  return found == plan.arguments.end() ? "" : *(found + 1);
}

TEST_F(ClusterPlanTest, GivesEachProcessAnAddressOfTheEmulatedNetwork) {
  options_.subnet = 7;
  const auto plan = prepare();
  ASSERT_TRUE(plan) << plan.error().detail;
  const auto& service = plan.value().service;
  EXPECT_TRUE(value_of(service[0], "--listen").starts_with("10.213.7.2:"));
  EXPECT_TRUE(value_of(service[3], "--data-listen").starts_with("10.213.7.5:"));
  EXPECT_EQ(node_list().nodes[3].control[0].host, "10.213.7.5");
  EXPECT_EQ(plan.value().http, (seal::Endpoint{"10.213.7.7", 24371}));
}

TEST_F(ClusterPlanTest, HasADirectoryAndASuperPeerInEachRegionAndOneHousehold) {
  const auto plan = prepare();
  ASSERT_TRUE(plan) << plan.error().detail;
  std::vector<std::string> names;
  for (const auto& process : plan.value().service) {
    names.push_back(process.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"directory-eu", "directory-us", "super-peer-eu",
                                             "super-peer-us"}));
  ASSERT_EQ(plan.value().household.size(), 2U);
  EXPECT_EQ(plan.value().household[0].role, "home");
  EXPECT_EQ(plan.value().household[1].role, "gateway");
  EXPECT_EQ(plan.value().token.size(), 64U);
  const auto list = node_list();
  EXPECT_EQ(list.nodes.size(), 4U);
}

TEST_F(ClusterPlanTest, KeepsKeysPortsAndTokenOverARestart) {
  const auto first = prepare();
  ASSERT_TRUE(first);
  const auto before = node_list();
  const auto second = prepare();
  ASSERT_TRUE(second);
  const auto after = node_list();
  EXPECT_EQ(after.nodes, before.nodes);
  EXPECT_EQ(after.serial, before.serial + 1);
  EXPECT_EQ(second.value().token, first.value().token);
}

TEST_F(ClusterPlanTest, ListsWhereOthersFindANode) {
  fs::create_directories(options_.data);
  std::ofstream(options_.data / "ports.toml")
      << "[super-peer-eu]\nadvertised_control = 7001\nadvertised_data = 7002\n";
  const auto plan = prepare();
  ASSERT_TRUE(plan) << plan.error().detail;
  const auto list = node_list();
  EXPECT_EQ(list.nodes[2].control[0].port, 7001);
  EXPECT_EQ(list.nodes[2].data[0].port, 7002);
  EXPECT_NE(value_of(plan.value().service[2], "--listen"), "127.0.0.1:7001");
}

TEST_F(ClusterPlanTest, KeepsTheRegionsThatReplicateTheAccounts) {
  options_.regions = {"eu", "us", "ap"};
  ASSERT_TRUE(prepare());
  options_.regions = {"ap", "eu"};
  const auto fewer = prepare();
  ASSERT_TRUE(fewer) << fewer.error().detail;
  EXPECT_EQ(fewer.value().service[0].region, "eu") << "in the order of the first start";
  options_.regions = {"ap"};
  const auto refused = prepare();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::value_invalid);
}

TEST_F(ClusterPlanTest, LetsALaterRegionJoinAndNotFound) {
  ASSERT_TRUE(prepare());
  const auto founders = load_cluster(options_.data / "cluster.toml").value().founders;
  ASSERT_EQ(founders.size(), 2U);
  options_.regions = {"sa", "eu", "us"};
  const auto more = prepare();
  ASSERT_TRUE(more) << more.error().detail;
  EXPECT_EQ(more.value().service[2].region, "sa") << "after those of the first start";
  EXPECT_EQ(load_cluster(options_.data / "cluster.toml").value().founders, founders);
  EXPECT_EQ(node_list().nodes[0].id(), founders[0]);
}

TEST_F(ClusterPlanTest, EnrolsHomeAndGatewayForTheOwner) {
  ASSERT_TRUE(prepare());
  const auto enrolment = plan_enrolment(options_.data, now);
  ASSERT_TRUE(enrolment) << enrolment.error().detail;
  EXPECT_EQ(enrolment.value().household.account, "demo");
  EXPECT_EQ(enrolment.value().household.devices.size(), 2U);
}

TEST_F(ClusterPlanTest, RefusesTheFolderOfAnotherRole) {
  ASSERT_TRUE(DataFolder::open(options_.data / "home", "gateway"));
  const auto plan = prepare();
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::wrong_role);
}

TEST(PortBook, ChoosesAnewWhenASavedPortIsTaken) {
  const test::TempFolder folder;
  auto book = PortBook::load(folder.path() / "ports.toml");
  ASSERT_TRUE(book);
  const auto port = book.value().choose("home", "admin");
  ASSERT_TRUE(port);
  EXPECT_TRUE(is_port_free(port.value()));
  // A port is given once: the second who asks gets another.
  const auto again = book.value().choose("home", "admin");
  ASSERT_TRUE(again);
  EXPECT_NE(again.value(), port.value());
}

TEST(PortBook, RefusesNumbersThatAreNoPorts) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "ports.toml") << "[home]\nadmin = 70000\n";
  EXPECT_FALSE(PortBook::load(folder.path() / "ports.toml"));
}

TEST(RoleSettings, EveryDefaultIsRight) {
  for (const std::string role : {"directory", "super-peer", "gateway"}) {
    const auto settings = load_settings(schema_of(role), {});
    ASSERT_TRUE(settings);
    EXPECT_TRUE(check_settings(role, settings.value())) << role;
  }
}

TEST(RoleSettings, AHomeNeedsAFolder) {
  ConfigSources sources;
  const auto empty = load_settings(schema_of("home"), sources);
  EXPECT_FALSE(check_settings("home", empty.value()));
  sources.flags["home.media"] = {"/nonexistent"};
  const auto missing = home_options(load_settings(schema_of("home"), sources).value());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().detail, "--media: home.media: no such folder: /nonexistent");
}

}  // namespace
}  // namespace hearth::cli::up
