@0xdbac22cbb9ad51b5;
# What directories say to each other for the groups that they replicate, and what an entry holds
# that a group's machines decided. docs/formats/replication.md

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("hearth::wire");

enum EntryKind {
  events @0;         # Payload: GroupEvents.
  noOp @1;           # No payload.
  configuration @2;  # Payload: members, docs/formats/replication.md.
}

struct Entry {
  # Its index follows from its place in the append.
  term @0 :UInt64;
  kind @1 :EntryKind;
  payload @2 :Data;  # At most `raft_entry_bytes_max` bytes. Absent: empty, as in a no-op.
}

struct SnapshotId {
  index @0 :UInt64;  # Of the last entry that is in it.
  term @1 :UInt64;   # Of that entry.
}

struct VoteRequest {
  lastIndex @0 :UInt64;
  lastTerm @1 :UInt64;
  pre @2 :Bool;
  transfer @3 :Bool;
}

struct VoteReply {
  pre @0 :Bool;
  granted @1 :Bool;
}

struct Append {
  prevIndex @0 :UInt64;
  prevTerm @1 :UInt64;
  commit @2 :UInt64;
  entries @3 :List(Entry);  # From `prevIndex` + 1 on, at most `raft_entries_max`.
}

struct AppendAccepted {
  index @0 :UInt64;
}

struct AppendRejected {
  prevIndex @0 :UInt64;
  hintIndex @1 :UInt64;
  hintTerm @2 :UInt64;
}

struct Heartbeat {
  commit @0 :UInt64;
  round @1 :UInt64;
  stamp @2 :Int64;           # Of the receiver's own clock, as it once told: nanoseconds.
  confirmedIndex @3 :UInt64; # All that was committed at `stamp` is at or below it.
}

struct HeartbeatReply {
  round @0 :UInt64;
  stamp @1 :Int64;  # The sender's clock, nanoseconds. Means nothing to anybody else.
}

struct SnapshotChunk {
  id @0 :SnapshotId;
  configuration @1 :Data;  # Members, docs/formats/replication.md.
  position @2 :UInt32;
  chunks @3 :UInt32;       # In all.
  rows @4 :Data;           # At most `snapshot_chunk_bytes_max` bytes, docs/formats/replication.md.
}

struct SnapshotReply {
  id @0 :SnapshotId;
  next @1 :UInt32;  # All chunks below are staged at the sender.
}

struct RecallReply {
  term @0 :UInt64;
  index @1 :UInt64;
}

struct GroupMessage {
  group @0 :UInt32;
  term @1 :UInt64;
  union {
    voteRequest @2 :VoteRequest;
    voteReply @3 :VoteReply;
    append @4 :Append;
    appendAccepted @5 :AppendAccepted;
    appendRejected @6 :AppendRejected;
    heartbeat @7 :Heartbeat;
    heartbeatReply @8 :HeartbeatReply;
    snapshotChunk @9 :SnapshotChunk;
    snapshotReply @10 :SnapshotReply;
    timeoutNow @11 :Void;
    recallRequest @12 :Void;
    recallReply @13 :RecallReply;
  }
}

struct ReplicationFrame {
  # To the actor "replicas" of a directory, from another one. Who sends it is what the link has
  # proven.
  messages @0 :List(GroupMessage);  # At most `replication_messages_max`.
}

# ---- payloads of entries ----

struct RowChange {
  key @0 :Data;  # 1 to `replicated_row_key_bytes_max` bytes.
  union {
    removed @1 :Void;
    value @2 :Data;
  }
}

struct StreamEvents {
  stream @0 :UInt64;
  records @1 :List(Data);
  rows @2 :List(RowChange);
}

struct GroupEvents {
  sequence @0 :UInt64;               # Of the group's last event before these.
  streams @1 :List(StreamEvents);
}

# ---- members of a group, and what operators ask ----

enum ReplicaRole {
  follower @0;
  preCandidate @1;
  candidate @2;
  leader @3;
}

struct DescribeReplica {
  # To the actor "replicas" of a directory, from another one. Answered with ReplicaDescribed.
  group @0 :UInt32;
}

struct FollowerState {
  node @0 :Data;       # NodeId, 32 bytes.
  match @1 :UInt64;    # All up to here is on its disk.
  silentMs @2 :UInt32; # Since the leader heard of it.
}

struct ReplicaDescribed {
  group @0 :UInt32;
  role @1 :ReplicaRole;
  term @2 :UInt64;
  leader @3 :Data;                   # NodeId, 32 bytes. Absent: none is known.
  firstIndex @4 :UInt64;             # Of its log.
  lastIndex @5 :UInt64;
  committed @6 :UInt64;
  applied @7 :UInt64;                # And durable.
  logBytes @8 :UInt64;
  membersIndex @9 :UInt64;           # Of the entry that `members` come from; 0: of none.
  members @10 :Data;                 # docs/formats/replication.md
  recalled @11 :Bool;                # False: it does not know yet that its disk is what it was.
  followers @12 :List(FollowerState); # Of a leader, else absent. At most 15.
}

struct ChangeMembers {
  # To the leader. Answered with MembersProposed.
  group @0 :UInt32;
  membersIndex @1 :UInt64;  # The change is of the members of this index, else it is refused.
  members @2 :Data;         # docs/formats/replication.md
}

struct MembersProposed {
  index @0 :UInt64;  # Of the entry; it counts for good when it is committed.
}

# On the unix socket between an operator's command and a directory.

struct DirectoryReport {
  node @0 :Data;    # NodeId, 32 bytes.
  region @1 :Text;  # Absent: the node list does not have it.
  union {
    silent @2 :Void;  # It did not answer.
    replica @3 :ReplicaDescribed;
  }
}

struct ClusterSurvey {
  self @0 :Data;                         # NodeId of the directory that asked the others.
  directories @1 :List(DirectoryReport); # At most 32.
  groups @2 :UInt32;                     # Of which that directory has a replica, or could.
}

struct OperatorOrder {
  union {
    survey @0 :UInt32;         # Of this group.
    change @1 :ChangeMembers;
  }
}

struct OperatorFailure {
  code @0 :UInt16;  # An ErrorCode.
  detail @1 :Text;  # At most 1024 bytes.
}

struct OperatorAnswer {
  union {
    survey @0 :ClusterSurvey;
    proposed @1 :MembersProposed;
    failure @2 :OperatorFailure;
  }
}
