#pragma once

#include "storage/rocks_acked_mark.hpp"
#include "storage/rocks_event_log.hpp"

#include <rocksdb/db.h>

#include <memory>

namespace hearth::storage {

/// A log whose database and mark agree.
struct OpenedLog {
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<AckedMark> mark;
  BatchNumber last_batch = 0;
};

/// See `RocksEventLog::create`.
Result<void> create_log(const RocksOptions& options);

/// See `RocksEventLog::open`.
Result<OpenedLog> open_log(const RocksOptions& options);

}  // namespace hearth::storage
