// What only replicas need of a codec: frames that fit, and bounds that no sample reaches at once.

#include "messages/replication/replication_messages.hpp"
#include "tests/support/message_samples.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace hearth::test {
namespace {

using namespace replication;

Payload payload(std::size_t bytes) {
  return std::make_shared<const Bytes>(bytes, std::uint8_t{7});
}

GroupMessage append_of(std::vector<Payload> payloads) {
  Append append;
  for (auto& payload : payloads) {
    append.entries.push_back({append.entries.size() + 1, 1, EntryKind::events, std::move(payload)});
  }
  return {GroupId{1}, 1, std::move(append), {}};
}

GroupMessage chunk_of(std::size_t bytes) {
  SnapshotChunk chunk;
  Filler filler(Filler::Size::largest);
  fill(filler, chunk);
  return {GroupId{1}, 1, chunk, Bytes(bytes)};
}

GroupMessage heartbeat(std::uint32_t group) {
  return {GroupId{group}, 1, Heartbeat(), {}};
}

ErrorCode refusal_of(GroupMessage message) {
  const auto envelope = pack(usual_header(), ReplicationFrame{{std::move(message), heartbeat(2)}});
  EXPECT_TRUE(envelope);
  const auto read = unpack<ReplicationFrame>(envelope);
  return read ? ErrorCode::none : read.error().code;
}

TEST(ReplicationCodec, NumbersEntriesFromTheOneBefore) {
  auto message = append_of({payload(1), payload(0)});
  auto& append = std::get<Append>(message.body);
  append.prev_index = 41;
  append.entries[0].index = 42;
  append.entries[1].index = 43;
  const ReplicationFrame frame{{message}};
  EXPECT_EQ(decode<ReplicationFrame>(encode(frame)).value(), frame);
}

TEST(ReplicationCodec, TellsAnEmptyPayloadFromNone) {
  auto message = append_of({payload(0), nullptr});
  std::get<Append>(message.body).entries[1].kind = EntryKind::no_op;
  const auto read = decode<ReplicationFrame>(encode(ReplicationFrame{{message}}));
  ASSERT_TRUE(read) << read.error().detail;
  const auto& entries = std::get<Append>(read.value().messages[0].body).entries;
  EXPECT_NE(entries[0].payload, nullptr);
  EXPECT_EQ(entries[1].payload, nullptr);
}

TEST(ReplicationCodec, RefusesWhatIsPastItsBound) {
  EXPECT_EQ(refusal_of(append_of({payload(limits::raft_entry_bytes_max)})), ErrorCode::none);
  EXPECT_EQ(refusal_of(append_of({payload(limits::raft_entry_bytes_max + 1)})),
            ErrorCode::message_malformed);
  EXPECT_EQ(refusal_of(append_of(std::vector(limits::raft_entries_max + 1, payload(0)))),
            ErrorCode::message_malformed);
  EXPECT_EQ(refusal_of(chunk_of(limits::snapshot_chunk_bytes_max)), ErrorCode::none);
  EXPECT_EQ(refusal_of(chunk_of(limits::snapshot_chunk_bytes_max + 1)),
            ErrorCode::message_malformed);
  ReplicationFrame many;
  many.messages.resize(limits::replication_messages_max + 1);
  EXPECT_FALSE(unpack<ReplicationFrame>(pack(usual_header(), many)));
}

TEST(ReplicationCodec, RefusesEntriesThatNoLogHas) {
  auto no_op_with_payload = append_of({payload(1)});
  std::get<Append>(no_op_with_payload.body).entries[0].kind = EntryKind::no_op;
  EXPECT_EQ(refusal_of(no_op_with_payload), ErrorCode::message_malformed);

  auto unknown_kind = append_of({payload(1)});
  std::get<Append>(unknown_kind.body).entries[0].kind = EntryKind{3};
  EXPECT_EQ(refusal_of(unknown_kind), ErrorCode::message_malformed);

  auto past_the_last_index = append_of({payload(1), payload(1)});
  std::get<Append>(past_the_last_index.body).prev_index = ~Index{0} - 1;
  EXPECT_EQ(refusal_of(past_the_last_index), ErrorCode::message_malformed);
}

TEST(ReplicationCodec, RefusesAConfigurationThatIsNone) {
  auto twice = chunk_of(0);
  auto& members = std::get<SnapshotChunk>(twice.body).snapshot.configuration.members;
  members[1] = members[0];
  EXPECT_EQ(refusal_of(twice), ErrorCode::message_malformed);
}

TEST(ReplicationCodec, RefusesRowsThatNoStateHas) {
  const auto refused = [](RowChange row) {
    const auto read = decode<GroupEvents>(encode(GroupEvents{0, {{1, {}, {std::move(row)}}}}));
    return !read.ok();
  };
  EXPECT_FALSE(refused({std::string(limits::replicated_row_key_bytes_max, 'k'), Bytes()}));
  EXPECT_TRUE(refused({std::string(limits::replicated_row_key_bytes_max + 1, 'k'), Bytes()}));
  EXPECT_TRUE(refused({"", Bytes()}));
}

TEST(ReplicationCodec, RefusesMoreEventsThanAnEntryHas) {
  const auto refused = [](const GroupEvents& events) {
    return !decode<GroupEvents>(encode(events)).ok();
  };
  const std::vector<Bytes> records(GroupEvents::records_max);
  const std::vector<RowChange> rows(GroupEvents::rows_max, RowChange{"k", std::nullopt});
  EXPECT_FALSE(refused({0, {{1, records, rows}}}));
  auto records_past = records;
  records_past.emplace_back();
  EXPECT_TRUE(refused({0, {{1, records_past, {}}}}));
  auto rows_past = rows;
  rows_past.push_back(rows[0]);
  EXPECT_TRUE(refused({0, {{1, {}, rows_past}}}));
  EXPECT_FALSE(refused({0, std::vector<StreamEvents>(GroupEvents::streams_max)}));
  EXPECT_TRUE(refused({0, std::vector<StreamEvents>(GroupEvents::streams_max + 1)}));
  EXPECT_TRUE(refused({0, {{1, {Bytes(limits::raft_entry_bytes_max)}, {}}}}));
}

// ---- frames ----

std::size_t bytes_in(const ReplicationFrame& frame) {
  return encode(frame).size() - encode(ReplicationFrame()).size();
}

TEST(ReplicationFrames, TellNeverTooLittleForAMessage) {
  auto messages = usual<ReplicationFrame>().messages;
  auto large = sample<ReplicationFrame>(Filler::Size::largest).messages;
  messages.insert(messages.end(), large.begin(), large.end());
  messages.push_back(append_of(std::vector(1000, payload(1))));
  messages.push_back(append_of(std::vector(limits::raft_entries_max, payload(0))));
  messages.push_back(chunk_of(limits::snapshot_chunk_bytes_max));
  for (const auto& message : messages) {
    SCOPED_TRACE(message.body.index());
    EXPECT_LE(bytes_in({{message}}), encoded_bytes_max(message) + 64);
    EXPECT_LE(bytes_in({std::vector(101, heartbeat(1))}), 101 * encoded_bytes_max(heartbeat(1)));
  }
}

TEST(ReplicationFrames, HoldTheLargestOfEachKindAlone) {
  for (const auto& message : {append_of({payload(limits::raft_entry_bytes_max)}),
                              append_of(std::vector(limits::raft_entries_max, payload(0))),
                              chunk_of(limits::snapshot_chunk_bytes_max)}) {
    const auto frames = frames_of({message});
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_TRUE(pack(usual_header(), frames[0]));
  }
}

TEST(ReplicationFrames, KeepTheOrderAndFitAnEnvelopeEach) {
  std::vector<GroupMessage> messages;
  for (std::uint32_t group = 0; group < 10; ++group) {
    messages.push_back(heartbeat(group));
    messages.push_back(append_of({payload(300'000)}));
  }
  std::vector<GroupMessage> read;
  const auto frames = frames_of(messages);
  EXPECT_EQ(frames.size(), 4U);
  for (const auto& frame : frames) {
    const auto envelope = pack(usual_header(), frame);
    ASSERT_TRUE(envelope);
    const auto unpacked = unpack<ReplicationFrame>(envelope);
    ASSERT_TRUE(unpacked) << unpacked.error().detail;
    read.insert(read.end(), unpacked.value().messages.begin(), unpacked.value().messages.end());
  }
  EXPECT_EQ(read, messages);
}

TEST(ReplicationFrames, HoldNoMoreMessagesThanAReceiverTakes) {
  const auto frames = frames_of(std::vector(limits::replication_messages_max + 1, heartbeat(1)));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].messages.size(), limits::replication_messages_max);
  EXPECT_TRUE(unpack<ReplicationFrame>(pack(usual_header(), frames[0])));
}

TEST(ReplicationFrames, AreNoneForNothing) {
  EXPECT_TRUE(frames_of({}).empty());
}

}  // namespace
}  // namespace hearth::test
