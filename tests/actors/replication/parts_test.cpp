// The parts of a machine that have an edge of their own.

#include "actors/replication/ballot.hpp"
#include "actors/replication/freshness.hpp"
#include "actors/replication/quorum.hpp"
#include "actors/replication/raft_log.hpp"
#include "actors/replication/snapshot_transfer.hpp"
#include "actors/replication/write_queue.hpp"
#include "messages/replication/configuration.hpp"
#include "tests/actors/replication/lone_replica.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

TEST(Configuration, ComesBackFromItsBytes) {
  auto configuration = voters(3);
  configuration.members[1] = {node(2), false, 7};
  EXPECT_EQ(decode_configuration(encode(configuration)), configuration);
  EXPECT_EQ(decode_configuration(encode({})), Configuration{});
}

TEST(Configuration, IsNotReadFromOtherBytes) {
  auto bytes = encode(voters(2));
  EXPECT_FALSE(decode_configuration({}));
  EXPECT_FALSE(decode_configuration(BytesView(bytes).first(bytes.size() - 1)));
  auto twice = bytes;
  std::copy_n(twice.begin() + 1, 32, twice.begin() + 35);
  EXPECT_FALSE(decode_configuration(twice));
  auto half = bytes;
  half[33] = 2;  // votes
  EXPECT_FALSE(decode_configuration(half));
  auto crowd = bytes;
  crowd[0] = 200;
  EXPECT_FALSE(decode_configuration(crowd));
}

TEST(Configuration, ChangesOneVoterAtATime) {
  const auto three = voters(3);
  EXPECT_EQ(objection_to(three, voters(2)), "");
  EXPECT_NE(objection_to(three, voters(1)), "");
  EXPECT_NE(objection_to(three, {}), "");
  EXPECT_NE(objection_to(three, voters(4)), "");  // 4 was no learner
  auto learner = three;
  learner.members.push_back({node(4), false, 0});
  EXPECT_EQ(objection_to(three, learner), "");
  EXPECT_EQ(objection_to(learner, voters(4)), "");
}

TEST(Quorum, IsWhatAMajorityHasReached) {
  const auto reached = [](std::vector<int> values) {
    return reached_by_majority(std::span<int>(values));
  };
  EXPECT_EQ(reached({}), 0);
  EXPECT_EQ(reached({5}), 5);
  EXPECT_EQ(reached({5, 3}), 3);
  EXPECT_EQ(reached({5, 3, 4}), 4);
  EXPECT_EQ(reached({1, 9, 9, 1}), 1);
  EXPECT_EQ(reached({1, 9, 9, 1, 7}), 7);
}

TEST(Ballot, CountsVotersOnce) {
  auto members = voters(4);
  members.members[3].votes = false;
  Ballot ballot;
  ballot.cast(node(1), true);
  ballot.cast(node(1), true);
  ballot.cast(node(4), true);
  ballot.cast(node(9), true);
  EXPECT_EQ(ballot.outcome(members), Ballot::Outcome::open);
  ballot.cast(node(2), false);
  EXPECT_EQ(ballot.outcome(members), Ballot::Outcome::open);
  ballot.cast(node(3), false);
  EXPECT_EQ(ballot.outcome(members), Ballot::Outcome::lost);
}

TEST(RaftLog, KnowsTheConfigurationOfEveryIndex) {
  RaftLog log({{}, voters(3)}, {});
  log.push({1, 1, EntryKind::no_op, nullptr});
  log.push({2, 1, EntryKind::configuration, std::make_shared<const Bytes>(encode(voters(2)))});
  log.push({3, 1, EntryKind::configuration, std::make_shared<const Bytes>(encode(voters(1)))});
  EXPECT_EQ(log.configuration_at(1), voters(3));
  EXPECT_EQ(log.configuration_at(2), voters(2));
  EXPECT_EQ(log.configuration(), voters(1));
  log.trim(2);
  EXPECT_EQ(log.configuration_at(2), voters(2));
  log.truncate(3);
  EXPECT_EQ(log.configuration(), voters(2));
}

