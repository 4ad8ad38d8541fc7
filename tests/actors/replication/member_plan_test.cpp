// How members change, step by step, and what is not even begun.

#include "actors/replication/member_plan.hpp"

#include "tests/actors/replication/survey_samples.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

const std::vector three{voter(1), voter(2), voter(3)};

Member learner(std::uint8_t number) {
  return {directory(number), false, 0};
}

MemberGoal add(std::uint8_t number) {
  return {GoalKind::add, directory(number), {}};
}
MemberGoal remove(std::uint8_t number) {
  return {GoalKind::remove, {}, directory(number)};
}
MemberGoal replace(std::uint8_t old, std::uint8_t fresh) {
  return {GoalKind::replace, directory(fresh), directory(old)};
}

ProposeMembers proposal(const SurveySample& sample, const MemberGoal& goal) {
  auto step = next_step(sample.survey(), goal);
  EXPECT_TRUE(step) << step.error().detail;
  auto* proposed = step ? std::get_if<ProposeMembers>(&step.value()) : nullptr;
  EXPECT_NE(proposed, nullptr);
  return proposed == nullptr ? ProposeMembers{} : *proposed;
}

std::string waits_for(const SurveySample& sample, const MemberGoal& goal) {
  auto step = next_step(sample.survey(), goal);
  EXPECT_TRUE(step) << step.error().detail;
  const auto* wait = step ? std::get_if<WaitFor>(&step.value()) : nullptr;
  return wait == nullptr ? "" : wait->text;
}

bool is_reached(const SurveySample& sample, const MemberGoal& goal) {
  const auto step = next_step(sample.survey(), goal);
  return step && std::holds_alternative<GoalReached>(step.value());
}

ErrorCode refusal(const SurveySample& sample, const MemberGoal& goal) {
  const auto good = check_goal(sample.survey(), goal);
  return good ? ErrorCode::none : good.error().code;
}

TEST(MemberPlan, AddsALearnerFirst) {
  const SurveySample sample(4, three);
  const auto step = proposal(sample, add(4));
  EXPECT_EQ(step.change.members_index, 7U);
  auto expected = three;
  expected.push_back(learner(4));
  EXPECT_EQ(step.change.members.members, expected);
  EXPECT_TRUE(objection_to({three}, step.change.members).empty());
}

TEST(MemberPlan, WaitsUntilALearnerHasCaughtUpAndLetsItVote) {
  auto members = three;
  members.push_back(learner(4));
  SurveySample sample(4, members);
  sample.replica(1).last_index = 5000;
  EXPECT_EQ(waits_for(sample, add(4)), "r4 (04040404) to catch up");
  sample.follower(4).match = 4900;
  const auto step = proposal(sample, add(4));
  EXPECT_TRUE(step.change.members.is_voter(directory(4)));
  EXPECT_EQ(step.text, "let r4 (04040404) vote: 4 voters, of which 3 are needed");
  EXPECT_TRUE(objection_to({members}, step.change.members).empty());
}

TEST(MemberPlan, DoesNotLetALearnerVoteThatHasFallenSilent) {
  auto members = three;
  members.push_back(learner(4));
  SurveySample sample(4, members);
  sample.follower(4).silent_ms = 9000;
  EXPECT_EQ(waits_for(sample, add(4)), "r4 (04040404) to catch up");
}

TEST(MemberPlan, WaitsForTheChangeBefore) {
  SurveySample sample(4, three);
  sample.replica(1).members_index = 101;
  EXPECT_EQ(waits_for(sample, add(4)), "a majority to have the change");
}

TEST(MemberPlan, WaitsForALeaderOnTheWayButBeginsWithoutNone) {
  SurveySample sample(4, three);
  sample.replica(1).role = RaftRole::follower;
  EXPECT_EQ(waits_for(sample, add(4)), "a directory to lead");
  EXPECT_EQ(refusal(sample, add(4)), ErrorCode::no_quorum);
}

TEST(MemberPlan, ReplacesByAddingAndThenRemoving) {
  SurveySample before(4, three);
  before.kill(3);
  const auto first = proposal(before, replace(3, 4));
  EXPECT_EQ(*first.change.members.find(directory(4)), (Member{directory(4), false, 7}))
      << "with the priority of the one that it replaces";
  auto four = three;
  four.push_back(voter(4));
  SurveySample between(4, four);
  between.kill(3);
  const auto last = proposal(between, replace(3, 4));
  EXPECT_EQ(last.change.members.members, (std::vector{voter(1), voter(2), voter(4)}));
  EXPECT_TRUE(objection_to({four}, last.change.members).empty());
  const SurveySample after(4, {voter(1), voter(2), voter(4)});
  EXPECT_TRUE(is_reached(after, replace(3, 4)));
  EXPECT_EQ(refusal(after, replace(3, 4)), ErrorCode::none) << "begun again, it is done";
}

