// What a group's machine sees of its replica: reigns, what is committed, what is confirmed.

#include "actors/replication/group_replica.hpp"

#include "tests/actors/replication/stored_group.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/log_places.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>

namespace hearth::replication {
namespace {

using namespace std::chrono_literals;

constexpr storage::StreamId table{1};

storage::Append decided(storage::Sequence expected, const std::string& row) {
  return {table, expected, {Bytes{1}}, {{row, Bytes{2}}}, {}, 0};
}

/// The only voter of its group, with a log in memory.
class LoneGroup : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open(const GroupOptions& options = {}) {
    replica_.reset();
    auto opened = GroupReplica::open(
        GroupId{1}, self_, {{{self_, true, 1}}}, place_.log(), reader_, options, [] { return 0; },
        now_);
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    replica_ = std::move(opened.value());
  }

  /// One turn; its appends become durable.
  GroupTurn turn() {
    auto turn = replica_->take(now_);
    EXPECT_FALSE(turn.stop) << turn.stop->detail;
    for (auto& append : turn.appends) {
      EXPECT_TRUE(test::commit(place_.log(), place_.engine, {std::move(append)}).ok());
      replica_->durable(now_);
    }
    if (turn.leadership) {
      told_ = *turn.leadership;
    }
    committed_ += turn.committed;
    confirmed_ += turn.confirmed;
    return turn;
  }
  void lead() {
    for (int i = 0; i < 50 && !told_.decides; ++i, now_ += 100ms) {
      replica_->tick(now_);
      turn();
    }
    ASSERT_TRUE(told_.decides);
    replica_->begin_reign(told_.reign);
  }
  void settle() {
    for (int i = 0; i < 5; ++i) {
      turn();
    }
  }
  std::string row(const std::string& key) {
    const auto found = reader_.row(table, key);
    EXPECT_TRUE(found.ok());
    return found.value() ? "there" : "none";
  }

  const NodeId self_ = hearth::testing::identity_of(1).id;
  Instant now_{1h};
  test::LogInMemory place_;
  ReplicatedReader reader_{GroupId{1}, place_.log()};
  std::unique_ptr<GroupReplica> replica_;
  LeadershipChanged told_;
  std::size_t committed_ = 0;
  std::size_t confirmed_ = 0;
};

TEST_F(LoneGroup, WhatIsDecidedInOneTurnIsOneEntryAndAllOfItIsTold) {
  lead();
  const auto before = replica_->raft().log().last_index();
  ASSERT_TRUE(replica_->append(decided(0, "a")).ok());
  ASSERT_TRUE(replica_->append(decided(1, "b")).ok());
  EXPECT_EQ(row("a"), "none");
  settle();
  EXPECT_EQ(replica_->raft().log().last_index(), before + 1);
  EXPECT_EQ(committed_, 2U);
  EXPECT_EQ(row("a"), "there");
  EXPECT_EQ(row("b"), "there");
  EXPECT_EQ(reader_.last_sequence(table).value(), 2U);
}

TEST_F(LoneGroup, TakesNothingOfAMachineThatHasNotBegunTheReign) {
  for (int i = 0; i < 50 && !told_.decides; ++i, now_ += 100ms) {
    replica_->tick(now_);
    turn();
  }
  ASSERT_TRUE(told_.decides);
  replica_->begin_reign(told_.reign - 1);
  EXPECT_TRUE(replica_->append(decided(0, "a")).ok());
  replica_->confirm();
  settle();
  EXPECT_EQ(committed_, 0U);
  EXPECT_EQ(confirmed_, 0U);
  EXPECT_EQ(row("a"), "none");
}

TEST_F(LoneGroup, RefusesWhatDoesNotFollowWhatWasDecided) {
  lead();
  ASSERT_TRUE(replica_->append(decided(0, "a")).ok());
  const auto refused = replica_->append(decided(0, "b"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::sequence_moved);
}

TEST_F(LoneGroup, ConfirmsEveryReadThatWasAskedFor) {
  lead();
  replica_->confirm();
  replica_->confirm();
  settle();
  EXPECT_EQ(confirmed_, 2U);
  replica_->confirm();
  settle();
  EXPECT_EQ(confirmed_, 3U);
}

TEST_F(LoneGroup, ABurstBecomesAsManyEntriesAsItNeeds) {
  lead();
  for (storage::Sequence i = 0; i < 600; ++i) {
    ASSERT_TRUE(replica_->append(decided(i, "row")).ok());
  }
  settle();
  EXPECT_EQ(committed_, 600U);
}

TEST_F(LoneGroup, ALargeAppendDoesNotShareAnEntryWithMany) {
  lead();
  auto large = decided(1, "large");
  large.rows[0].value = Bytes(700'000, 1);
  auto first = decided(0, "first");
  first.rows[0].value = Bytes(250'000, 1);
  ASSERT_TRUE(replica_->append(std::move(first)).ok());
  ASSERT_TRUE(replica_->append(std::move(large)).ok());
  settle();
  EXPECT_EQ(committed_, 2U);
}

TEST_F(LoneGroup, TrimsItsLogByBytesToo) {
  GroupOptions options;
  options.bytes_kept = 100'000;
  open(options);
  lead();
  for (storage::Sequence i = 0; i < 20; ++i) {
    auto append = decided(i, "row");
    append.rows[0].value = Bytes(50'000, 1);
    ASSERT_TRUE(replica_->append(std::move(append)).ok());
    settle();
  }
  EXPECT_LE(replica_->raft().log().bytes(), 2 * options.bytes_kept + 60'000);
  EXPECT_EQ(committed_, 20U);
}

TEST_F(LoneGroup, GoesOnFromItsLogAfterAStart) {
  lead();
  ASSERT_TRUE(replica_->append(decided(0, "a")).ok());
  settle();
  const auto hash = replica_->applied().hash;
  told_ = {};
  open();
  EXPECT_EQ(replica_->applied().hash, hash);
  lead();
  EXPECT_EQ(row("a"), "there");
  ASSERT_TRUE(replica_->append(decided(1, "b")).ok());
  settle();
  EXPECT_EQ(row("b"), "there");
}

TEST_F(LoneGroup, TrimsItsLogWhenItHasTwiceWhatItKeeps) {
  GroupOptions options;
  options.entries_kept = 4;
  open(options);
  lead();
  for (storage::Sequence i = 0; i < 20; ++i) {
    ASSERT_TRUE(replica_->append(decided(i, "row")).ok());
    settle();
  }
  const auto& log = replica_->raft().log();
  EXPECT_GE(log.base().index, log.last_index() - 8);
  EXPECT_EQ(committed_, 20U);
}

}  // namespace
}  // namespace hearth::replication
