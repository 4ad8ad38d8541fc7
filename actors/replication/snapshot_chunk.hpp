#pragma once
// The bytes of one chunk of a snapshot: rows, one after the other, in order of their keys. For each
// key length 2 | key | value length 4 | value, little-endian.

#include "messages/base/result.hpp"
#include "storage/event_log.hpp"

#include <span>
#include <vector>

namespace hearth::replication {

/// Leaves out what is no part of the state: the mark of staging. Precondition: every row has a
/// value.
[[nodiscard]] Bytes encode_chunk(std::span<const storage::Row> rows);

/// Errors: `message_malformed` for anything but rows of a state in order of their keys, each once.
[[nodiscard]] Result<std::vector<storage::Row>> decode_chunk(BytesView bytes);

}  // namespace hearth::replication
