#include "messages/envelope/wire_codec.hpp"
#include "messages/replication/replication_messages.hpp"
#include "messages/schema/replication.capnp.h"

#include <limits>
#include <memory>
#include <utility>

namespace hearth {

using namespace replication;  // NOLINT(google-build-using-namespace): specialisations live here.

namespace {

/// What a message takes beside the bytes of entries, configurations and chunks: its place in the
/// list, its body, and pointers that count twice, as what they point to may stand in another
/// segment.
constexpr std::size_t message_overhead_bytes = 192;
constexpr std::size_t entry_overhead_bytes = 40;

std::size_t words_of(std::size_t bytes) {
  return (bytes + sizeof(capnp::word) - 1) / sizeof(capnp::word) * sizeof(capnp::word);
}

std::size_t bytes_of(const Append& append) {
  std::size_t bytes = 0;
  for (const auto& entry : append.entries) {
    bytes += entry_overhead_bytes + (entry.payload ? words_of(entry.payload->size()) : 0);
  }
  return bytes;
}

std::int64_t nanoseconds(Instant instant) {
  return std::chrono::nanoseconds(instant.time_since_epoch()).count();
}
Instant instant(std::int64_t nanoseconds) {
  return Instant(std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

std::size_t replication::encoded_bytes_max(const GroupMessage& message) {
  auto bytes = message_overhead_bytes + words_of(message.chunk.size());
  if (const auto* append = std::get_if<Append>(&message.body)) {
    bytes += bytes_of(*append);
  } else if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
    bytes += words_of(encode(chunk->snapshot.configuration).size());
  }
  return bytes;
}

// ---- bodies ----

template <>
struct Codec<SnapshotId> {
  using Wire = wire::SnapshotId;
  static void write(Wire::Builder to, const SnapshotId& from) {
    to.setIndex(from.index);
    to.setTerm(from.term);
  }
  static SnapshotId read(Wire::Reader from, FieldReader&) {
    return {from.getIndex(), from.getTerm()};
  }
};

template <>
struct Codec<Entry> {
  using Wire = wire::Entry;
  static void write(Wire::Builder to, const Entry& from) {
    to.setTerm(from.term);
    to.setKind(static_cast<wire::EntryKind>(from.kind));
    if (from.payload) {
      to.setPayload(data_of(*from.payload));
    }
  }
  static Entry read(Wire::Reader from, FieldReader& in) {
    Entry entry;
    entry.term = from.getTerm();
    entry.kind = in.enumeration(from.getKind(), EntryKind::configuration, "kind");
    auto payload = in.bytes(from.getPayload(), limits::raft_entry_bytes_max, "payload");
    if (entry.kind != EntryKind::no_op) {
      entry.payload = std::make_shared<const Bytes>(std::move(payload));
    } else if (!payload.empty()) {
      in.refuse("payload", "is that of a no-op");
    }
    return entry;
  }
};

template <>
struct Codec<VoteRequest> {
  using Wire = wire::VoteRequest;
  static void write(Wire::Builder to, const VoteRequest& from) {
    to.setLastIndex(from.last_index);
    to.setLastTerm(from.last_term);
    to.setPre(from.pre);
    to.setTransfer(from.transfer);
  }
  static VoteRequest read(Wire::Reader from, FieldReader&) {
    return {from.getLastIndex(), from.getLastTerm(), from.getPre(), from.getTransfer()};
  }
};

template <>
struct Codec<VoteReply> {
  using Wire = wire::VoteReply;
  static void write(Wire::Builder to, const VoteReply& from) {
    to.setPre(from.pre);
    to.setGranted(from.granted);
  }
  static VoteReply read(Wire::Reader from, FieldReader&) {
    return {from.getPre(), from.getGranted()};
  }
};

template <>
struct Codec<Append> {
  using Wire = wire::Append;
  static void write(Wire::Builder to, const Append& from) {
    to.setPrevIndex(from.prev_index);
    to.setPrevTerm(from.prev_term);
    to.setCommit(from.commit);
    write_list(to.initEntries(count_of(from.entries)), from.entries);
  }
  static Append read(Wire::Reader from, FieldReader& in) {
    Append append{from.getPrevIndex(), from.getPrevTerm(), from.getCommit(),
                  in.list<Entry>(from.getEntries(), limits::raft_entries_max, "entries")};
    auto index = append.prev_index;
    if (append.entries.size() > std::numeric_limits<Index>::max() - index) {
      in.refuse("prevIndex", "is too high");
    }
    for (auto& entry : append.entries) {
      entry.index = ++index;
    }
    return append;
  }
};

template <>
struct Codec<AppendAccepted> {
  using Wire = wire::AppendAccepted;
  static void write(Wire::Builder to, const AppendAccepted& from) { to.setIndex(from.index); }
  static AppendAccepted read(Wire::Reader from, FieldReader&) { return {from.getIndex()}; }
};

template <>
struct Codec<AppendRejected> {
  using Wire = wire::AppendRejected;
  static void write(Wire::Builder to, const AppendRejected& from) {
    to.setPrevIndex(from.prev_index);
    to.setHintIndex(from.hint_index);
    to.setHintTerm(from.hint_term);
  }
  static AppendRejected read(Wire::Reader from, FieldReader&) {
    return {from.getPrevIndex(), from.getHintIndex(), from.getHintTerm()};
  }
};

template <>
struct Codec<Heartbeat> {
  using Wire = wire::Heartbeat;
  static void write(Wire::Builder to, const Heartbeat& from) {
    to.setCommit(from.commit);
    to.setRound(from.round);
    to.setStamp(nanoseconds(from.confirmation.stamp));
    to.setConfirmedIndex(from.confirmation.index);
  }
  static Heartbeat read(Wire::Reader from, FieldReader&) {
    return {
        from.getCommit(), from.getRound(), {instant(from.getStamp()), from.getConfirmedIndex()}};
  }
};

template <>
struct Codec<HeartbeatReply> {
  using Wire = wire::HeartbeatReply;
  static void write(Wire::Builder to, const HeartbeatReply& from) {
    to.setRound(from.round);
    to.setStamp(nanoseconds(from.stamp));
  }
  static HeartbeatReply read(Wire::Reader from, FieldReader&) {
    return {from.getRound(), instant(from.getStamp())};
  }
};

template <>
struct Codec<SnapshotReply> {
  using Wire = wire::SnapshotReply;
  static void write(Wire::Builder to, const SnapshotReply& from) {
    Codec<SnapshotId>::write(to.initId(), from.id);
    to.setNext(from.next);
  }
  static SnapshotReply read(Wire::Reader from, FieldReader& in) {
    return {Codec<SnapshotId>::read(from.getId(), in), from.getNext()};
  }
};

template <>
struct Codec<RecallReply> {
  using Wire = wire::RecallReply;
  static void write(Wire::Builder to, const RecallReply& from) {
    to.setTerm(from.term);
    to.setIndex(from.index);
  }
  static RecallReply read(Wire::Reader from, FieldReader&) {
    return {from.getTerm(), from.getIndex()};
  }
};

template <>
struct Codec<SnapshotChunk> {
  using Wire = wire::SnapshotChunk;
  static void write(Wire::Builder to, const SnapshotChunk& from) {
    Codec<SnapshotId>::write(to.initId(), from.snapshot.id);
    to.setConfiguration(data_of(encode(from.snapshot.configuration)));
    to.setPosition(from.position);
    to.setChunks(from.chunks);
  }
  static SnapshotChunk read(Wire::Reader from, FieldReader& in) {
    const auto data = from.getConfiguration();
    auto configuration = decode_configuration({data.begin(), data.size()});
    if (!configuration) {
      in.refuse("configuration", "is not one");
    }
    return {{Codec<SnapshotId>::read(from.getId(), in),
             std::move(configuration).value_or(Configuration())},
            from.getPosition(),
            from.getChunks()};
  }
};

// ---- messages of groups ----

namespace {

/// Writes the body of a message to its place in the union.
struct BodyWriter {
  wire::GroupMessage::Builder to;
  const Bytes& chunk;

  void operator()(const VoteRequest& body) { put(to.initVoteRequest(), body); }
  void operator()(const VoteReply& body) { put(to.initVoteReply(), body); }
  void operator()(const Append& body) { put(to.initAppend(), body); }
  void operator()(const AppendAccepted& body) { put(to.initAppendAccepted(), body); }
  void operator()(const AppendRejected& body) { put(to.initAppendRejected(), body); }
  void operator()(const Heartbeat& body) { put(to.initHeartbeat(), body); }
  void operator()(const HeartbeatReply& body) { put(to.initHeartbeatReply(), body); }
  void operator()(const SnapshotReply& body) { put(to.initSnapshotReply(), body); }
  void operator()(const RecallReply& body) { put(to.initRecallReply(), body); }
  void operator()(const TimeoutNow&) { to.setTimeoutNow(); }
  void operator()(const RecallRequest&) { to.setRecallRequest(); }
  void operator()(const SnapshotChunk& body) {
    auto part = to.initSnapshotChunk();
    put(part, body);
    part.setRows(data_of(chunk));
  }

 private:
  template <class T>
  static void put(typename Codec<T>::Wire::Builder to, const T& from) {
    Codec<T>::write(to, from);
  }
};

Body read_body(wire::GroupMessage::Reader from, FieldReader& in) {
  using Wire = wire::GroupMessage;
  switch (from.which()) {
    case Wire::VOTE_REQUEST: return Codec<VoteRequest>::read(from.getVoteRequest(), in);
    case Wire::VOTE_REPLY: return Codec<VoteReply>::read(from.getVoteReply(), in);
    case Wire::APPEND: return Codec<Append>::read(from.getAppend(), in);
    case Wire::APPEND_ACCEPTED: return Codec<AppendAccepted>::read(from.getAppendAccepted(), in);
    case Wire::APPEND_REJECTED: return Codec<AppendRejected>::read(from.getAppendRejected(), in);
    case Wire::HEARTBEAT: return Codec<Heartbeat>::read(from.getHeartbeat(), in);
    case Wire::HEARTBEAT_REPLY: return Codec<HeartbeatReply>::read(from.getHeartbeatReply(), in);
    case Wire::SNAPSHOT_REPLY: return Codec<SnapshotReply>::read(from.getSnapshotReply(), in);
    case Wire::TIMEOUT_NOW: return TimeoutNow{};
    case Wire::RECALL_REQUEST: return RecallRequest{};
    case Wire::RECALL_REPLY: return Codec<RecallReply>::read(from.getRecallReply(), in);
    case Wire::SNAPSHOT_CHUNK: break;  // Has bytes beside it.
  }
  in.refuse("body", "is of a later version");
  return {};
}

}  // namespace

template <>
struct Codec<GroupMessage> {
  using Wire = wire::GroupMessage;
  static void write(Wire::Builder to, const GroupMessage& from) {
    to.setGroup(static_cast<std::uint32_t>(from.group));
    to.setTerm(from.term);
    std::visit(BodyWriter{to, from.chunk}, from.body);
  }
  static GroupMessage read(Wire::Reader from, FieldReader& in) {
    const GroupId group{from.getGroup()};
    if (!from.isSnapshotChunk()) {
      return {group, from.getTerm(), read_body(from, in), {}};
    }
    const auto chunk = from.getSnapshotChunk();
    return {group, from.getTerm(), Codec<SnapshotChunk>::read(chunk, in),
            in.bytes(chunk.getRows(), limits::snapshot_chunk_bytes_max, "rows")};
  }
};

template <>
struct Codec<ReplicationFrame> {
  using Wire = wire::ReplicationFrame;
  static void write(Wire::Builder to, const ReplicationFrame& from) {
    write_list(to.initMessages(count_of(from.messages)), from.messages);
  }
  static ReplicationFrame read(Wire::Reader from, FieldReader& in) {
    return {
        in.list<GroupMessage>(from.getMessages(), limits::replication_messages_max, "messages")};
  }
};

HEARTH_MESSAGE_CODEC(ReplicationFrame);

}  // namespace hearth
