// Defects of other implementations, as tests of this one: of libraft 0.15.0, which lost
// acknowledged entries, and a race of asynchronous writes that etcd-io/raft describes. The
// transcripts commit_of_the_own_term_only, stale_tail_is_not_acknowledged, commit_waits_for_nobody,
// transfer_gives_no_second_vote and aba_race tell the same of whole groups.

#include "tests/actors/replication/lone_replica.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

/// Figure 8 of the paper: an entry of an earlier term on a majority can still be replaced.
TEST(LibraftDefect1, EntriesOfEarlierTermsAreNotCommittedByCounting) {
  LoneReplica one(5, {2, {}}, entries({1, 2}));
  one.win();
  for (std::uint8_t peer = 2; peer <= 5; ++peer) {
    one.say(peer, 3, AppendAccepted{2});
  }
  EXPECT_EQ(one.machine().committed(), 0U);
  one.say(2, 3, AppendAccepted{3});
  one.say(3, 3, AppendAccepted{3});
  EXPECT_EQ(one.machine().committed(), 3U);
}

/// A tail that the leader never saw counts as nothing, however long the leader's log becomes.
TEST(LibraftDefect2, ATailThatWasNotComparedIsNotAcknowledged) {
  LoneReplica one(3, {1, {}}, entries({1, 1, 1, 1}));
  one.say(2, 2, Append{1, 1, 1, {}});
  EXPECT_EQ(one.last<AppendAccepted>()->index, 1U);
  one.say(2, 2, Heartbeat{4, 1, {}});
  EXPECT_EQ(one.machine().committed(), 1U);  // nor committed
}

TEST(LibraftDefect2, ALeaderBelievesNoAcknowledgementBeyondItsLog) {
  LoneReplica one(3);
  one.win();
  const Message lie{node(2), node(1), 1, AppendAccepted{5}};
  const auto received = one.machine().receive(lie, one.now);
  ASSERT_FALSE(received.ok());
  EXPECT_EQ(received.error().code, ErrorCode::message_malformed);
  EXPECT_EQ(one.machine().committed(), 0U);
}

/// libraft committed only at its own newest sync: never, while entries kept coming.
TEST(LibraftDefect3, EntriesAreCommittedWhileOthersAreOnTheirWay) {
  LoneReplica one(3);
  one.win();
  const Payload payload = std::make_shared<const Bytes>(1, 'p');
  for (Index index = 1; index <= 100; ++index) {
    ASSERT_EQ(one.machine().propose({&payload, 1}), Refusal::none);
    one.turn();  // under way to the disk and to the others
    one.say(2, 1, AppendAccepted{index});
    EXPECT_EQ(one.machine().committed(), index);
    ASSERT_EQ(one.machine().propose({&payload, 1}), Refusal::none);
  }
}

TEST(LibraftDefect4, ATransfereeGetsNoSecondVoteInATerm) {
  LoneReplica one(3, {1, node(3)});
  one.say(2, 1, VoteRequest{5, 0, false, true});
  EXPECT_FALSE(one.last<VoteReply>()->granted);
  EXPECT_EQ(one.disk().hard_state.vote, node(3));
}

/// The first write ends when the log already holds an entry of the same index and term that came
/// with the third: the second may still be what a crash leaves.
TEST(AbaRace, TheEndOfAnOvertakenWriteSaysNothing) {
  LoneReplica one(3);
  const auto say = [&one](std::uint8_t from, Term term, const Entry& only) {
    const Message message{node(from), node(1), term, Append{0, 0, 0, {only}}};
    ASSERT_TRUE(one.machine().receive(message, one.now).ok());
    one.turn();
  };
  say(2, 1, entry(1, 1));
  say(3, 2, entry(1, 2));
  say(2, 3, entry(1, 1));
  for (const WriteNumber number : {1U, 2U}) {
    one.machine().persisted(number, one.now);
    one.turn();
    EXPECT_EQ(one.machine().stable(), 0U);
    EXPECT_TRUE(one.all<AppendAccepted>().empty());
  }
  one.machine().persisted(3, one.now);
  one.turn();
  EXPECT_EQ(one.last<AppendAccepted>()->index, 1U);
}

/// The chunks of a snapshot must still be there when the write that switches to it is done, and
/// chunks of a turn are staged before its write.
TEST(Snapshots, NoOtherOneIsStagedInTheTurnThatInstallsOne) {
  LoneReplica one(3);
  const auto chunk = [&one](std::uint8_t from, Term term, const SnapshotChunk& said) {
    ASSERT_TRUE(one.machine().receive({node(from), node(1), term, said}, one.now).ok());
  };
  chunk(2, 1, {{{5, 1}, voters(3)}, 0, 1});
  chunk(3, 2, {{{9, 1}, voters(3)}, 0, 2});
  one.settle();
  EXPECT_EQ(one.nonsense(), "");
  EXPECT_EQ(one.disk().base.id.index, 5U);
  chunk(3, 2, {{{9, 1}, voters(3)}, 0, 2});  // comes again
  chunk(3, 2, {{{9, 1}, voters(3)}, 1, 2});
  one.settle();
  EXPECT_EQ(one.disk().base.id.index, 9U);
}

}  // namespace
}  // namespace hearth::replication::testing
