// A disk that is full or fails: the commit says so, the log takes no more, and whoever was told
// "durable" before finds everything at the next start.

#include "storage/rocks_event_log.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <sys/mount.h>
#include <unistd.h>

namespace hearth::storage {
namespace {

using rocksdb::IOStatus;
using test::append;
using test::code_of;

IOStatus no_space() {
  return IOStatus::NoSpace("of the test");
}
IOStatus io_error() {
  return IOStatus::IOError("of the test");
}

class RocksDiskFailure : public ::testing::Test {
 protected:
  ~RocksDiskFailure() override { close(); }

  Result<void> open() {
    auto opened = RocksEventLog::open(options_, engine_);
    if (!opened) {
      return opened.error();
    }
    log_ = std::move(opened.value());
    return {};
  }

  void close() {
    log_.reset();
    engine_.drop();
  }

  Result<void> commit_one() {
    const auto next = log_->last_batch();
    return test::commit(*log_, engine_, {append(1, next, {std::string(100, 'r')})});
  }

  void create_with_batches(int count) {
    ASSERT_TRUE(RocksEventLog::create(options_).ok());
    ASSERT_TRUE(open().ok());
    for (int batch = 0; batch < count; ++batch) {
      ASSERT_TRUE(commit_one().ok());
    }
  }

  /// Only operations `what` on files whose name ends with `ending` fail.
  void fail(const std::string& what, const std::string& ending, const IOStatus& how) {
    disk_->set([what, ending, how](const std::string& done, const std::string& file) {
      return done == what && file.ends_with(ending) ? how : IOStatus::OK();
    });
  }

  /// The next start, on a disk that works again.
  void expect_kept(BatchNumber acknowledged) {
    close();
    disk_->set({});
    const auto opened = open();
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    EXPECT_GE(log_->last_batch(), acknowledged);
    EXPECT_EQ(test::replayed(*log_, 1).size(), log_->last_batch());
    EXPECT_TRUE(commit_one().ok());
  }

  // Below the faults, memory: these tests are about errors, not about syncs.
  std::unique_ptr<rocksdb::Env> memory_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::shared_ptr<test::FaultyDisk> disk_ =
      std::make_shared<test::FaultyDisk>(memory_->GetFileSystem());
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  RocksOptions options_{"/log", env_.get()};
  test::SteppedEngine engine_;
  std::unique_ptr<RocksEventLog> log_;
};

TEST_F(RocksDiskFailure, AFullDiskLosesNothingThatWasAcknowledged) {
  create_with_batches(5);
  fail("append", ".log", no_space());
  EXPECT_EQ(code_of(commit_one()), ErrorCode::disk_full);
  EXPECT_EQ(log_->last_batch(), 5U);
  expect_kept(5);
}

TEST_F(RocksDiskFailure, AFailedSyncLosesNothingThatWasAcknowledged) {
  create_with_batches(5);
  fail("sync", ".log", io_error());
  EXPECT_EQ(code_of(commit_one()), ErrorCode::disk_failed);
  EXPECT_EQ(log_->last_batch(), 5U);
  expect_kept(5);
}

TEST_F(RocksDiskFailure, AFailedSyncAfterAWriteCountsTheSame) {
  create_with_batches(5);
  fail("sync", ".log", io_error());
  Result<void> outcome;
  log_->commit({6, {append(1, 5, {"r"})}}, [&](Result<void> result) { outcome = result; });
  ASSERT_TRUE(engine_.write().ok());
  engine_.sync();
  EXPECT_EQ(code_of(outcome), ErrorCode::disk_failed);
  expect_kept(5);
}

TEST_F(RocksDiskFailure, TakesNoMoreAfterAFailureThatPassed) {
  create_with_batches(1);
  fail("sync", ".log", io_error());
  EXPECT_EQ(code_of(commit_one()), ErrorCode::disk_failed);
  disk_->set({});
  EXPECT_EQ(code_of(commit_one()), ErrorCode::disk_failed);
}

TEST_F(RocksDiskFailure, TellsOfAFailedMarkWithTheNextBatch) {
  create_with_batches(1);
  fail("sync", "acked", io_error());
  EXPECT_TRUE(commit_one().ok());
  EXPECT_EQ(code_of(commit_one()), ErrorCode::disk_failed);
  expect_kept(2);
}

/// Counts what is done to the disk and fails everything from the `fail_from`th operation on.
TEST_F(RocksDiskFailure, SurvivesAFailureAtAnyOperation) {
  int fail_from = 1;
  for (bool failed = true; failed; fail_from += 1) {
    SCOPED_TRACE("operations fail from number " + std::to_string(fail_from));
    options_.folder = "/log" + std::to_string(fail_from);
    int operations = 0;
    failed = false;
    disk_->set([&](const std::string&, const std::string&) {
      failed = ++operations >= fail_from;
      const auto how = fail_from % 2 == 0 ? no_space() : io_error();
      return failed ? how : IOStatus::OK();
    });
    const auto created = RocksEventLog::create(options_);
    BatchNumber acknowledged = 0;
    if (created && open()) {
      while (acknowledged < 10 && commit_one()) {
        ++acknowledged;
      }
      expect_kept(acknowledged);
      close();
      continue;
    }
    disk_->set({});
    if (!created) {
      ASSERT_TRUE(RocksEventLog::create(options_).ok());
    }
    expect_kept(0);
    close();
  }
  EXPECT_GT(fail_from, 40);
}

class RocksFullDisk : public ::testing::Test {
 protected:
  static constexpr const char* size = "size=16m";

  void SetUp() override {
    mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size) == 0;
    if (!mounted_) {
      GTEST_SKIP() << "only root may mount a small file system";
    }
  }
  void TearDown() override {
    if (mounted_) {
      ::umount(folder_.path().c_str());
    }
  }

  test::TempFolder folder_;
  bool mounted_ = false;
};

TEST_F(RocksFullDisk, ARealFullDiskLosesNothingThatWasAcknowledged) {
  const RocksOptions options{(folder_.path() / "log").string()};
  ASSERT_TRUE(RocksEventLog::create(options).ok());
  test::SteppedEngine engine;
  Result<void> outcome;
  BatchNumber acknowledged = 0;
  {
    const auto log = std::move(RocksEventLog::open(options, engine).value());
    while (acknowledged < 1000) {
      outcome = test::commit(*log, engine, {append(1, acknowledged, {std::string(100'000, 'r')})});
      if (!outcome) {
        break;
      }
      ++acknowledged;
    }
  }
  EXPECT_EQ(code_of(outcome), ErrorCode::disk_full) << outcome.error().detail;
  EXPECT_GT(acknowledged, 10U);

  // Recovery writes what it replays to a table, so it needs room, too.
  ASSERT_EQ(::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  const auto log = RocksEventLog::open(options, engine);
  ASSERT_TRUE(log.ok()) << log.error().detail;
  EXPECT_GE(log.value()->last_batch(), acknowledged);
  EXPECT_EQ(test::replayed(*log.value(), 1).size(), log.value()->last_batch());
}

}  // namespace
}  // namespace hearth::storage
