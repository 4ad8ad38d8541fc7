#pragma once
// Which streams of a node's log belong to a group: one for its Raft log, and one for each
// generation of its rows. A snapshot is staged as the next generation; nobody writes there what
// anybody reads.
//
// The number of a stream says it all, so that appends, heads and answers of the log-writer stay as
// they are: what 1 | group 4 | generation 3, big-endian. `what` has its highest bit set, which no
// stream of a node's own has.

#include "messages/base/ids.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <optional>

namespace hearth::replication {

/// Of a group's rows at one replica: rises with every snapshot that it installs, modulo 2^24.
using Generation = std::uint32_t;

[[nodiscard]] storage::StreamId log_stream(GroupId group);
[[nodiscard]] storage::StreamId rows_stream(GroupId group, Generation generation);

/// The group that `stream` belongs to; nothing for a node's own.
[[nodiscard]] std::optional<GroupId> group_of(storage::StreamId stream);

}  // namespace hearth::replication
