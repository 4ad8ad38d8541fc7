#include "actors/runtime/log_writer_machine.hpp"

#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <tuple>

namespace hearth {
namespace {

using namespace std::chrono_literals;
using storage::StreamId;
using test::append;
using Settled = LogWriterMachine::Settled;

constexpr Instant start{1h};

/// Reads as a sentence: given appends, when the disk has done its work, then these are durable.
class LogWriterMachineTest : public ::testing::Test {
 protected:
  LogWriterMachine::Step take(storage::Append append, Instant now = start) {
    return machine_.append(std::move(append), now);
  }
  LogWriterMachine::Step disk_done() { return machine_.committed({}); }

  static std::vector<std::uint64_t> streams_of(const storage::Batch& batch) {
    std::vector<std::uint64_t> streams;
    for (const auto& one : batch.appends) {
      streams.push_back(static_cast<std::uint64_t>(one.stream));
    }
    return streams;
  }

  LogWriterMachine machine_{41};
};

TEST_F(LogWriterMachineTest, WritesTheFirstAppendAtOnce) {
  const auto step = take(append(1, 0, {"a"}));
  ASSERT_TRUE(step.commit.has_value());
  EXPECT_EQ(step.commit->number, 42U);
  EXPECT_EQ(streams_of(*step.commit), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(step.durable.empty());
}

TEST_F(LogWriterMachineTest, GathersTheNextBatchWhileOneIsAtTheDisk) {
  std::ignore = take(append(1, 0, {"a"}));
  EXPECT_FALSE(take(append(2, 0, {"b"})).commit.has_value());
  EXPECT_FALSE(take(append(1, 1, {"c"})).commit.has_value());

  const auto step = disk_done();
  ASSERT_TRUE(step.commit.has_value());
  EXPECT_EQ(step.commit->number, 43U);
  EXPECT_EQ(streams_of(*step.commit), (std::vector<std::uint64_t>{2, 1}));
}

TEST_F(LogWriterMachineTest, AcknowledgesOnlyWhatIsDurableInTheOrderOfTheAppends) {
  std::ignore = take(append(1, 5, {"a", "b"}));
  std::ignore = take(append(2, 0, {"c"}));
  std::ignore = take(append(1, 7, {"d"}));

  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 7}}));
  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{2}, 1}, {StreamId{1}, 8}}));
}

TEST_F(LogWriterMachineTest, RestsWhenNothingWaits) {
  std::ignore = take(append(1, 0, {"a"}));
  EXPECT_FALSE(disk_done().commit.has_value());
  EXPECT_EQ(take(append(1, 1, {"b"})).commit->number, 43U);
}

TEST_F(LogWriterMachineTest, RefusesAWriterThatDoesNotFollowItsOwnAppends) {
  std::ignore = take(append(1, 0, {"a"}));
  const auto step = take(append(1, 0, {"b"}));
  ASSERT_TRUE(step.refused.has_value());
  EXPECT_EQ(step.refused->code, ErrorCode::sequence_moved);
}

TEST_F(LogWriterMachineTest, WritesForOthersAfterARefusal) {
  std::ignore = take(append(1, 0, {"a"}));
  std::ignore = take(append(1, 7, {"refused"}));
  std::ignore = take(append(2, 0, {"b"}));

  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 1}}));
  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{2}, 1}}));
}

TEST_F(LogWriterMachineTest, LeavesAStreamOfWhichNothingIsUnderWayToTheLog) {
  std::ignore = take(append(1, 0, {"a"}));
  std::ignore = disk_done();
  EXPECT_FALSE(take(append(1, 9, {"b"})).refused.has_value());
}

TEST_F(LogWriterMachineTest, TakesAppendsWithoutRecordsInTheirOrder) {
  std::ignore = take(append(1, 3, {}));
  std::ignore = take(append(1, 3, {}));
  std::ignore = take(append(1, 3, {"a"}));

  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 3}}));
  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 3}, {StreamId{1}, 4}}));
  EXPECT_EQ(machine_.uncommitted_bytes(), 0U);
}

TEST_F(LogWriterMachineTest, LetsAStreamBeginAnew) {
  auto clear = append(1, 6, {"b"});
  clear.clear = true;
  std::ignore = take(append(1, 5, {"a"}));
  EXPECT_FALSE(take(clear).refused.has_value());
  EXPECT_TRUE(take(append(1, 7, {"c"})).refused.has_value());
  EXPECT_FALSE(take(append(1, 1, {"c"})).refused.has_value());
  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 6}}));
  EXPECT_EQ(disk_done().durable, (std::vector<Settled>{{StreamId{1}, 1}, {StreamId{1}, 2}}));
}

TEST_F(LogWriterMachineTest, StopsWhenTheDiskFails) {
  for (const auto code :
       {ErrorCode::disk_full, ErrorCode::disk_failed, ErrorCode::sequence_moved}) {
    LogWriterMachine machine(0);
    std::ignore = machine.append(append(1, 0, {"a"}), start);
    const auto step = machine.committed(Error{code, {}});
    ASSERT_TRUE(step.stop.has_value());
    EXPECT_EQ(step.stop->code, code);
    EXPECT_TRUE(step.durable.empty());
    EXPECT_FALSE(machine.append(append(2, 0, {"b"}), start).commit.has_value());
  }
}

TEST_F(LogWriterMachineTest, CountsBytesUntilTheyAreDurable) {
  EXPECT_EQ(machine_.uncommitted_bytes(), 0U);
  std::ignore = take(append(1, 0, {std::string(1000, 'a')}));
  const auto one = machine_.uncommitted_bytes();
  EXPECT_GE(one, 1000U);
  EXPECT_LT(one, 1200U);
  std::ignore = take(append(2, 0, {std::string(1000, 'b')}));
  EXPECT_EQ(machine_.uncommitted_bytes(), 2 * one);

  std::ignore = disk_done();
  EXPECT_EQ(machine_.uncommitted_bytes(), one);
  std::ignore = disk_done();
  EXPECT_EQ(machine_.uncommitted_bytes(), 0U);
}

TEST_F(LogWriterMachineTest, CountsRowsAndSnapshotsToo) {
  auto large = append(1, 0, {"a"});
  large.rows = {{"key", Bytes(500)}, {"gone", std::nullopt}};
  large.snapshot = Bytes(500);
  std::ignore = take(std::move(large));
  EXPECT_GE(machine_.uncommitted_bytes(), 1000U);
}

TEST_F(LogWriterMachineTest, TellsSinceWhenTheOldestAppendWaits) {
  std::ignore = take(append(1, 0, {"a"}), start);
  std::ignore = take(append(2, 0, {"b"}), start + 10ms);
  std::ignore = take(append(3, 0, {"c"}), start + 20ms);
  EXPECT_EQ(machine_.oldest(), start);
  std::ignore = disk_done();
  EXPECT_EQ(machine_.oldest(), start + 10ms);
}

}  // namespace
}  // namespace hearth
