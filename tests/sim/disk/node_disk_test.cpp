// Both kinds of node disk keep the promises of a log through every crash and fault, and fail as
// storage/event_log.hpp says.

#include "sim/disk/node_disk.hpp"

#include "sim/disk/memory_node_disk.hpp"
#include "sim/disk/rocks_node_disk.hpp"
#include "tests/sim/disk/logged_node.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

template <class Disk>
class NodeDiskTest : public ::testing::Test {
 protected:
  using Node = test::LoggedNode<Disk>;

  static void crash_somehow(Node& node, Random& random) {
    if (random.chance(0.3)) {
      node.disk.crash();
    } else {
      node.disk.lose_power();
    }
  }
};

using Disks = testing::Types<RocksNodeDisk, MemoryNodeDisk>;
TYPED_TEST_SUITE(NodeDiskTest, Disks);

TYPED_TEST(NodeDiskTest, KeepsWhatWasAcknowledgedThroughManyCrashes) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    test::LoggedNode<TypeParam> node(seed);
    Random random(seed);
    for (int life = 0; life < 4; ++life) {
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.run_steps(random.below(40));
      this->crash_somehow(node, random);
    }
    ASSERT_EQ(node.boot(), ErrorCode::none);
    ASSERT_FALSE(this->HasFatalFailure());
  }
}

TYPED_TEST(NodeDiskTest, KeepsWhatWasAcknowledgedWhereverPowerIsLost) {
  std::size_t acknowledged = 0;
  for (std::size_t steps = 0; acknowledged < 5; ++steps) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", steps " + std::to_string(steps));
      test::LoggedNode<TypeParam> node(seed);
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.run_steps(steps);
      acknowledged = node.acknowledged;
      node.disk.lose_power();
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.disk.lose_power();  // again, before anything was written
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.commit_many(1);
      node.disk.lose_power();
      ASSERT_EQ(node.boot(), ErrorCode::none);
      ASSERT_FALSE(this->HasFatalFailure());
    }
  }
}

/// The disk fails in the midst of creation, commits or recovery; then power is lost.
TYPED_TEST(NodeDiskTest, KeepsWhatWasAcknowledgedWhateverOperationIsTheLast) {
  bool failed = true;
  for (std::uint64_t operations = 0; failed; ++operations) {
    SCOPED_TRACE("operations that work: " + std::to_string(operations));
    test::LoggedNode<TypeParam> node(operations);
    IoFaults faults;
    faults.operations_before_errors = operations;
    node.disk.faults().set(faults);
    failed = node.boot() != ErrorCode::none;
    for (int life = 0; life < 3 && !failed; ++life) {
      node.commit_many(3);
      failed = node.failure.has_value();
      node.disk.lose_power();
      failed = failed || node.boot() != ErrorCode::none;
    }
    node.disk.faults().clear();
    node.disk.lose_power();
    ASSERT_EQ(node.boot(), ErrorCode::none);
    node.commit_many(2);
    ASSERT_FALSE(node.failure.has_value());
    ASSERT_FALSE(this->HasFatalFailure());
  }
}

TYPED_TEST(NodeDiskTest, MayKeepWhatWasWrittenAndNeverAnswered) {
  std::set<std::size_t> kept;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    test::LoggedNode<TypeParam> node(seed);
    ASSERT_EQ(node.boot(), ErrorCode::none);
    node.commit();
    node.disk.lose_power();
    ASSERT_EQ(node.boot(), ErrorCode::none);
    kept.insert(node.acknowledged);
  }
  EXPECT_EQ(kept, (std::set<std::size_t>{0, 1}));
}

TYPED_TEST(NodeDiskTest, KeepsAllThatWasWrittenWhenOnlyTheProcessDies) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit();
  node.disk.crash();
  ASSERT_EQ(node.boot(), ErrorCode::none);
  EXPECT_EQ(node.acknowledged, 1U);
}

TYPED_TEST(NodeDiskTest, AnswersNobodyAfterACrash) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit();
  node.disk.crash();
  node.timers.run_all();
  EXPECT_EQ(node.acknowledged, 0U);
  EXPECT_FALSE(node.failure.has_value());
  EXPECT_EQ(node.boot(), ErrorCode::none);
}

TYPED_TEST(NodeDiskTest, TakesNoCommitFromADeadNode) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.disk.lose_power();
  node.commit();
  node.timers.run_all();
  ASSERT_EQ(node.boot(), ErrorCode::none);
  EXPECT_EQ(node.acknowledged, 0U);
  node.commit_many(1);
  EXPECT_EQ(node.acknowledged, 1U);
}

TYPED_TEST(NodeDiskTest, EndsWithDiskFailedWhenAWriteOrASyncFails) {
  for (const bool write : {true, false}) {
    test::LoggedNode<TypeParam> node(1);
    ASSERT_EQ(node.boot(), ErrorCode::none);
    node.commit_many(3);
    IoFaults faults;
    (write ? faults.write_errors : faults.sync_errors) = 1;
    node.disk.faults().set(faults);
    node.commit_many(1);
    EXPECT_EQ(node.failure, ErrorCode::disk_failed);
    node.disk.faults().clear();
    node.failure.reset();
    node.commit_many(1);
    EXPECT_EQ(node.failure, ErrorCode::disk_failed) << "the log must take no more";
    node.disk.crash();
    EXPECT_EQ(node.boot(), ErrorCode::none);
  }
}

TYPED_TEST(NodeDiskTest, EndsWithDiskFullAndGoesOnWithMoreRoom) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.disk.set_capacity(node.disk.used_bytes() + 20'000);
  node.commit_many(1000);
  EXPECT_EQ(node.failure, ErrorCode::disk_full);
  EXPECT_GT(node.acknowledged, 2U);
  node.disk.crash();
  node.disk.set_capacity(SimDisk::unlimited);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit_many(1);
  EXPECT_FALSE(node.failure.has_value());
}

TYPED_TEST(NodeDiskTest, DoesNotStartWhileItCannotRead) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit_many(1);
  node.disk.crash();
  IoFaults faults;
  faults.read_errors = 1;
  faults.until = node.timers.now() + 1s;
  node.disk.faults().set(faults);
  EXPECT_EQ(node.boot(), ErrorCode::disk_failed);
  node.timers.after(2s, [] {});
  node.timers.run_all();
  EXPECT_EQ(node.boot(), ErrorCode::none);
  EXPECT_EQ(node.acknowledged, 1U);
}

TYPED_TEST(NodeDiskTest, ForgetsEverythingWithItsDisk) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit_many(1);
  node.disk.crash();
  node.disk.wipe();
  const auto log = node.disk.boot();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log.value()->last_batch(), 0U);
}

TYPED_TEST(NodeDiskTest, StallsACommitAndLosesNothing) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit();
  const auto begin = node.timers.now();
  node.disk.faults().stall_for(10s);
  node.commit_many(1);
  EXPECT_EQ(node.acknowledged, 1U);
  EXPECT_GE(node.timers.now() - begin, 10s);
}

TYPED_TEST(NodeDiskTest, RefusesToStartFromARottenLogUntilItIsHealed) {
  test::LoggedNode<TypeParam> node(1);
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit_many(5);
  node.timers.run_all();
  node.disk.crash();
  ASSERT_TRUE(node.disk.rot(DiskPart::write_ahead_log, 1));
  EXPECT_EQ(kind_of(node.boot()), ErrorKind::fatal);
  node.disk.heal_rot();
  ASSERT_EQ(node.boot(), ErrorCode::none);
  EXPECT_EQ(node.acknowledged, 5U);
}

}  // namespace
}  // namespace hearth::sim
