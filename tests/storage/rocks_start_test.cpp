// How a log begins, and what it refuses to open.

#include "messages/base/fixed_bytes.hpp"
#include "storage/key_codec.hpp"
#include "storage/record_run.hpp"
#include "storage/rocks_event_log.hpp"
#include "storage/value_codec.hpp"
#include "tests/support/folder_bytes.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>

namespace hearth::storage {
namespace {

using test::append;
using test::bytes;

class RocksStart : public ::testing::Test {
 protected:
  Result<std::unique_ptr<RocksEventLog>> open() {
    return RocksEventLog::open({folder_.string()}, engine_);
  }

  ErrorCode refusal() {
    const auto opened = open();
    return opened ? ErrorCode::none : opened.error().code;
  }

  void create_with_three_records() {
    ASSERT_TRUE(RocksEventLog::create({folder_.string()}).ok());
    const auto log = std::move(open().value());
    auto last = append(1, 2, {"c"});
    last.rows = {{"key", bytes("value")}};
    last.snapshot = bytes("state");
    ASSERT_TRUE(test::commit(*log, engine_, {append(1, 0, {"a"}), append(1, 1, {"b"}), last}).ok());
  }

  /// Behind the log's back.
  template <class Change>
  void change_database(const Change& change) {
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, folder_.string(), &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    change(*db);
  }

  template <std::size_t Size>
  static rocksdb::Slice slice(const std::array<char, Size>& key) {
    return {key.data(), key.size()};
  }

  /// Flips one bit of the value of `key`, and writes it with a checksum of RocksDB that matches:
  /// damage that only our own checksum finds.
  void flip_a_bit(const Key& key) {
    change_database([&](rocksdb::DB& db) {
      std::string value;
      ASSERT_TRUE(db.Get({}, slice(key), &value).ok());
      value.back() = static_cast<char>(value.back() ^ 1);
      ASSERT_TRUE(db.Put({}, slice(key), value).ok());
    });
  }

  void put(const Key& key, BytesView payload, std::uint8_t version = value_version) {
    change_database([&](rocksdb::DB& db) {
      const auto header = value_header(view(key), payload, version);
      ASSERT_TRUE(
          db.Put({}, slice(key), std::string(header.begin(), header.end()) + test::text(payload))
              .ok());
    });
  }

  static ErrorCode replay_outcome(const EventLog& log, Sequence after = 0) {
    return test::code_of(
        log.replay(StreamId{1}, after, [](Sequence, BytesView) { return Result<void>(); }));
  }

  /// Records 2 to 4 are one run, between two of a single record.
  void create_with_a_run_of_three() {
    ASSERT_TRUE(RocksEventLog::create({folder_.string()}).ok());
    const auto log = std::move(open().value());
    ASSERT_TRUE(
        test::commit(*log, engine_,
                     {append(1, 0, {"a"}), append(1, 1, {"b", "c", "d"}), append(1, 4, {"e"})})
            .ok());
  }

  test::TempFolder temp_;
  std::filesystem::path folder_ = temp_.path() / "log";
  test::SteppedEngine engine_;
};

TEST_F(RocksStart, RefusesAFolderWithoutALog) {
  EXPECT_EQ(refusal(), ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder_));
  std::filesystem::create_directory(folder_);
  EXPECT_EQ(refusal(), ErrorCode::not_found);
}

TEST_F(RocksStart, CreatesALogOnlyOnce) {
  create_with_three_records();
  const auto before = test::folder_bytes(folder_);
  const auto again = RocksEventLog::create({folder_.string()});
  EXPECT_EQ(test::code_of(again), ErrorCode::already_exists);
  EXPECT_EQ(test::folder_bytes(folder_), before);
}

TEST_F(RocksStart, FinishesACreationThatNeverEnded) {
  ASSERT_TRUE(RocksEventLog::create({folder_.string()}).ok());
  std::filesystem::remove(folder_ / "acked");
  EXPECT_EQ(refusal(), ErrorCode::not_found);

  ASSERT_TRUE(RocksEventLog::create({folder_.string()}).ok());
  EXPECT_EQ(refusal(), ErrorCode::none);
}

TEST_F(RocksStart, RefusesALogThatIsOpenElsewhere) {
  create_with_three_records();
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(refusal(), ErrorCode::in_use);
  EXPECT_EQ(test::code_of(RocksEventLog::create({folder_.string()})), ErrorCode::in_use);
}

TEST_F(RocksStart, RefusesALogOfANewerFormat) {
  create_with_three_records();
  put(format_key(), encode_format(log_format + 1));
  EXPECT_EQ(refusal(), ErrorCode::format_newer);
}

TEST_F(RocksStart, RefusesALogWithoutAFormat) {
  create_with_three_records();
  change_database([](rocksdb::DB& db) { ASSERT_TRUE(db.Delete({}, slice(format_key())).ok()); });
  EXPECT_EQ(refusal(), ErrorCode::log_corrupt);
}

TEST_F(RocksStart, FindsADamagedRecord) {
  create_with_three_records();
  flip_a_bit(run_key(StreamId{1}, 2));
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::log_corrupt);
}

