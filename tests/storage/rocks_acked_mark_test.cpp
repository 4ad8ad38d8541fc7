// What a start makes of a damaged folder. It is a copy, taken as a power cut would leave it: 20
// batches are synced, acknowledged and marked; 5 more are in the file, but the disk never promised
// to keep them, so any part of them may be damaged.

#include "storage/rocks_event_log.hpp"
#include "tests/support/folder_bytes.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace hearth::storage {
namespace {

namespace fs = std::filesystem;
using test::append;
using test::folder_bytes;

constexpr BatchNumber acknowledged = 20;
constexpr BatchNumber written = 25;

class RocksAckedMark : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    original_ = std::make_unique<test::TempFolder>();
    const auto folder = original_->path() / "log";
    EXPECT_TRUE(RocksEventLog::create({folder.string()}).ok());
    test::SteppedEngine engine;
    const auto log = std::move(RocksEventLog::open({folder.string()}, engine).value());
    for (BatchNumber number = 1; number <= written; ++number) {
      log->commit({number, {append(1, number - 1, {std::string(200, 'r')})}},
                  [](const Result<void>& outcome) { EXPECT_TRUE(outcome.ok()); });
      if (number <= acknowledged) {
        engine.commit();
        synced_bytes_ = file_size(wal(folder));
      } else {
        engine.commit_unmarked();
      }
    }
    fs::copy(folder, original_->path() / "after_power_cut", fs::copy_options::recursive);
  }
  static void TearDownTestSuite() { original_.reset(); }

  RocksAckedMark() { restore(); }

  void restore() {
    fs::remove_all(folder_);
    fs::copy(original_->path() / "after_power_cut", folder_, fs::copy_options::recursive);
  }

  /// The write-ahead log that is in use.
  static fs::path wal(const fs::path& folder) {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".log" && entry.path() > newest) {
        newest = entry.path();
      }
    }
    return newest;
  }

  static void overwrite(const fs::path& path, std::uintmax_t begin, std::uintmax_t end, char with) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(begin));
    for (auto at = begin; at < end; ++at) {
      file.put(with);
    }
  }

  [[nodiscard]] fs::path file_with(std::string_view part) const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().find(part) != std::string::npos) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "no file with " << part;
    return {};
  }

  [[nodiscard]] fs::path wal() const { return wal(folder_); }
  [[nodiscard]] std::uintmax_t wal_bytes() const { return file_size(wal()); }
  [[nodiscard]] fs::path mark() const { return folder_ / "acked"; }

  void expect_start() {
    test::SteppedEngine engine;
    auto opened = RocksEventLog::open({folder_.string()}, engine);
    ASSERT_TRUE(opened.ok()) << opened.error().detail;
    auto& log = *opened.value();
    EXPECT_GE(log.last_batch(), acknowledged);
    EXPECT_EQ(test::replayed(log, 1).size(), log.last_batch());
    EXPECT_TRUE(test::commit(log, engine, {append(1, log.last_batch(), {"next"})}).ok());
  }

  void expect_refusal(ErrorCode code) {
    const auto before = folder_bytes(folder_);
    test::SteppedEngine engine;
    const auto opened = RocksEventLog::open({folder_.string()}, engine);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(name_of(opened.error().code), name_of(code)) << opened.error().detail;
    EXPECT_NE(opened.error().detail.find(folder_.string()), std::string::npos)
        << opened.error().detail;
    EXPECT_EQ(folder_bytes(folder_), before) << "the evidence was changed";
  }

  static inline std::unique_ptr<test::TempFolder> original_;
  static inline std::uintmax_t synced_bytes_ = 0;
  test::TempFolder temp_;
  fs::path folder_ = temp_.path() / "log";
};

TEST_F(RocksAckedMark, StartsFromAnUndamagedFolder) {
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheUnsyncedTailIsGone) {
  fs::resize_file(wal(), synced_bytes_);
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheUnsyncedTailIsCutInsideARecord) {
  fs::resize_file(wal(), synced_bytes_ + 100);
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheUnsyncedTailIsZeroFromTheMiddleOfARecord) {
  overwrite(wal(), synced_bytes_ + 100, wal_bytes(), 0);
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheUnsyncedTailIsGarbage) {
  overwrite(wal(), synced_bytes_, wal_bytes(), 'x');
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheUnsyncedTailHasAHole) {
  overwrite(wal(), synced_bytes_ + 50, synced_bytes_ + 250, 0);
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheOlderSlotIsTorn) {
  overwrite(mark(), 0, 300, 'x');
  expect_start();
}

TEST_F(RocksAckedMark, StartsWhenTheNewerSlotIsTorn) {
  overwrite(mark(), 512 + 5, 512 + 300, 'x');
  expect_start();
}

TEST_F(RocksAckedMark, CountsWhatARecoveryKeptFromThenOn) {
  expect_start();
  const auto raised = temp_.path() / "raised_mark";
  fs::copy(mark(), raised);
  restore();
  fs::copy(raised, mark(), fs::copy_options::overwrite_existing);
  fs::resize_file(wal(), synced_bytes_);
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenTheSyncedTailIsCutAtARecord) {
  fs::resize_file(wal(), synced_bytes_ - synced_bytes_ / acknowledged);
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenTheLastSyncedRecordIsDamaged) {
  overwrite(wal(), synced_bytes_ - 20, synced_bytes_ - 19, 'w');
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenASyncedRecordInTheMiddleIsDamaged) {
  overwrite(wal(), synced_bytes_ / 2, synced_bytes_ / 2 + 1, 'w');
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenTheWriteAheadLogIsEmpty) {
  fs::resize_file(wal(), 0);
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenTheWriteAheadLogIsGone) {
  fs::remove(wal());
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenTheDatabaseIsGone) {
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.path() != mark()) {
      fs::remove_all(entry.path());
    }
  }
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenATableIsGone) {
  expect_start();
  fs::remove(file_with(".sst"));
  expect_refusal(ErrorCode::log_corrupt);
}

TEST_F(RocksAckedMark, StopsWhenTheManifestIsGone) {
  fs::remove(file_with("MANIFEST"));
  expect_refusal(ErrorCode::log_lost);
}

TEST_F(RocksAckedMark, StopsWhenBothSlotsAreDamaged) {
  overwrite(mark(), 0, 1024, 'x');
  expect_refusal(ErrorCode::log_corrupt);
}

TEST_F(RocksAckedMark, StopsWhenTheMarkIsCutShort) {
  fs::resize_file(mark(), 512);
  expect_refusal(ErrorCode::log_corrupt);
}

TEST_F(RocksAckedMark, StopsWhenTheMarkIsGone) {
  fs::remove(mark());
  expect_refusal(ErrorCode::log_corrupt);
}

}  // namespace
}  // namespace hearth::storage
