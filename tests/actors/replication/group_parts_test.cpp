// The parts of a group's store, each alone, and the bytes that it leaves on the disk:
// docs/formats/replication.md.

#include "actors/replication/group_events.hpp"
#include "actors/replication/group_rows.hpp"
#include "actors/replication/pending_rows.hpp"
#include "actors/replication/snapshot_chunk.hpp"
#include "actors/replication/snapshot_source.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/replication/replication_messages.hpp"
#include "tests/actors/replication/replica.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hearth::replication::testing {
namespace {

const RowHash some_hash{{1, 2, 3, 0x0102030405060708}};

// ---- streams ----

TEST(GroupStreams, AreEachGroupsOwn) {
  std::set<std::uint64_t> streams;
  for (const std::uint32_t number : {0U, 1U, 0x01020304U, ~0U}) {
    const GroupId group{number};
    for (const auto stream : {log_stream(group), rows_stream(group, 0), rows_stream(group, 1),
                              rows_stream(group, 0xffffff)}) {
      EXPECT_EQ(group_of(stream), group);
      EXPECT_TRUE(streams.insert(static_cast<std::uint64_t>(stream)).second);
    }
  }
}

TEST(GroupStreams, AreNotThoseOfTheNodeItself) {
  for (const std::uint64_t own : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0} >> 1U}) {
    EXPECT_EQ(group_of(storage::StreamId{own}), std::nullopt);
  }
  EXPECT_EQ(group_of(storage::StreamId{~std::uint64_t{0}}), std::nullopt);
}

TEST(GroupStreams, BeginGenerationsAgainAfterTheLast) {
  EXPECT_EQ(rows_stream(GroupId{1}, 0x1000000), rows_stream(GroupId{1}, 0));
  EXPECT_EQ(rows_stream(GroupId{1}, Generation{0} - 1), rows_stream(GroupId{1}, 0xffffff));
}

// ---- rows ----

template <class Value, class Decode>
void expect_round_trip(const Value& value, Decode decode) {
  const auto bytes = encode(value);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().detail;
  EXPECT_EQ(decoded.value(), value);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode(BytesView(bytes).first(size)).error().code, ErrorCode::log_corrupt) << size;
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode(longer).ok());
}

TEST(GroupRows, ReadBackWhatTheyWrite) {
  expect_round_trip(LogBase{3, {{4, 5}, voters(3)}}, decode_base);
  expect_round_trip(LogBase{}, decode_base);
  expect_round_trip(HardState{6, node(7)}, decode_hard_state);
  expect_round_trip(Applied{8, 9, some_hash}, decode_applied);
  expect_round_trip(StagingMark{{node(1), {2, 3}, 4, 5}, some_hash}, decode_mark);
  EXPECT_EQ(decode_sequence(encode_sequence(77)).value(), 77U);
  EXPECT_FALSE(decode_sequence(Bytes(7)).ok());
}

TEST(GroupRows, ReadBackEntries) {
  const auto payload = std::make_shared<const Bytes>(test::bytes("payload"));
  const auto configuration = std::make_shared<const Bytes>(encode(voters(2)));
  for (const auto& entry : {Entry{0x0102030405060708, 9, EntryKind::events, payload},
                            Entry{1, 2, EntryKind::no_op, nullptr},
                            Entry{2, 2, EntryKind::events, std::make_shared<const Bytes>()},
                            Entry{3, 2, EntryKind::configuration, configuration}}) {
    const auto decoded = decode_entry(entry_key(entry.index), encode(entry));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded.value(), entry);
  }
}

TEST(GroupRows, RefuseEntriesThatNobodyWrote) {
  const auto key = entry_key(1);
  const auto refused = [](std::string_view name, const Bytes& bytes) {
    const auto entry = decode_entry(name, bytes);
    return !entry && entry.error().code == ErrorCode::log_corrupt;
  };
  auto bytes = encode(Entry{1, 2, EntryKind::no_op, nullptr});
  EXPECT_FALSE(refused(key, bytes));
  EXPECT_TRUE(refused(key.substr(0, 8), bytes));
  EXPECT_TRUE(refused("x" + key.substr(1), bytes));
  EXPECT_TRUE(refused(key, Bytes(8)));
  auto with_payload = bytes;
  with_payload.push_back(0);
  EXPECT_TRUE(refused(key, with_payload));
  bytes[8] = 3;
  EXPECT_TRUE(refused(key, bytes));
  bytes[8] = static_cast<std::uint8_t>(EntryKind::configuration);
  EXPECT_TRUE(refused(key, bytes));
}

