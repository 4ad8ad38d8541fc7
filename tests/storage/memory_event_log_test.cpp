// What a crash does to the log in memory; the rest is in event_log_contract_test.cpp.

#include "storage/memory_event_log.hpp"

#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

namespace hearth::storage {
namespace {

using test::append;
using test::code_of;
using test::Records;
using test::replayed;

class MemoryEventLogTest : public ::testing::Test {
 protected:
  void begin_commit(Batch batch) {
    log_.commit(std::move(batch), [this](Result<void> result) { outcome_ = std::move(result); });
  }

  test::SteppedEngine engine_;
  MemoryEventLog log_{engine_};
  Result<void> outcome_;
};

TEST_F(MemoryEventLogTest, LosesWhatWasWrittenAndNotSynced) {
  ASSERT_TRUE(test::commit(log_, engine_, {append(1, 0, {"kept"})}).ok());
  begin_commit({2, {append(1, 1, {"lost"})}});
  ASSERT_TRUE(engine_.write().ok());
  log_.crash();

  EXPECT_EQ(replayed(log_, 1), (Records{{1, "kept"}}));
  EXPECT_EQ(log_.last_batch(), 1U);
}

TEST_F(MemoryEventLogTest, IgnoresACommitOfTheLifeBefore) {
  begin_commit({1, {append(1, 0, {"late"})}});
  log_.crash();
  engine_.commit();

  EXPECT_EQ(code_of(outcome_), ErrorCode::disk_failed);
  EXPECT_EQ(log_.last_sequence(StreamId{1}).value(), 0U);
  EXPECT_TRUE(test::commit(log_, engine_, {append(1, 0, {"new life"})}).ok());
}

TEST_F(MemoryEventLogTest, TakesNothingMoreAfterADiskFailureUntilTheNextStart) {
  begin_commit({1, {append(1, 0, {"a"})}});
  engine_.fail({ErrorCode::disk_full, "of the test"});
  EXPECT_EQ(code_of(outcome_), ErrorCode::disk_full);
  EXPECT_EQ(code_of(test::commit(log_, engine_, {append(1, 0, {"a"})})), ErrorCode::disk_full);

  log_.crash();
  EXPECT_TRUE(test::commit(log_, engine_, {append(1, 0, {"a"})}).ok());
}

}  // namespace
}  // namespace hearth::storage
