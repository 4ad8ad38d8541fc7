#pragma once
// What the log's use of RocksDB has in common: its options, and reading values by key.

#include "storage/rocks_event_log.hpp"
#include "storage/stream_head.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <string_view>

namespace hearth::storage {

[[nodiscard]] rocksdb::Options rocks_options(const RocksOptions& options);

/// The payload under `key`, checked. Errors: `log_corrupt`, `format_newer`, `disk_failed`.
[[nodiscard]] Result<std::optional<Bytes>> read_payload(rocksdb::DB& db, std::string_view key,
                                                        const rocksdb::ReadOptions& how = {});

/// The head of `stream`, one that was never written included. Errors: as `read_payload`.
[[nodiscard]] Result<StreamHead> read_head(rocksdb::DB& db, StreamId stream,
                                           const rocksdb::ReadOptions& how = {});

/// The number of the last batch, 0 in a new log. Errors: as `read_payload`.
[[nodiscard]] Result<BatchNumber> read_last_batch(rocksdb::DB& db);

[[nodiscard]] inline rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
[[nodiscard]] inline rocksdb::Slice slice(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline std::string_view view_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace hearth::storage
