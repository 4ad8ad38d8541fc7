// The rules of the Raft paper, section by section. In kind after raft_paper_test of etcd-io/raft.

#include "tests/actors/replication/lone_replica.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

constexpr Millis patience{1000};  // of a replica that draws 0

// ---- 5.1: terms ----

TEST(RaftPaper, EveryRoleFollowsWhoeverIsInANewerTerm) {
  LoneReplica follower(3, {1, {}});
  LoneReplica candidate(3, {1, {}});
  candidate.pass(patience);
  LoneReplica leader(3, {1, {}});
  leader.win();
  for (auto* one : {&follower, &candidate, &leader}) {
    one->say(2, 7, Append{});
    EXPECT_EQ(one->machine().term(), 7U);
    EXPECT_EQ(one->machine().role(), RaftRole::follower);
    EXPECT_EQ(one->machine().leader(), node(2));
    EXPECT_EQ(one->disk().hard_state, (HardState{7, {}}));
  }
}

TEST(RaftPaper, AMessageOfAnOlderTermChangesNothing) {
  LoneReplica one(3, {5, {}});
  one.say(2, 4, Append{0, 0, 0, {entry(1, 4)}});
  EXPECT_EQ(one.machine().log().last_index(), 0U);
  EXPECT_TRUE(one.machine().leader().is_zero());
}

TEST(RaftPaper, ATermIsNeverLeftForAnOlderOneAfterARestart) {
  LoneReplica one(3, {5, node(2)});
  EXPECT_EQ(one.machine().term(), 5U);
  EXPECT_EQ(one.disk().hard_state.vote, node(2));
}

// ---- 5.2: elections ----

TEST(RaftPaper, AReplicaStartsAsAFollower) {
  LoneReplica one(3);
  EXPECT_EQ(one.machine().role(), RaftRole::follower);
}

TEST(RaftPaper, ALeaderSendsHeartbeatsToAll) {
  LoneReplica one(3);
  one.win();
  one.pass(Millis(100));
  EXPECT_EQ(one.all<Heartbeat>().size(), 2U);
}

TEST(RaftPaper, AFollowerThatHearsNothingAsksForVotesInTheNextTerm) {
  LoneReplica one(3, {4, {}});
  one.pass(patience);
  one.say(2, 5, VoteReply{true, true});
  EXPECT_EQ(one.machine().role(), RaftRole::candidate);
  EXPECT_EQ(one.disk().hard_state, (HardState{5, node(1)}));
  const auto requests = one.all<VoteRequest>();
  ASSERT_EQ(requests.size(), 4U);  // to two peers, whether and then for what
  EXPECT_FALSE(requests.back().second.pre);
}

TEST(RaftPaper, ACandidateWithoutAMajorityTriesAgain) {
  LoneReplica one(3);
  one.pass(patience);
  one.say(2, 1, VoteReply{true, true});
  one.sent.clear();
  one.pass(patience);
  ASSERT_EQ(one.all<VoteRequest>().size(), 2U);
  EXPECT_TRUE(one.last<VoteRequest>()->pre);
}

TEST(RaftPaper, AMajorityOfVotesMakesALeader) {
  struct Case {
    std::uint8_t size;
    std::vector<bool> votes;
    RaftRole role;
  };
  const Case cases[] = {
      {2, {true}, RaftRole::leader},
      {3, {true}, RaftRole::leader},
      {3, {false, true}, RaftRole::leader},
      {5, {true, true}, RaftRole::leader},
      {5, {false, true, false, true}, RaftRole::leader},
      {5, {true, false, false, false}, RaftRole::follower},
      {3, {false, false}, RaftRole::follower},
      {3, {}, RaftRole::candidate},
      {5, {true}, RaftRole::candidate},
      {4, {true}, RaftRole::candidate},
  };
  for (const auto& each : cases) {
    LoneReplica one(each.size);
    one.pass(patience);
    for (std::uint8_t peer = 2; peer <= each.size; ++peer) {
      one.say(peer, 1, VoteReply{true, true});
    }
    std::uint8_t peer = 2;
    for (const bool vote : each.votes) {
      one.say(peer++, 1, VoteReply{false, vote});
    }
    EXPECT_EQ(one.machine().role(), each.role) << each.size;
  }
}

TEST(RaftPaper, AVoterVotesOnceATermFirstComeFirstServed) {
  for (const int first : {0, 2, 3}) {
    LoneReplica one(3, {1, first == 0 ? NodeId{} : node(static_cast<std::uint8_t>(first))});
    one.say(2, 1, VoteRequest{});
    EXPECT_EQ(one.last<VoteReply>()->granted, first != 3) << first;
  }
}

