// What an operator is told of a group.

#include "actors/replication/group_health.hpp"

#include "tests/actors/replication/survey_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::replication::testing {
namespace {

const std::vector three{voter(1), voter(2), voter(3)};

bool finds(const GroupHealth& group, const std::string& words) {
  return std::any_of(group.findings.begin(), group.findings.end(), [&words](const auto& finding) {
    return finding.find(words) != std::string::npos;
  });
}

TEST(GroupHealth, HasNothingToSayOfAHealthyGroup) {
  const SurveySample sample(3, three);
  const auto group = health_of(sample.survey());
  EXPECT_TRUE(group.findings.empty()) << group.findings.front();
  EXPECT_EQ(group.leader->node, directory(1));
  EXPECT_EQ(group.voters, 3U);
  EXPECT_EQ(group.voters_living, 3U);
  EXPECT_EQ(group.quorum, 2U);
  EXPECT_EQ(group.may_fail(), 1U);
  EXPECT_TRUE(group.has_quorum());
}

TEST(GroupHealth, DoesNotMindADirectoryThatIsNoMember) {
  const SurveySample sample(4, three);
  const auto group = health_of(sample.survey());
  EXPECT_TRUE(group.findings.empty());
  EXPECT_FALSE(group.each[3].member);
  EXPECT_EQ(group.voters, 3U);
}

TEST(GroupHealth, TellsWhoIsSilentAndThatNoOtherMayFail) {
  SurveySample sample(3, three);
  sample.kill(3);
  const auto group = health_of(sample.survey());
  EXPECT_EQ(group.voters_living, 2U);
  EXPECT_EQ(group.may_fail(), 0U);
  EXPECT_TRUE(group.has_quorum());
  EXPECT_TRUE(finds(group, "2 of 3 voters take part, 2 are needed: 0 more may fail"));
  EXPECT_TRUE(finds(group, "directory r3 (03030303) does not answer"));
}

TEST(GroupHealth, CountsAmongTheLivingWhoAnswersOnlyTheLeader) {
  SurveySample sample(3, three);
  sample.kill(3);
  sample.follower(3).silent_ms = 10;
  const auto group = health_of(sample.survey());
  EXPECT_EQ(group.voters_living, 3U);
  EXPECT_TRUE(finds(group, "r3 (03030303) does not answer"));
}

TEST(GroupHealth, NoticesAFollowerThatTheLeaderDoesNotHear) {
  SurveySample sample(3, three);
  sample.follower(2).silent_ms = 30'000;
  const auto group = health_of(sample.survey());
  EXPECT_EQ(group.voters_living, 2U);
  EXPECT_TRUE(finds(group, "the leader does not hear it"));
}

TEST(GroupHealth, TellsThatNobodyLeads) {
  SurveySample sample(3, three);
  sample.kill(2);
  sample.kill(3);
  sample.replica(1).role = RaftRole::follower;
  const auto group = health_of(sample.survey());
  EXPECT_EQ(group.leader, nullptr);
  EXPECT_FALSE(group.has_quorum());
  EXPECT_EQ(group.voters, 3U) << "as the one that answers has them";
  EXPECT_TRUE(finds(group, "no directory leads, so nothing can be changed: 1 of 3 voters"));
}

TEST(GroupHealth, BelievesTheLeaderOfTheHighestTerm) {
  SurveySample sample(3, three);
  sample.replica(2).role = RaftRole::leader;
  sample.replica(2).term = 5;
  EXPECT_EQ(health_of(sample.survey()).leader->node, directory(2));
}

TEST(GroupHealth, TellsWhoLagsAndWhoseDiskIsDoubtful) {
  SurveySample sample(3, three);
  sample.replica(1).last_index = 100'000;
  sample.follower(2).match = 90'000;
  sample.follower(3).match = 99'999;
  sample.replica(3).recalled = false;
  const auto group = health_of(sample.survey());
  EXPECT_TRUE(finds(group, "r2 (02020202) is 10000 entries behind the leader"));
  EXPECT_FALSE(finds(group, "is 1 entries behind"));
  EXPECT_TRUE(finds(group, "r3 (03030303) has not heard yet whether its disk"));
}

TEST(GroupHealth, TellsOfLearnersAndOfMembersThatNobodyLists) {
  auto members = three;
  members[2].votes = false;
  SurveySample sample(3, members);
  sample.strike(2);
  const auto group = health_of(sample.survey());
  EXPECT_EQ(group.voters, 2U);
  EXPECT_TRUE(finds(group, "r3 (03030303) is a learner"));
  EXPECT_TRUE(finds(group, "member 02020202 is not in the node list"));
}

TEST(GroupHealth, KnowsNoMembersWhereNobodyHasAny) {
  SurveySample sample(1, {});
  sample.replica(1).role = RaftRole::follower;
  EXPECT_TRUE(finds(health_of(sample.survey()), "founders"));
}

}  // namespace
}  // namespace hearth::replication::testing