TEST(GroupRows, StandInTheOrderOfTheirNumbers) {
  const std::vector<std::string> of_log{std::string(base_key), entry_key(1), entry_key(255),
                                        entry_key(256), std::string(hard_state_key)};
  EXPECT_TRUE(std::is_sorted(of_log.begin(), of_log.end()));
  const std::vector<std::string> of_state{
      std::string(applied_key),           std::string(mark_key),
      sequence_key(storage::StreamId{1}), sequence_key(storage::StreamId{256}),
      row_key(storage::StreamId{1}, "a"), row_key(storage::StreamId{1}, "b"),
      row_key(storage::StreamId{2}, "a")};
  EXPECT_TRUE(std::is_sorted(of_state.begin(), of_state.end()));
  EXPECT_EQ(stream_in(sequence_key(storage::StreamId{258})), storage::StreamId{258});
}

TEST(GroupRows, AreWhatVersion1Wrote) {
  const auto golden = hearth::testing::read_golden("replication/v1.txt");
  const auto expect_golden = [&golden](const std::string& name, BytesView found) {
    const auto entry = golden.find(name);
    EXPECT_EQ(to_hex(found), entry == golden.end() ? "" : to_hex(entry->second)) << name;
  };
  const auto expect_key = [&](const std::string& name, const std::string& key) {
    expect_golden(name, test::bytes(key));
  };
  const auto stream = [](storage::StreamId id) {
    std::string digits;
    for (int shift = 56; shift >= 0; shift -= 8) {
      digits.push_back(static_cast<char>(static_cast<std::uint64_t>(id) >> shift));
    }
    return digits;
  };
  const storage::StreamId machine{0x1112131415161718};
  const auto payload = std::make_shared<const Bytes>(test::bytes("payload"));
  expect_key("stream.log", stream(log_stream(GroupId{0x01020304})));
  expect_key("stream.rows", stream(rows_stream(GroupId{0x01020304}, 0x050607)));
  expect_golden("base.value", encode(LogBase{3, {{4, 5}, voters(2)}}));
  expect_golden("hard_state.value", encode(HardState{6, node(7)}));
  expect_key("entry.key", entry_key(0x0102030405060708));
  expect_golden("entry.value", encode(Entry{1, 9, EntryKind::events, payload}));
  expect_key("applied.key", std::string(applied_key));
  expect_golden("applied.value", encode(Applied{8, 9, some_hash}));
  expect_key("mark.key", std::string(mark_key));
  expect_golden("mark.value", encode(StagingMark{{node(1), {2, 3}, 4, 5}, some_hash}));
  expect_key("sequence.key", sequence_key(machine));
  expect_golden("sequence.value", encode_sequence(77));
  expect_key("row.key", row_key(machine, "key"));
  expect_golden("chunk", encode_chunk(std::vector<storage::Row>{
                             {std::string(applied_key), encode(Applied{8, 9, some_hash})},
                             {row_key(machine, "key"), test::bytes("value")}}));
  const auto hash = hash_of_row(row_key(machine, "key"), test::bytes("value"));
  expect_golden("row.hash", encode(Applied{0, 0, hash}));
}

// ---- the hash ----

TEST(RowHash, IsTheSameInAnyOrderAndGoneWithTheRow) {
  const auto one = hash_of_row("a", test::bytes("1"));
  const auto other = hash_of_row("b", test::bytes("2"));
  auto sum = one;
  sum += other;
  auto reverse = other;
  reverse += one;
  EXPECT_EQ(sum, reverse);
  sum -= one;
  EXPECT_EQ(sum, other);
  sum -= other;
  EXPECT_EQ(sum, RowHash());
}

