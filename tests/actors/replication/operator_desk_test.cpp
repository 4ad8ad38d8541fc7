// What a directory asks others for an operator, and what it makes of their answers.

#include "actors/replication/operator_desk.hpp"

#include "messages/envelope/codec.hpp"
#include "tests/actors/replication/survey_samples.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

Envelope envelope_of(const auto& message) {
  Header header;
  header.from = {directory(2), "replicas"};
  header.to = {directory(1), "replicas"};
  return pack(header, message);
}

class OperatorDeskTest : public ::testing::Test {
 protected:
  SurveySample sample{3, {voter(1), voter(2), voter(3)}};
  OperatorDesk desk{directory(1),
                    {{directory(1), "r1"}, {directory(2), "r2"}, {directory(3), "r3"}}};
};

TEST_F(OperatorDeskTest, AsksAllOthersAndWaitsForEachOnce) {
  const auto asked = desk.survey(9, sample.replica(1));
  ASSERT_EQ(asked.asks.size(), 2U);
  EXPECT_TRUE(asked.replies.empty());
  EXPECT_EQ(asked.asks[0].to, directory(2));
  EXPECT_EQ(unpack<DescribeReplica>(asked.asks[0].envelope).value().group, GroupId{1});
  EXPECT_TRUE(desk.answered({asked.asks[0].token, envelope_of(sample.replica(2))}).replies.empty());
  EXPECT_TRUE(desk.answered({asked.asks[0].token, envelope_of(sample.replica(2))}).replies.empty())
      << "said already";
  const auto ended = desk.answered({asked.asks[1].token, envelope_of(sample.replica(3))});
  ASSERT_EQ(ended.replies.size(), 1U);
  EXPECT_EQ(ended.replies[0].id, 9U);
  EXPECT_EQ(std::get<ClusterSurvey>(ended.replies[0].answer.what), sample.survey());
  EXPECT_EQ(desk.leader_seen(GroupId{1}), directory(1));
}

TEST_F(OperatorDeskTest, TellsOfTheSilentAndOfNonsenseAsNoAnswer) {
  const auto asked = desk.survey(9, sample.replica(1));
  (void)desk.answered({asked.asks[0].token, Error{ErrorCode::unreachable, ""}});
  const auto ended = desk.answered({asked.asks[1].token, envelope_of(MembersProposed{3})});
  ASSERT_EQ(ended.replies.size(), 1U);
  const auto& survey = std::get<ClusterSurvey>(ended.replies[0].answer.what);
  EXPECT_TRUE(survey.directories[0].replica);
  EXPECT_FALSE(survey.directories[1].replica);
  EXPECT_FALSE(survey.directories[2].replica);
}

TEST_F(OperatorDeskTest, WaitsOnceForTheSilentOfManyGroups) {
  const auto first = desk.survey(1, sample.replica(1));
  (void)desk.answered({first.asks[0].token, Error{ErrorCode::timed_out, ""}});
  (void)desk.answered({first.asks[1].token, envelope_of(sample.replica(3))});

  auto other = sample.replica(1);
  other.group = GroupId{2};
  const auto second = desk.survey(2, other);
  ASSERT_EQ(second.asks.size(), 2U) << "it may be back";
  const auto ended = desk.answered({second.asks[1].token, envelope_of(sample.replica(3))});
  ASSERT_EQ(ended.replies.size(), 1U) << "and is not waited for";
  EXPECT_TRUE(
      desk.answered({second.asks[0].token, envelope_of(sample.replica(2))}).replies.empty());

  const auto third = desk.survey(3, other);
  EXPECT_TRUE(desk.answered({third.asks[1].token, envelope_of(sample.replica(3))}).replies.empty())
      << "it is back";
}

