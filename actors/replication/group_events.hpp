#pragma once
// What a group's machines decided, as the payload of an entry.

#include "messages/base/result.hpp"
#include "messages/replication/raft_types.hpp"
#include "storage/event_log.hpp"

#include <span>

namespace hearth::replication {

/// The payload of one entry: decided at once, applied at once at every replica, the appends of
/// several machines together where they belong together. `sequence` is that of the group's last
/// event before, proposed or applied; these take as many numbers as they have records.
///
/// Errors: `limit_reached` for more than an entry takes (`GroupEvents`, `raft_entry_bytes_max`):
/// machines bound what they decide. Precondition: the appends have records and rows alone; what
/// they expect is not looked at, since the group's order is the log's.
[[nodiscard]] Result<Payload> encode_events(storage::Sequence sequence,
                                            std::span<const storage::Append> appends);

}  // namespace hearth::replication