TEST(RowHash, TellsWhereTheKeyEnds) {
  EXPECT_NE(hash_of_row("ab", test::bytes("c")), hash_of_row("a", test::bytes("bc")));
  EXPECT_NE(hash_of_row("a", {}), hash_of_row("", test::bytes("a")));
}

// ---- rows on their way ----

TEST(PendingRows, KnowARowUntilItsLastAppendIsDurable) {
  PendingRows rows;
  const auto one = hash_of_row("a", test::bytes("1"));
  const auto two = hash_of_row("a", test::bytes("2"));
  rows.put("a", one, 1);
  rows.put("b", one, 1);
  rows.put("a", two, 2);
  rows.put("a", one, 2);
  EXPECT_EQ(rows.find("a"), one);
  rows.durable(1);
  EXPECT_EQ(rows.find("a"), one);
  EXPECT_EQ(rows.find("b"), std::nullopt);
  rows.put("b", two, 3);
  rows.durable(2);
  EXPECT_EQ(rows.find("a"), std::nullopt);
  EXPECT_EQ(rows.find("b"), two);
  rows.durable(3);
  EXPECT_EQ(rows.size(), 0U);
}

// ---- what machines decided ----

TEST(GroupEventsPayload, HoldsWhatWasDecidedTogether) {
  std::vector<storage::Append> appends(2);
  appends[0].stream = storage::StreamId{1};
  appends[0].records = {test::bytes("an event")};
  appends[0].rows = {{"a", test::bytes("1")}, {"b", std::nullopt}};
  appends[1].stream = storage::StreamId{2};
  const auto payload = encode_events(41, appends);
  ASSERT_TRUE(payload.ok());
  const GroupEvents expected{
      41,
      {{1, {test::bytes("an event")}, {{"a", test::bytes("1")}, {"b", std::nullopt}}},
       {2, {}, {}}}};
  EXPECT_EQ(decode<GroupEvents>(*payload.value()).value(), expected);
}

TEST(GroupEventsPayload, TakesNoMoreThanAnEntry) {
  const auto outcome = [](storage::Append append) {
    const auto payload = encode_events(0, {&append, 1});
    return payload ? ErrorCode::none : payload.error().code;
  };
  storage::Append append;
  append.rows = {{"a", Bytes(limits::raft_entry_bytes_max - 200)}};
  EXPECT_EQ(outcome(append), ErrorCode::none);
  append.rows = {{"a", Bytes(limits::raft_entry_bytes_max)}};
  EXPECT_EQ(outcome(append), ErrorCode::limit_reached);
  append.rows = {{std::string(limits::replicated_row_key_bytes_max + 1, 'k'), Bytes()}};
  EXPECT_EQ(outcome(append), ErrorCode::limit_reached);
  append.rows.assign(GroupEvents::rows_max + 1, {"k", std::nullopt});
  EXPECT_EQ(outcome(append), ErrorCode::limit_reached);
  append.rows.clear();
  append.records.resize(GroupEvents::records_max + 1);
  EXPECT_EQ(outcome(append), ErrorCode::limit_reached);
}

// ---- chunks ----

std::vector<storage::Row> some_rows() {
  const storage::StreamId stream{1};
  return {{std::string(applied_key), encode(Applied{8, 9, some_hash})},
          {sequence_key(stream), encode_sequence(3)},
          {row_key(stream, "a"), test::bytes("")},
          {row_key(stream, std::string(limits::replicated_row_key_bytes_max, 'k')),
           test::bytes("value")}};
}

bool refuses(std::vector<storage::Row> rows) {
  const auto decoded = decode_chunk(encode_chunk(rows));
  return !decoded && decoded.error().code == ErrorCode::message_malformed;
}

TEST(SnapshotChunk, ReadsBackItsRows) {
  const auto rows = some_rows();
  const auto decoded = decode_chunk(encode_chunk(rows));
  ASSERT_TRUE(decoded.ok()) << decoded.error().detail;
  ASSERT_EQ(decoded.value().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(decoded.value()[i].key, rows[i].key);
    EXPECT_EQ(decoded.value()[i].value, rows[i].value);
  }
  EXPECT_TRUE(decode_chunk({}).value().empty());
}