TEST_F(RocksStart, FindsADamagedRecordWithinARunAndGivesNothingOfIt) {
  create_with_a_run_of_three();
  const auto key = run_key(StreamId{1}, 4);
  change_database([&](rocksdb::DB& db) {
    std::string value;
    ASSERT_TRUE(db.Get({}, slice(key), &value).ok());
    const auto middle = value.find('c', value_header_bytes);
    ASSERT_NE(middle, std::string::npos);
    value[middle] = 'x';
    ASSERT_TRUE(db.Put({}, slice(key), value).ok());
  });
  const auto log = open();
  ASSERT_TRUE(log.ok());
  test::Records seen;
  const auto outcome =
      log.value()->replay(StreamId{1}, 0, [&](Sequence sequence, BytesView record) {
        seen.emplace_back(sequence, test::text(record));
        return Result<void>();
      });
  EXPECT_EQ(test::code_of(outcome), ErrorCode::log_corrupt);
  EXPECT_EQ(seen, (test::Records{{1, "a"}}));
  EXPECT_EQ(replay_outcome(*log.value(), 2), ErrorCode::log_corrupt);  // from within the run
  EXPECT_EQ(test::replayed(*log.value(), 1, 4), (test::Records{{5, "e"}}));
}

TEST_F(RocksStart, FindsARunThatLostOrGainedARecord) {
  for (const auto& records : {std::vector{bytes("c"), bytes("d")},
                              std::vector{bytes("a"), bytes("b"), bytes("c"), bytes("d")}}) {
    std::filesystem::remove_all(folder_);
    create_with_a_run_of_three();
    Bytes run;
    encode_run(records, run);
    put(run_key(StreamId{1}, 4), run);
    const auto log = open();
    ASSERT_TRUE(log.ok());
    EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::log_corrupt) << records.size();
  }
}

TEST_F(RocksStart, ATrimPastARunThatWasTrimmedWithinTakesItAway) {
  create_with_a_run_of_three();
  {
    const auto log = std::move(open().value());
    auto within = append(1, 5, {"f"});
    within.snapshot = bytes("state");
    within.trim_below = 3;
    ASSERT_TRUE(test::commit(*log, engine_, {within}).ok());
    EXPECT_EQ(test::replayed(*log, 1, 2).size(), 4U);
    auto past = append(1, 6, {});
    past.trim_below = 5;
    ASSERT_TRUE(test::commit(*log, engine_, {past}).ok());
  }
  change_database([](rocksdb::DB& db) {
    std::string value;
    EXPECT_TRUE(db.Get({}, slice(run_key(StreamId{1}, 1)), &value).IsNotFound());
    EXPECT_TRUE(db.Get({}, slice(run_key(StreamId{1}, 4)), &value).IsNotFound());
    EXPECT_TRUE(db.Get({}, slice(run_key(StreamId{1}, 5)), &value).ok());
  });
}

TEST_F(RocksStart, FindsAMissingRecord) {
  create_with_three_records();
  change_database(
      [](rocksdb::DB& db) { ASSERT_TRUE(db.Delete({}, slice(run_key(StreamId{1}, 2))).ok()); });
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::log_corrupt);
}

TEST_F(RocksStart, FindsThatTheLastRecordIsMissing) {
  create_with_three_records();
  change_database(
      [](rocksdb::DB& db) { ASSERT_TRUE(db.Delete({}, slice(run_key(StreamId{1}, 3))).ok()); });
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::log_corrupt);
}

TEST_F(RocksStart, FindsARecordUnderAnothersKey) {
  create_with_three_records();
  change_database([](rocksdb::DB& db) {
    std::string value;
    ASSERT_TRUE(db.Get({}, slice(run_key(StreamId{1}, 1)), &value).ok());
    ASSERT_TRUE(db.Put({}, slice(run_key(StreamId{1}, 2)), value).ok());
  });
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::log_corrupt);
}

TEST_F(RocksStart, RefusesARecordOfANewerVersion) {
  create_with_three_records();
  put(run_key(StreamId{1}, 2), bytes("from the future"), value_version + 1);
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(replay_outcome(*log.value()), ErrorCode::format_newer);
}

TEST_F(RocksStart, FindsADamagedSnapshotAndRow) {
  create_with_three_records();
  flip_a_bit(snapshot_key(StreamId{1}, 3));
  change_database([](rocksdb::DB& db) {
    const auto key = std::string(view(row_prefix(StreamId{1}))) + "key";
    ASSERT_TRUE(db.Put({}, key, "short").ok());
  });
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log.value()->snapshot(StreamId{1}).error().code, ErrorCode::log_corrupt);
  EXPECT_EQ(log.value()->row(StreamId{1}, "key").error().code, ErrorCode::log_corrupt);
}

TEST_F(RocksStart, RefusesAWriteToAStreamWhoseHeadIsDamaged) {
  create_with_three_records();
  flip_a_bit(head_key(StreamId{1}));
  const auto log = open();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log.value()->last_sequence(StreamId{1}).error().code, ErrorCode::log_corrupt);
  EXPECT_EQ(test::code_of(test::commit(*log.value(), engine_, {append(1, 3, {"d"})})),
            ErrorCode::log_corrupt);
}

}  // namespace
}  // namespace hearth::storage