TEST_F(OperatorDeskTest, TellsOfMembersThatOnlyAnotherKnows) {
  OperatorDesk joins(directory(4), {{directory(4), "r4"}, {directory(1), "r1"}});
  ReplicaDescribed empty;
  empty.group = GroupId{1};
  const auto asked = joins.survey(1, empty);
  ASSERT_EQ(asked.asks.size(), 1U);
  const auto ended = joins.answered({asked.asks[0].token, envelope_of(sample.replica(1))});
  ASSERT_EQ(ended.replies.size(), 1U);
  const auto& survey = std::get<ClusterSurvey>(ended.replies[0].answer.what);
  ASSERT_EQ(survey.directories.size(), 4U);
  EXPECT_EQ(survey.directories[2].node, directory(2));
  EXPECT_TRUE(survey.directories[2].region.empty());
}

TEST_F(OperatorDeskTest, AnswersAloneWhereThereIsNobodyElse) {
  OperatorDesk alone(directory(1), {{directory(1), "r1"}});
  SurveySample one(1, {voter(1)});
  const auto turn = alone.survey(2, one.replica(1));
  EXPECT_TRUE(turn.asks.empty());
  ASSERT_EQ(turn.replies.size(), 1U);
  EXPECT_EQ(std::get<ClusterSurvey>(turn.replies[0].answer.what), one.survey());
}

TEST_F(OperatorDeskTest, HandsChangesOnAndTheAnswerBack) {
  const ChangeMembers change{GroupId{1}, 7, {{voter(1), voter(2)}}};
  const auto asked = desk.pass_on(5, change, directory(2));
  ASSERT_EQ(asked.asks.size(), 1U);
  EXPECT_EQ(unpack<ChangeMembers>(asked.asks[0].envelope).value(), change);
  const auto done = desk.answered({asked.asks[0].token, envelope_of(MembersProposed{101})});
  ASSERT_EQ(done.replies.size(), 1U);
  EXPECT_EQ(std::get<MembersProposed>(done.replies[0].answer.what).index, 101U);

  const auto again = desk.pass_on(6, change, directory(2));
  const auto refused =
      desk.answered({again.asks[0].token, Error{ErrorCode::sequence_moved, "moved"}});
  EXPECT_EQ(std::get<Error>(refused.replies.at(0).answer.what).code, ErrorCode::sequence_moved);
}

TEST_F(OperatorDeskTest, SeeksTheLeaderWithOneAfterTheOther) {
  const auto first = desk.seek_leader(GroupId{1});
  const auto second = desk.seek_leader(GroupId{1});
  ASSERT_EQ(first.asks.size() + second.asks.size(), 2U);
  EXPECT_EQ(first.asks[0].to, directory(2));
  EXPECT_EQ(second.asks[0].to, directory(3));
  EXPECT_FALSE(desk.answered({first.asks[0].token, Error{ErrorCode::unreachable, ""}}).leader);
  auto follower = sample.replica(3);
  follower.leader = directory(2);
  const auto told = desk.answered({second.asks[0].token, envelope_of(follower)});
  ASSERT_TRUE(told.leader);
  EXPECT_EQ(told.leader->leader, directory(2));
  EXPECT_EQ(desk.seek_leader(GroupId{1}).asks.at(0).to, directory(2)) << "in turn, not ourselves";
}

TEST_F(OperatorDeskTest, BelievesOnlyMembersWhoLeads) {
  const auto asked = desk.seek_leader(GroupId{1});
  auto hearsay = sample.replica(2);
  hearsay.members = {{voter(1), voter(3)}};
  EXPECT_FALSE(desk.answered({asked.asks.at(0).token, envelope_of(hearsay)}).leader);
}

TEST_F(OperatorDeskTest, AsksNoMoreThanASurveyHolds) {
  std::vector<ListedDirectory> listed;
  for (std::uint8_t number = 1; number <= 100; ++number) {
    listed.push_back({directory(number), "r"});
  }
  OperatorDesk busy(directory(1), listed);
  SurveySample group(1, {voter(1), voter(99)});
  const auto turn = busy.survey(1, group.replica(1));
  EXPECT_EQ(turn.asks.size(), ClusterSurvey::directories_max - 1);
  EXPECT_EQ(turn.asks.front().to, directory(99)) << "members first";
}

}  // namespace
}  // namespace hearth::replication::testing