TEST(RaftLog, RemembersWhoVotesInAnyConfigurationSinceAnIndex) {
  RaftLog log({{}, voters(1)}, {});
  log.push({1, 1, EntryKind::configuration, std::make_shared<const Bytes>(encode(voters(2)))});
  log.push({2, 1, EntryKind::configuration, std::make_shared<const Bytes>(encode(voters(1)))});
  EXPECT_TRUE(log.was_voter_since(0, node(2)));
  EXPECT_TRUE(log.was_voter_since(1, node(2)));
  EXPECT_FALSE(log.was_voter_since(2, node(2)));
  EXPECT_FALSE(log.was_voter_since(0, node(3)));
}

TEST(RaftLog, CopiesWholeEntriesUpToALimit) {
  const RaftLog log({{}, voters(1)}, entries({1, 1, 1, 1}));  // of 33 bytes each
  const auto copied = [&log](std::size_t bytes_max) {
    std::vector<Entry> into;
    log.copy(2, bytes_max, into);
    return into.size();
  };
  EXPECT_EQ(copied(0), 1U);
  EXPECT_EQ(copied(66), 2U);
  EXPECT_EQ(copied(1000), 3U);
}

TEST(WriteQueue, IsStableUpToWhatNoLaterWriteReplaces) {
  WriteQueue writes(0, 0);
  const Instant start{};
  EXPECT_EQ(writes.push(3, 1, start), 1U);
  writes.replaced(2);
  EXPECT_EQ(writes.push(2, 2, start + Millis(5)), 2U);
  EXPECT_EQ(writes.oldest(), start);
  EXPECT_TRUE(writes.done(1));
  EXPECT_EQ(writes.stable(), 1U);
  EXPECT_EQ(writes.stable_term(), 1U);
  EXPECT_EQ(writes.oldest(), start + Millis(5));
  EXPECT_TRUE(writes.done(2));
  EXPECT_EQ(writes.stable(), 2U);
  EXPECT_TRUE(writes.idle());
}

TEST(WriteQueue, BelievesNoNumberTwiceOrTooSoon) {
  WriteQueue writes(0, 0);
  EXPECT_FALSE(writes.done(1));
  writes.push(1, 1, {});
  EXPECT_TRUE(writes.done(1));
  EXPECT_FALSE(writes.done(1));
}

TEST(SnapshotTransfer, GoesOnWhereTheFollowerIs) {
  SnapshotTransfer transfer({5, 1}, 4, {});
  EXPECT_EQ(transfer.send(), 0U);
  EXPECT_EQ(transfer.send(), 1U);
  EXPECT_FALSE(transfer.may_send(2));
  transfer.wants(3, Instant{} + Millis(1));  // staged in an earlier life
  EXPECT_EQ(transfer.send(), 3U);
  EXPECT_FALSE(transfer.may_send(2));
}

TEST(SnapshotTransfer, SendsTheLastChunkAgainUntilTheSnapshotIsInPlace) {
  SnapshotTransfer transfer({5, 1}, 1, {});
  EXPECT_EQ(transfer.send(), 0U);
  transfer.wants(1, Instant{});
  transfer.retry_if_stuck(Instant{} - Millis(1), Instant{});
  EXPECT_FALSE(transfer.may_send(1));
  transfer.retry_if_stuck(Instant{}, Instant{} + Millis(1000));
  ASSERT_TRUE(transfer.may_send(1));
  EXPECT_EQ(transfer.send(), 0U);
}

TEST(Freshness, WaitsUntilTheIndexIsApplied) {
  Freshness freshness;
  const auto stamp = Instant{} + Millis(7);
  freshness.confirm({stamp, 3});
  EXPECT_EQ(freshness.since(), Instant{});
  freshness.applied(3);
  EXPECT_EQ(freshness.since(), stamp);
  freshness.confirm({stamp - Millis(1), 3});
  EXPECT_EQ(freshness.since(), stamp);
}

TEST(StampLedger, ConfirmsAStampWithARoundThatBeganAfterIt) {
  StampLedger ledger;
  const auto stamp = Instant{} + Millis(7);
  ledger.begin(stamp, 4, 10);
  ledger.begin(stamp + Millis(1), 5, 11);  // waits for its turn
  ledger.confirm(3);
  EXPECT_EQ(ledger.confirmed(), Confirmation{});
  ledger.confirm(4);
  EXPECT_EQ(ledger.confirmed(), (Confirmation{stamp, 10}));
}

}  // namespace
}  // namespace hearth::replication::testing