TEST(RaftPaper, ACandidateFollowsTheLeaderOfItsTerm) {
  LoneReplica one(3);
  one.pass(patience);
  one.say(2, 1, VoteReply{true, true});
  ASSERT_EQ(one.machine().role(), RaftRole::candidate);
  one.say(3, 1, Append{});
  EXPECT_EQ(one.machine().role(), RaftRole::follower);
  EXPECT_EQ(one.machine().leader(), node(3));
}

TEST(RaftPaper, PatienceIsDrawnBetweenOneAndTwoTimeouts) {
  for (const std::uint64_t chance : {0U, 1U, 500U, 999U, 1000U, 123'456'789U}) {
    LoneReplica one(3, {}, {}, chance);
    const auto patience_drawn = one.machine().wake_at() - one.now;
    EXPECT_EQ(patience_drawn, Millis(1000 + static_cast<int>(chance % 1000)));
  }
}

TEST(RaftPaper, HeartbeatsPutOffElections) {
  LoneReplica one(3, {1, {}});
  for (int beat = 0; beat < 50; ++beat) {
    one.say(2, 1, Heartbeat{});
    one.pass(Millis(900));
  }
  EXPECT_EQ(one.machine().role(), RaftRole::follower);
}

// ---- 5.3: replication ----

TEST(RaftPaper, ALeaderSendsNewEntriesAfterTheOnesBefore) {
  LoneReplica one(3);
  one.win();
  one.say(2, 1, AppendAccepted{1});
  one.say(3, 1, AppendAccepted{1});
  one.sent.clear();
  const Payload payload = std::make_shared<const Bytes>(3, 'p');
  ASSERT_EQ(one.machine().propose({&payload, 1}), Refusal::none);
  one.turn();
  const auto appends = one.all<Append>();
  ASSERT_EQ(appends.size(), 2U);
  EXPECT_EQ(appends[0].second.prev_index, 1U);
  EXPECT_EQ(appends[0].second.prev_term, 1U);
  ASSERT_EQ(appends[0].second.entries.size(), 1U);
  EXPECT_EQ(appends[0].second.entries[0].payload, payload);  // shared, not copied
}

TEST(RaftPaper, AnEntryIsCommittedWhenAMajorityHasIt) {
  for (std::uint8_t size = 1; size <= 7; ++size) {
    LoneReplica one(size);
    size == 1 ? one.pass(patience) : one.win();
    for (std::uint8_t copies = 1; copies < size; ++copies) {
      EXPECT_EQ(one.machine().committed(), copies > size / 2 ? 1U : 0U) << int{size};
      one.say(static_cast<std::uint8_t>(copies + 1), 1, AppendAccepted{1});
    }
    EXPECT_EQ(one.machine().committed(), 1U) << int{size};
  }
}

TEST(RaftPaper, ACommitTakesTheEntriesOfEarlierTermsAlong) {
  LoneReplica one(3, {2, {}}, entries({1, 2}));
  one.win();
  one.say(2, 3, AppendAccepted{3});
  EXPECT_EQ(one.machine().committed(), 3U);
}

TEST(RaftPaper, EntriesOfEarlierTermsAreNotCommittedByCounting) {
  LoneReplica one(3, {2, {}}, entries({1, 2}));
  one.win();
  one.say(2, 3, AppendAccepted{1});
  one.say(3, 3, AppendAccepted{2});
  EXPECT_EQ(one.machine().committed(), 0U);
}

TEST(RaftPaper, AFollowerCommitsWhatTheLeaderHasCommittedAndItHas) {
  struct Case {
    Index leader_commit;
    Index committed;
  };
  for (const auto& each : {Case{0, 0}, Case{1, 1}, Case{2, 2}, Case{9, 2}}) {
    LoneReplica one(3);
    one.say(2, 1, Append{0, 0, each.leader_commit, entries({1, 1})});
    EXPECT_EQ(one.machine().committed(), each.committed);
  }
}

TEST(RaftPaper, AFollowerTakesAnAppendOnlyAfterAnEntryThatItHas) {
  struct Case {
    Index prev_index;
    Term prev_term;
    bool accepted;
  };
  const Case cases[] = {{0, 0, true},  {1, 1, true},  {2, 2, true},
                        {1, 2, false}, {2, 1, false}, {3, 3, false}};
  for (const auto& each : cases) {
    LoneReplica one(3, {2, {}}, entries({1, 2}));
    one.say(2, 3, Append{each.prev_index, each.prev_term, 0, {}});
    EXPECT_EQ(one.last<AppendAccepted>().has_value(), each.accepted) << each.prev_index;
    EXPECT_EQ(one.last<AppendRejected>().has_value(), !each.accepted) << each.prev_index;
  }
}

