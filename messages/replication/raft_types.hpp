#pragma once
// What a replicated log is made of. Raft index and stream sequence are two numbers: what an entry
// carries is opaque here, but for configurations.

#include "messages/base/types.hpp"
#include "messages/replication/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace hearth::replication {

/// A reign of at most one leader. 0 is before the first.
using Term = std::uint64_t;

/// Position in the log of a group. The first entry has 1; 0 is before the first.
using Index = std::uint64_t;

/// The writes that a machine orders are numbered without gaps from 1, anew after every start.
using WriteNumber = std::uint64_t;

enum class EntryKind : std::uint8_t {
  events,         ///< What the group's machines decided.
  no_op,          ///< Begins a leader's term.
  configuration,  ///< See `encode`: counts as soon as it is in the log, committed or not.
};

/// Shared by the log, by messages and by writes: never copied.
using Payload = std::shared_ptr<const Bytes>;

struct Entry {
  static constexpr std::size_t overhead_bytes = 32;

  Index index = 0;
  Term term = 0;
  EntryKind kind = EntryKind::events;
  Payload payload;  ///< Never null, but for a no-op.

  /// What it costs a message or a disk, about.
  [[nodiscard]] std::size_t bytes() const {
    return (payload ? payload->size() : 0) + overhead_bytes;
  }

  friend bool operator==(const Entry& one, const Entry& other) {
    return one.index == other.index && one.term == other.term && one.kind == other.kind &&
           (one.payload == other.payload ||
            (one.payload && other.payload && *one.payload == *other.payload));
  }
};

/// What a replica must never forget.
struct HardState {
  Term term = 0;
  NodeId vote;  ///< In `term`; zero: none.
  friend bool operator==(const HardState&, const HardState&) = default;
};

/// Names a state of the group: all entries up to `index` applied.
struct SnapshotId {
  Index index = 0;
  Term term = 0;  ///< Of the entry at `index`.
  friend bool operator==(const SnapshotId&, const SnapshotId&) = default;
};

struct Snapshot {
  SnapshotId id;
  Configuration configuration;  ///< At `id.index`.
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// A snapshot on its way: the chunks below `next` are there. Another sender may have cut the same
/// state in other places.
struct Staged {
  NodeId from;
  SnapshotId id;
  std::uint32_t chunks = 0;
  std::uint32_t next = 0;
  friend bool operator==(const Staged&, const Staged&) = default;
};

/// What a replica finds on its disk. A new one of a first group has the group's configuration in
/// `base`, at index 0; one that joins a group has nothing at all and learns it from the leader.
struct Recovered {
  HardState hard_state;
  Snapshot base;               ///< Where the log begins.
  std::vector<Entry> entries;  ///< All after `base`, without gaps.
  Index applied = 0;           ///< By the state: from `base` up to the last entry.
  Staged staged;               ///< What a broken transfer left, if anything.
};

enum class RaftRole : std::uint8_t { follower, pre_candidate, candidate, leader };

[[nodiscard]] constexpr std::string_view name_of(RaftRole role) {
  switch (role) {
    case RaftRole::pre_candidate: return "pre-candidate";
    case RaftRole::candidate: return "candidate";
    case RaftRole::leader: return "leader";
    case RaftRole::follower: break;
  }
  return "follower";
}

}  // namespace hearth::replication
