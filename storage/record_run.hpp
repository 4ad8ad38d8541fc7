#pragma once
// A run: records of one stream that follow each other and were appended together, as one value.
// One key, checksum and entry of the store for all of them is what makes large batches cheap.
// docs/formats/event_log.md has the bytes.

#include "storage/event_log.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hearth::storage {

/// A run takes no further record from here on, so that a reader need not hold much at once.
inline constexpr std::size_t run_bytes_full = std::size_t{64} << 10U;

/// How many of `records`, at least one where there are any, make up the next run.
[[nodiscard]] std::size_t run_length(std::span<const Bytes> records);

/// Writes all of `records` as one run to `run`, whose memory is used again.
void encode_run(std::span<const Bytes> records, Bytes& run);

/// The records of `run`, as long as that lives; at least one. Errors: `log_corrupt`.
[[nodiscard]] Result<std::vector<BytesView>> decode_run(BytesView run);

}  // namespace hearth::storage
