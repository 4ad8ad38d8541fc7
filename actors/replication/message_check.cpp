#include "actors/replication/message_check.hpp"

namespace hearth::replication {

namespace {

std::string objection_to(const Append& append, Term term) {
  auto previous = append.prev_term;
  auto index = append.prev_index;
  for (const auto& entry : append.entries) {
    if (entry.index != ++index) {
      return "the entries of an append have a gap";
    }
    if (entry.term < previous || entry.term > term) {
      return "the terms of an append's entries go back, or beyond its own";
    }
    previous = entry.term;
    if ((entry.payload == nullptr) != (entry.kind == EntryKind::no_op)) {
      return "an entry has no payload, or a no-op has one";
    }
    if (entry.kind == EntryKind::configuration && !decode_configuration(*entry.payload)) {
      return "an entry's configuration cannot be read";
    }
  }
  return append.prev_term > term ? "an append follows a later term than its own" : "";
}

std::string objection_to(const SnapshotChunk& chunk, Term term) {
  if (chunk.position >= chunk.chunks || chunk.snapshot.id.index == 0) {
    return "a chunk lies beyond its snapshot's end, or its snapshot is empty";
  }
  if (chunk.snapshot.id.term > term) {
    return "a snapshot is of a later term than its leader";
  }
  const auto& configuration = chunk.snapshot.configuration;
  const bool readable = decode_configuration(encode(configuration)) == configuration;
  return readable && configuration.voters() > 0 ? "" : "a snapshot's configuration is none";
}

std::string objection_to(const VoteRequest& request, Term term) {
  return request.last_term < term ? "" : "a candidate's log is not older than its term";
}

template <class Other>
std::string objection_to(const Other&, Term) {
  return "";
}

}  // namespace

std::string objection_to(const Message& message) {
  // A refused pre-vote names the voter's term, which may not have begun either.
  const bool may_be_of_no_term = std::holds_alternative<RecallRequest>(message.body) ||
                                 std::holds_alternative<RecallReply>(message.body) ||
                                 std::holds_alternative<VoteReply>(message.body);
  if (message.term == 0 && !may_be_of_no_term) {
    return "a message is of no term";
  }
  return std::visit([&message](const auto& body) { return objection_to(body, message.term); },
                    message.body);
}

}  // namespace hearth::replication
