// What a group's machine sees of its replica: reigns, what is committed, what is confirmed.

#include "actors/replication/group_replica.hpp"

#include "actors/replication/replica_report.hpp"
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

NodeId node(std::uint8_t number) {
  return hearth::testing::identity_of(number).id;
}

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
        GroupId{1}, self_, Configuration{{{self_, true, 1}}}, place_.log(), reader_, options,
        [] { return 0; }, now_);
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

  const NodeId self_ = node(1);
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

TEST_F(LoneGroup, ChangesMembersOnlyFromThoseThatAreMeant) {
  lead();
  const auto learner = Member{node(2), false, 0};
  const Configuration next{{{self_, true, 1}, learner}};
  const auto stale = replica_->change({GroupId{1}, 5, next}, now_);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, ErrorCode::sequence_moved);
  const auto changed = replica_->change({GroupId{1}, 0, next}, now_);
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_EQ(changed.value().index, replica_->raft().log().last_index());
  const auto early =
      replica_->change({GroupId{1}, changed.value().index, {{{self_, true, 1}}}}, now_);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::change_under_way);
  turn();
  turn();
  EXPECT_GE(replica_->raft().committed(), changed.value().index);
}

TEST_F(LoneGroup, TellsWhyMembersDoNotChange) {
  const auto idle = replica_->change({GroupId{1}, 0, {{{self_, true, 1}}}}, now_);
  ASSERT_FALSE(idle);
  EXPECT_EQ(idle.error().code, ErrorCode::not_leader);
  lead();
  const auto invalid =
      replica_->change({GroupId{1}, 0, {{{self_, true, 1}, {node(2), true, 0}}}}, now_);
  ASSERT_FALSE(invalid);
  EXPECT_EQ(invalid.error().code, ErrorCode::value_invalid);
  EXPECT_NE(invalid.error().detail.find("learner first"), std::string::npos);
}

TEST_F(LoneGroup, DescribesItself) {
  lead();
  const auto described = describe(GroupId{1}, *replica_, now_);
  EXPECT_EQ(described.role, RaftRole::leader);
  EXPECT_EQ(described.leader, self_);
  EXPECT_EQ(described.members.members, (std::vector{Member{self_, true, 1}}));
  EXPECT_EQ(described.members_index, 0U);
  EXPECT_EQ(described.committed, described.last_index);
  EXPECT_EQ(described.first_index, 1U);
  EXPECT_TRUE(described.recalled);
}

/// Who founds no group and knows of none must not make itself one.
TEST_F(LoneGroup, NeverLeadsWithoutMembers) {
  auto joins = GroupReplica::open(
      GroupId{2}, self_, std::nullopt, place_.log(), reader_, {}, [] { return 0; }, now_);
  ASSERT_TRUE(joins) << joins.error().detail;
  for (int i = 0; i < 100; ++i, now_ += 100ms) {
    joins.value()->tick(now_);
    const auto turn = joins.value()->take(now_);
    EXPECT_FALSE(turn.stop);
    EXPECT_TRUE(turn.appends.empty());
    EXPECT_TRUE(turn.frames.empty());
  }
  EXPECT_EQ(joins.value()->raft().role(), RaftRole::follower);
  EXPECT_EQ(joins.value()->raft().term(), 0U);
  EXPECT_TRUE(joins.value()->seeks_leader());
  joins.value()->hear_of_leader(node(2));
  const auto turn = joins.value()->take(now_);
  ASSERT_TRUE(turn.leadership) << "its machine hands commands on";
  EXPECT_EQ(turn.leadership->leader, node(2));
  EXPECT_FALSE(turn.leadership->decides);
}

TEST_F(LoneGroup, HearsOfNoOtherLeaderThanItsOwn) {
  lead();
  EXPECT_FALSE(replica_->seeks_leader());
  replica_->hear_of_leader(node(2));
  EXPECT_FALSE(turn().leadership);
}

}  // namespace
}  // namespace hearth::replication