TEST(RaftPaper, AFollowerReplacesWhatContradictsTheLeaderAndOnlyThat) {
  struct Case {
    Index prev_index;
    Term prev_term;
    std::vector<Entry> sent;
    std::vector<Term> log;
  };
  const Case cases[] = {
      {2, 2, {entry(3, 3)}, {1, 2, 3}},
      {1, 1, {entry(2, 3), entry(3, 4)}, {1, 3, 4}},
      {0, 0, {entry(1, 1)}, {1, 2}},
      {0, 0, {entry(1, 3)}, {3}},
  };
  for (const auto& each : cases) {
    LoneReplica one(3, {2, {}}, entries({1, 2}));
    one.say(2, 4, Append{each.prev_index, each.prev_term, 0, each.sent});
    std::vector<Term> log;
    for (const auto& kept : one.disk().entries) {
      log.push_back(kept.term);
    }
    EXPECT_EQ(log, each.log);
  }
}

/// Figure 7: six followers whose logs differ in all ways there are, and what they end with.
TEST(RaftPaper, ALeaderBringsEveryFollowerToItsLog) {
  const std::vector<Term> leader_log{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
  const std::vector<std::vector<Term>> follower_logs{
      {1, 1, 1, 4, 4, 5, 5, 6, 6},
      {1, 1, 1, 4},
      {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
      {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
      {1, 1, 1, 4, 4, 4, 4},
      {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
  };
  for (const auto& follower_log : follower_logs) {
    LoneReplica leader(3, {7, {}}, entries(leader_log));
    LoneReplica follower(3, {7, {}}, entries(follower_log));
    leader.win();
    leader.pass(Millis(100));
    for (int round = 0; round < 10; ++round) {
      for (auto message : std::exchange(leader.sent, {})) {
        if (message.to == node(2)) {
          follower.say(2, message.term, message.body);
        }
      }
      for (auto message : std::exchange(follower.sent, {})) {
        leader.say(2, message.term, message.body);
      }
    }
    ASSERT_EQ(follower.disk().last_index(), leader.disk().last_index());
    for (Index index = 1; index <= leader.disk().last_index(); ++index) {
      EXPECT_EQ(follower.disk().term_at(index), leader.disk().term_at(index));
    }
  }
}

// ---- 5.4: safety ----

TEST(RaftPaper, ACandidateSaysWhereItsLogEnds) {
  LoneReplica one(3, {2, {}}, entries({1, 2}));
  one.pass(patience);
  EXPECT_EQ(one.last<VoteRequest>()->last_index, 2U);
  EXPECT_EQ(one.last<VoteRequest>()->last_term, 2U);
}

TEST(RaftPaper, AVoterRefusesAnOlderLog) {
  struct Case {
    std::vector<Term> log;
    Index last_index;
    Term last_term;
    bool granted;
  };
  const Case cases[] = {
      {{1}, 1, 1, true},     {{1}, 2, 1, true},    {{1, 1}, 1, 1, false}, {{1}, 1, 2, true},
      {{1}, 2, 2, true},     {{1, 1}, 1, 2, true}, {{2}, 1, 1, false},    {{2}, 2, 1, false},
      {{1, 2}, 1, 1, false}, {{}, 0, 0, true},
  };
  for (const auto& each : cases) {
    LoneReplica one(3, {2, {}}, entries(each.log));
    one.say(2, 3, VoteRequest{each.last_index, each.last_term, false, false});
    EXPECT_EQ(one.last<VoteReply>()->granted, each.granted);
  }
}

// ---- 6: members ----

TEST(RaftPaper, AConfigurationCountsFromTheMomentItIsInTheLog) {
  LoneReplica one(1);
  one.pass(patience);
  auto next = voters(1);
  next.members.push_back({node(2), false, 0});
  ASSERT_EQ(one.machine().change(next, one.now), Refusal::none);
  EXPECT_EQ(one.machine().peers().size(), 1U);
}

TEST(RaftPaper, ALearnerDoesNotCampaign) {
  auto members = voters(2);
  members.members[0].votes = false;
  LoneReplica one(members, {}, {});
  one.pass(Millis(100'000));
  EXPECT_EQ(one.machine().role(), RaftRole::follower);
}

TEST(RaftPaper, VotersThatHearTheirLeaderIgnoreCandidates) {
  LoneReplica one(3, {1, {}});
  one.say(2, 1, Heartbeat{});
  one.sent.clear();
  one.say(3, 2, VoteRequest{5, 1, false, false});
  EXPECT_TRUE(one.sent.empty());
  EXPECT_EQ(one.machine().term(), 1U);
}

}  // namespace
}  // namespace hearth::replication::testing
