// What `hearth cluster recover` makes of what folders have.

#include "nodes/cli/recovery/recovery_plan.hpp"

#include "messages/seal/identity.hpp"
#include "nodes/cli/recovery/recovery_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace hearth::cli::recovery {
namespace {

using replication::Configuration;
using replication::GroupRemains;
using replication::SnapshotId;

/// Three directories, of which the last one is left; the node list names it alone.
class RecoveryPlanTest : public ::testing::Test {
 protected:
  RecoveryPlanTest() {
    cluster_.name = "demo";
    for (const auto* region : {"eu", "us", "ap"}) {
      seal::ListedNode node;
      node.keys = seal::Identity::generate().keys;
      node.role = Role::directory;
      node.region = region;
      all_.nodes.push_back(node);
      members_.members.push_back({node.id(), true, 1});
    }
    struck_.nodes = {all_.nodes.back()};
  }

  [[nodiscard]] NodeId id(std::size_t which) const { return all_.nodes[which].id(); }

  [[nodiscard]] Survivor survivor(std::size_t which, const std::vector<SnapshotId>& last) const {
    Survivor survivor{"folder-" + all_.nodes[which].region, id(which), {}};
    for (std::uint32_t group = 0; group < last.size(); ++group) {
      survivor.groups.push_back(
          {GroupId{group}, {9, {}}, last[group], last[group].index - 1, members_, 0});
    }
    return survivor;
  }

  [[nodiscard]] Result<RecoveryPlan> plan(const seal::NodeList& list,
                                          const std::vector<Survivor>& beside = {}) const {
    return plan_recovery(cluster_, list, survivor(2, {{10, 3}, {20, 4}}), beside);
  }

  Cluster cluster_;
  seal::NodeList all_;
  seal::NodeList struck_;
  Configuration members_;
};

TEST_F(RecoveryPlanTest, MakesOneBatchOfAllGroups) {
  const auto made = plan(struck_);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_TRUE(check_plan(made.value(), false));
  EXPECT_FALSE(is_done(made.value()));
  EXPECT_EQ(made.value().lost, (std::vector{id(0), id(1)}));
  const auto appends = appends_of(made.value());
  ASSERT_EQ(appends.size(), 2U);
  EXPECT_NE(appends[0].stream, appends[1].stream);
}

TEST_F(RecoveryPlanTest, DoesNothingTwice) {
  members_ = {{{id(2), true, 1}}};
  const auto made = plan(struck_);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_TRUE(is_done(made.value()));
  EXPECT_TRUE(appends_of(made.value()).empty());
}

TEST_F(RecoveryPlanTest, WantsTheLostStruckFirst) {
  const auto made = plan(all_);
  ASSERT_TRUE(made) << made.error().detail;
  const auto checked = check_plan(made.value(), true);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().detail.find("eu ("), std::string::npos) << checked.error().detail;
  EXPECT_NE(checked.error().detail.find("us ("), std::string::npos) << checked.error().detail;
  EXPECT_NE(plan_text(made.value()).find("first sign a node list without eu ("), std::string::npos);
}

TEST_F(RecoveryPlanTest, RefusesAFolderThatIsBehindInAnyGroup) {
  const auto made = plan(struck_, {survivor(0, {{10, 3}, {19, 4}}), survivor(1, {{9, 3}, {5, 5}})});
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_EQ(made.value().further.size(), 1U);
  EXPECT_EQ(made.value().further[0].folder, "folder-us");
  EXPECT_EQ(made.value().further[0].remains.group, GroupId{1});
  EXPECT_FALSE(check_plan(made.value(), false));
  EXPECT_TRUE(check_plan(made.value(), true));
  EXPECT_NE(plan_text(made.value()).find("group 1: folder-us is further: last entry 5 of term 5"),
            std::string::npos);
}

TEST_F(RecoveryPlanTest, RefusesItsOwnFolderAsAnother) {
  const auto made = plan(struck_, {survivor(2, {{10, 3}, {20, 4}})});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::value_invalid);
}

TEST_F(RecoveryPlanTest, RefusesWhoWouldNotStart) {
  seal::NodeList others = all_;
  others.nodes.pop_back();
  EXPECT_EQ(plan(others).error().code, ErrorCode::identity_unknown);
  others = struck_;
  others.nodes[0].role = Role::super_peer;
  EXPECT_EQ(plan(others).error().code, ErrorCode::identity_unknown);
}

TEST_F(RecoveryPlanTest, RefusesWhoIsNoMember) {
  members_.members.pop_back();
  EXPECT_EQ(plan(struck_).error().code, ErrorCode::not_found);
}

TEST_F(RecoveryPlanTest, SaysWhatIsThereAndWhatWouldBeLost) {
  const auto made = plan(struck_).value();
  const auto text = plan_text(made);
  EXPECT_TRUE(text.starts_with("cluster demo, directory ap (")) << text;
  EXPECT_NE(text.find("group 1: term 9, last entry 20 of term 4, applied up to 19; members: "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    changes acknowledged after index 20 by a majority without this "
                      "directory are lost\n"),
            std::string::npos)
      << text;
  const auto json = nlohmann::json::parse(plan_json(made, false));
  EXPECT_EQ(json["done"], false);
  ASSERT_EQ(json["groups"].size(), 2U);
  EXPECT_EQ(json["groups"][1]["lastIndex"], 20);
  EXPECT_EQ(json["groups"][1]["recoveredTerm"], 9 + replication::recovery_terms_skipped);
  EXPECT_EQ(json["groups"][1]["members"][0]["lost"], true);
  EXPECT_EQ(json["groups"][1]["members"][2]["lost"], false);
  EXPECT_EQ(json["lost"].size(), 2U);
  EXPECT_TRUE(json["further"].empty());
}

TEST_F(RecoveryPlanTest, KeepsWhatWasBeforeInOneLine) {
  const auto line = evidence_line(plan(struck_).value(), WallTime{});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["time"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(json["groups"][0]["members"].size(), 3U);
  EXPECT_EQ(json["groups"][0]["vote"], nullptr);
}

}  // namespace
}  // namespace hearth::cli::recovery
