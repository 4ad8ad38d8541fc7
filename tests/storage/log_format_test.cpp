// The bytes of the log: docs/formats/event_log.md. Golden bytes of a released version never change.

#include "messages/base/fixed_bytes.hpp"
#include "storage/crc32c.hpp"
#include "storage/key_codec.hpp"
#include "storage/record_run.hpp"
#include "storage/rocks_event_log.hpp"
#include "storage/value_codec.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace hearth::storage {
namespace {

using test::bytes;

template <std::size_t Size>
std::string hex(const std::array<char, Size>& key) {
  return to_hex(bytes(view(key)));
}

/// The value of `key`, header and payload.
std::string value(std::string_view key, BytesView payload) {
  const auto header = value_header(key, payload);
  return to_hex(bytes({header.data(), header.size()})) + to_hex(payload);
}

TEST(Crc32c, MatchesTheVectorsOfItsStandard) {
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aaU);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43U);
  EXPECT_EQ(crc32c(bytes("123456789")), 0xe3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, GoesOnWhereItStopped) {
  const auto all = bytes("The quick brown fox jumps over the lazy dog");
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    const BytesView view(all);
    EXPECT_EQ(crc32c(view.subspan(cut), crc32c(view.first(cut))), crc32c(all));
  }
}

TEST(KeyCodec, OrdersAsTheNumbersDo) {
  const StreamId one{1};
  const StreamId many{256};
  const std::vector<std::string> expected{
      std::string(view(head_key(one))),
      std::string(view(snapshot_key(one, 7))),
      std::string(view(run_key(one, 1))),
      std::string(view(run_key(one, 255))),
      std::string(view(run_key(one, 256))),
      std::string(view(row_prefix(one))) + "a",
      std::string(view(row_prefix(one))) + "\xff\xff",
      std::string(view(stream_end(one))),
      std::string(view(head_key(many))),
      std::string(view(stream_end(StreamId{~std::uint64_t{0}}))),
      std::string(view(last_batch_key())),
      std::string(view(format_key())),
  };
  EXPECT_TRUE(std::is_sorted(expected.begin(), expected.end()));
}

TEST(KeyCodec, TellsStreamAndSequence) {
  EXPECT_EQ(stream_of(view(run_key(StreamId{300}, 9))), StreamId{300});
  EXPECT_EQ(sequence_of(view(run_key(StreamId{300}, 9))), 9U);
  EXPECT_EQ(stream_of(view(last_batch_key())), std::nullopt);
  EXPECT_EQ(stream_of("short"), std::nullopt);
}

TEST(ValueCodec, OpensWhatItMade) {
  const auto key = run_key(StreamId{1}, 2);
  const auto whole = test::text(from_hex(value(view(key), bytes("payload"))).value());
  const auto opened = open_value(view(key), whole);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(test::text(opened.value()), "payload");
}

TEST(ValueCodec, FindsEveryFlippedBitAndEveryCut) {
  const auto key = run_key(StreamId{1}, 2);
  const auto whole = test::text(from_hex(value(view(key), bytes("payload"))).value());
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    auto damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(open_value(view(key), damaged).error().code, ErrorCode::log_corrupt) << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(open_value(view(key), whole.substr(0, size)).ok()) << size;
  }
}

TEST(ValueCodec, RefusesPayloadsOfTheWrongSize) {
  EXPECT_EQ(decode_head(Bytes(23)).error().code, ErrorCode::log_corrupt);
  EXPECT_EQ(decode_batch_number(Bytes(9)).error().code, ErrorCode::log_corrupt);
  EXPECT_EQ(check_format(Bytes(1)).error().code, ErrorCode::log_corrupt);
  EXPECT_EQ(check_format(encode_format(log_format + 1)).error().code, ErrorCode::format_newer);
}

TEST(LogFormat, IsWhatVersion1Wrote) {
  const auto golden = testing::read_golden("event_log/v1.txt");
  const auto expect_golden = [&golden](const std::string& name, const std::string& found) {
    const auto entry = golden.find(name);
    EXPECT_EQ(found, entry == golden.end() ? "" : to_hex(entry->second)) << name;
  };
  const StreamId stream{0x0102030405060708};
  const auto run = run_key(stream, 0x1112131415161718);
  Bytes records;
  encode_run(std::vector{bytes("an event"), bytes("another")}, records);
  const auto snapshot = snapshot_key(stream, 9);
  const auto head = encode_head({5, 0x1112131415161718, 9});
  expect_golden("run.key", hex(run));
  expect_golden("run.value", value(view(run), records));
  expect_golden("snapshot.key", hex(snapshot));
  expect_golden("snapshot.value", value(view(snapshot), bytes("a state")));
  expect_golden("row.prefix", hex(row_prefix(stream)));
  expect_golden("row.value",
                value(std::string(view(row_prefix(stream))) + "a key", bytes("a row")));
  expect_golden("head.key", hex(head_key(stream)));
  expect_golden("head.value", value(view(head_key(stream)), head));
  expect_golden("batch.key", hex(last_batch_key()));
  expect_golden("batch.value",
                value(view(last_batch_key()), encode_batch_number(0x2122232425262728)));
  expect_golden("format.key", hex(format_key()));
  expect_golden("format.value", value(view(format_key()), encode_format(log_format)));
}

TEST(LogFormat, MarksAsVersion1Did) {
  const test::TempFolder temp;
  const RocksOptions options{(temp.path() / "log").string()};
  ASSERT_TRUE(RocksEventLog::create(options).ok());
  test::SteppedEngine engine;
  const auto log = RocksEventLog::open(options, engine);
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE(test::commit(*log.value(), engine, {test::append(1, 0, {"a"})}).ok());

  const auto golden = testing::read_golden("event_log/v1.txt");
  std::ifstream file(temp.path() / "log" / "acked", std::ios::binary);
  const std::string mark{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(to_hex(bytes(mark)), to_hex(golden.at("mark.0")) + to_hex(golden.at("mark.1")));
}

}  // namespace
}  // namespace hearth::storage