TEST(MemberPlan, RemovesTheLeaderToo) {
  const SurveySample sample(3, three);
  EXPECT_FALSE(proposal(sample, remove(1)).change.members.find(directory(1)));
}

TEST(MemberPlan, RefusesToRemoveWhatTheQuorumNeeds) {
  SurveySample sample(3, three);
  sample.kill(3);
  const auto refused = check_goal(sample.survey(), remove(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::no_quorum);
  EXPECT_NE(refused.error().detail.find("2 voters, of which 1 answer and 2 are needed"),
            std::string::npos)
      << refused.error().detail;
  EXPECT_EQ(refusal(sample, remove(3)), ErrorCode::none) << "the dead one may go";
  EXPECT_EQ(refusal(SurveySample(1, {voter(1)}), remove(1)), ErrorCode::no_quorum);
}

TEST(MemberPlan, RefusesAVoterThatWouldMakeTheMajorityUnreachable) {
  auto members = three;
  members.push_back(voter(4));
  SurveySample sample(5, members);
  sample.kill(4);
  EXPECT_EQ(refusal(sample, add(5)), ErrorCode::none) << "4 of 5 answer";
  sample.kill(3);
  EXPECT_EQ(refusal(sample, add(5)), ErrorCode::none) << "3 of 5 answer";
  sample.kill(2);
  EXPECT_EQ(refusal(sample, add(5)), ErrorCode::no_quorum) << "2 of 5 would";
}

TEST(MemberPlan, RefusesWhoCannotJoinOrLeave) {
  SurveySample sample(5, three);
  EXPECT_EQ(refusal(sample, add(2)), ErrorCode::already_exists);
  EXPECT_EQ(refusal(sample, add(9)), ErrorCode::not_found);
  EXPECT_EQ(refusal(sample, remove(4)), ErrorCode::not_found);
  EXPECT_EQ(refusal(sample, replace(4, 5)), ErrorCode::not_found);
  EXPECT_EQ(refusal(sample, replace(3, 3)), ErrorCode::value_invalid);
  sample.strike(5);
  EXPECT_EQ(refusal(sample, add(5)), ErrorCode::not_found) << "no root has signed it";
  sample.kill(4);
  EXPECT_EQ(refusal(sample, add(4)), ErrorCode::unreachable);
}

TEST(MemberPlan, TellsAllStepsInWords) {
  const SurveySample sample(4, three);
  EXPECT_EQ(steps_of(sample.survey(), replace(3, 4)),
            (std::vector<std::string>{
                "add r4 (04040404) as a learner, which gets everything and counts for nothing",
                "wait for r4 (04040404) to catch up",
                "let r4 (04040404) vote: 4 voters, of which 3 are needed",
                "remove r3 (03030303): 3 voters, of which 2 are needed"}));
}

TEST(MemberPlan, FindsNodesByIdAndRegion) {
  SurveySample sample(4, three);
  const auto& survey = sample.survey();
  EXPECT_EQ(resolve(survey, "r2", true).value(), directory(2));
  EXPECT_EQ(resolve(survey, "03030303", true).value(), directory(3));
  EXPECT_EQ(resolve(survey, to_text(directory(4)), false).value(), directory(4));
  for (const auto* wrong : {"", "r9", "0303030", "04040405"}) {
    const auto found = resolve(survey, wrong, true);
    ASSERT_FALSE(found) << wrong;
    EXPECT_EQ(found.error().code, ErrorCode::not_found);
  }
}

TEST(MemberPlan, TellsTheMemberOfARegionFromTheOneThatReplacesIt) {
  const SurveySample sample(4, three);
  auto survey = sample.survey();
  survey.directories[3].region = "r3";
  EXPECT_EQ(resolve(survey, "r3", true).value(), directory(3));
  EXPECT_EQ(resolve(survey, "r3", false).value(), directory(4));
  survey.directories.push_back({directory(5), "r3", std::nullopt});
  const auto several = resolve(survey, "r3", false);
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::value_invalid);
}

}  // namespace
}  // namespace hearth::replication::testing
