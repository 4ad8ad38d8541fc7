#pragma once
// Values of what replicas say: message_samples.hpp.

#include "messages/replication/operator_messages.hpp"
#include "messages/replication/replication_messages.hpp"
#include "tests/support/filler.hpp"

#include <memory>
#include <utility>

namespace hearth::test {

inline void fill(Filler& f, Instant& to) {
  std::int64_t nanoseconds = 0;
  f.number(nanoseconds);
  to = Instant(std::chrono::nanoseconds(nanoseconds));
}

inline void fill(Filler& f, replication::Configuration& to) {
  const std::size_t count = f.largest() ? replication::Configuration::members_max : 2;
  for (std::size_t i = 1; i <= count; ++i) {
    replication::Member member;
    member.node.bytes.fill(static_cast<std::uint8_t>(i));  // Each once.
    member.votes = i > 1;
    f.number(member.priority);
    to.members.push_back(member);
  }
}

inline void fill(Filler& f, replication::SnapshotId& to) {
  f.number(to.index);
  f.number(to.term);
}

inline void fill(Filler& f, replication::VoteRequest& to) {
  f.number(to.last_index);
  f.number(to.last_term);
  to.pre = true;
  to.transfer = true;
}

inline void fill(Filler&, replication::VoteReply& to) {
  to = {true, true};
}

/// The largest sample has the largest entry; that is about as much as fits.
inline void fill(Filler& f, replication::Append& to) {
  to.prev_index = 40;
  f.number(to.prev_term);
  f.number(to.commit);
  to.entries.resize(3);
  auto index = to.prev_index;
  for (auto& entry : to.entries) {
    entry.index = ++index;
    f.number(entry.term);
  }
  Bytes payload;
  f.bytes(payload, limits::raft_entry_bytes_max);
  to.entries[0].payload = std::make_shared<const Bytes>(std::move(payload));
  to.entries[1].kind = replication::EntryKind::no_op;
  replication::Configuration configuration;
  fill(f, configuration);
  to.entries[2].kind = replication::EntryKind::configuration;
  to.entries[2].payload = std::make_shared<const Bytes>(encode(configuration));
}

inline void fill(Filler& f, replication::AppendAccepted& to) {
  f.number(to.index);
}

inline void fill(Filler& f, replication::AppendRejected& to) {
  f.number(to.prev_index);
  f.number(to.hint_index);
  f.number(to.hint_term);
}

inline void fill(Filler& f, replication::Heartbeat& to) {
  f.number(to.commit);
  f.number(to.round);
  fill(f, to.confirmation.stamp);
  f.number(to.confirmation.index);
}

inline void fill(Filler& f, replication::HeartbeatReply& to) {
  f.number(to.round);
  fill(f, to.stamp);
}

inline void fill(Filler& f, replication::SnapshotChunk& to) {
  fill(f, to.snapshot.id);
  fill(f, to.snapshot.configuration);
  f.number(to.position);
  f.number(to.chunks);
}

inline void fill(Filler& f, replication::SnapshotReply& to) {
  fill(f, to.id);
  f.number(to.next);
}

inline void fill(Filler& f, replication::RecallReply& to) {
  f.number(to.term);
  f.number(to.index);
}

/// One message of each kind.
inline void fill(Filler& f, replication::ReplicationFrame& to) {
  const auto add = [&]<class Body>(Body body) {
    fill(f, body);
    auto& message = to.messages.emplace_back();
    std::uint32_t group = 0;
    f.number(group);
    message.group = GroupId{group};
    f.number(message.term);
    message.body = std::move(body);
  };
  add(replication::VoteRequest());
  add(replication::VoteReply());
  add(replication::Append());
  add(replication::AppendAccepted());
  add(replication::AppendRejected());
  add(replication::Heartbeat());
  add(replication::HeartbeatReply());
  add(replication::SnapshotReply());
  add(replication::TimeoutNow());
  add(replication::RecallRequest());
  add(replication::RecallReply());
  add(replication::SnapshotChunk());
  f.bytes(to.messages.back().chunk, 10'000);
}

inline void fill(Filler& f, replication::RowChange& to) {
  Bytes key;
  f.bytes(key, limits::replicated_row_key_bytes_max);
  to.key.assign(key.begin(), key.end());
  f.bytes(to.value.emplace(), 40'000);
}

inline void fill(Filler& f, replication::StreamEvents& to) {
  f.number(to.stream);
  to.records.resize(2);
  for (auto& record : to.records) {
    f.bytes(record, 40'000);
  }
  f.list(to.rows, 5);
  to.rows.push_back({"removed", std::nullopt});
}

inline void fill(Filler& f, replication::GroupEvents& to) {
  f.number(to.sequence);
  f.list(to.streams, 3);
}

inline void fill(Filler& f, replication::FollowerState& to) {
  f.id(to.node);
  f.number(to.match);
  f.number(to.silent_ms);
}

inline void fill(Filler& f, replication::DescribeReplica& to) {
  to.group = GroupId{f.largest() ? 0xffffffff : 1};
}

inline void fill(Filler& f, replication::ReplicaDescribed& to) {
  to.group = GroupId{f.largest() ? 0xffffffff : 1};
  to.role = replication::RaftRole::leader;
  f.number(to.term);
  f.id(to.leader);
  f.number(to.first_index);
  f.number(to.last_index);
  f.number(to.committed);
  f.number(to.applied);
  f.number(to.log_bytes);
  f.number(to.members_index);
  fill(f, to.members);
  to.recalled = true;
  f.list(to.followers, replication::Configuration::members_max);
}

inline void fill(Filler& f, replication::ChangeMembers& to) {
  to.group = GroupId{f.largest() ? 0xffffffff : 1};
  f.number(to.members_index);
  fill(f, to.members);
}

inline void fill(Filler& f, replication::MembersProposed& to) {
  f.number(to.index);
}

inline void fill(Filler& f, replication::DirectoryReport& to) {
  f.id(to.node);
  f.text(to.region, limits::region_bytes_max);
  fill(f, to.replica.emplace());
}

inline void fill(Filler& f, replication::OperatorOrder& to) {
  replication::ChangeMembers change;
  fill(f, change);
  to.what = change;
}

inline void fill(Filler& f, replication::OperatorAnswer& to) {
  replication::ClusterSurvey survey;
  f.id(survey.self);
  f.list(survey.directories, replication::ClusterSurvey::directories_max);
  to.what = survey;
}

}  // namespace hearth::test