TEST(SnapshotChunk, LeavesOutTheMarkOfStaging) {
  auto rows = some_rows();
  const auto bytes = encode_chunk(rows);
  rows.insert(rows.begin() + 1, {std::string(mark_key), encode(StagingMark())});
  EXPECT_EQ(encode_chunk(rows), bytes);
}

TEST(SnapshotChunk, RefusesEveryTruncation) {
  const auto bytes = encode_chunk(some_rows());
  std::set<std::size_t> ends{0};
  for (std::size_t count = 1; count <= some_rows().size(); ++count) {
    const auto rows = some_rows();
    ends.insert(encode_chunk({rows.data(), count}).size());
  }
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    EXPECT_EQ(decode_chunk(BytesView(bytes).first(size)).ok(), ends.count(size) == 1) << size;
  }
}

TEST(SnapshotChunk, TakesNoHarmFromAFlippedBit) {
  auto bytes = encode_chunk(some_rows());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    bytes[bit / 8] ^= mask;
    if (const auto rows = decode_chunk(bytes); rows) {
      EXPECT_EQ(encode_chunk(rows.value()), bytes) << bit;
    }
    bytes[bit / 8] ^= mask;
  }
}

TEST(SnapshotChunk, RefusesRowsThatNoStateHas) {
  const storage::StreamId stream{1};
  const auto key = row_key(stream, "a");
  EXPECT_FALSE(refuses({{key, Bytes()}}));
  EXPECT_TRUE(refuses({{key, Bytes()}, {key, Bytes()}}));
  EXPECT_TRUE(refuses({{row_key(stream, "b"), Bytes()}, {key, Bytes()}}));
  EXPECT_TRUE(refuses({{"", Bytes()}}));
  EXPECT_TRUE(refuses({{"\x04" + key.substr(1), Bytes()}}));
  EXPECT_TRUE(refuses({{row_key(stream, ""), Bytes()}}));
  EXPECT_TRUE(refuses({{std::string(applied_key), Bytes(3)}}));
  EXPECT_TRUE(refuses({{sequence_key(stream), Bytes(9)}}));
  EXPECT_TRUE(refuses({{sequence_key(stream) + "x", encode_sequence(1)}}));
  EXPECT_TRUE(refuses(
      {{row_key(stream, std::string(limits::replicated_row_key_bytes_max + 1, 'k')), Bytes()}}));
  // A mark would make the receiver believe that it has more than it has.
  Bytes mark{1, 0, 1};
  const auto value = encode(StagingMark());
  mark.insert(mark.end(), {static_cast<std::uint8_t>(value.size()), 0, 0, 0});
  mark.insert(mark.end(), value.begin(), value.end());
  EXPECT_EQ(decode_chunk(mark).error().code, ErrorCode::message_malformed);
}

TEST(SnapshotChunk, HoldsTheLargestRowThatAnEntryCanWrite) {
  storage::Append append;
  append.rows = {{std::string(limits::replicated_row_key_bytes_max, 'k'), Bytes()}};
  std::size_t size = limits::raft_entry_bytes_max;
  Result<Payload> payload = Error{};
  do {
    append.rows[0].value = Bytes(--size);
    payload = encode_events(0, {&append, 1});
  } while (!payload);
  const std::vector<storage::Row> rows{
      {row_key(storage::StreamId{1}, append.rows[0].key), append.rows[0].value}};
  EXPECT_LE(encode_chunk(rows).size(), limits::snapshot_chunk_bytes_max);
}

/// Whatever rows there are, each as small as can be: the most that a chunk adds to them.
TEST(SnapshotChunk, HoldsManySmallRows) {
  std::vector<storage::Row> rows;
  std::size_t bytes = 0;
  for (std::uint64_t stream = 0; bytes < SnapshotSource::chunk_bytes; ++stream) {
    rows.push_back({row_key(storage::StreamId{stream}, "k"), Bytes()});
    bytes += rows.back().key.size();
  }
  EXPECT_LE(encode_chunk(rows).size(), limits::snapshot_chunk_bytes_max);
}

}  // namespace
}  // namespace hearth::replication::testing
