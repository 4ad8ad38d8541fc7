#include "storage/rocks_store.hpp"

#include "messages/base/mutant.hpp"
#include "storage/key_codec.hpp"
#include "storage/rocks_status.hpp"
#include "storage/value_codec.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <memory>

namespace hearth::storage {

namespace {

/// RocksDB's own log would be a file that the read-only check at start creates.
class Silence final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, std::va_list /*arguments*/) override {}
};

rocksdb::BlockBasedTableOptions table_options(std::size_t cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = cache_bytes == 0;
  if (cache_bytes > 0) {
    table.block_cache = rocksdb::NewLRUCache(cache_bytes);
  }
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return table;
}

}  // namespace

rocksdb::Options rocks_options(const RocksOptions& options) {
  rocksdb::Options rocks;
  if (options.env != nullptr) {
    rocks.env = options.env;
  }
  rocks.wal_recovery_mode = HEARTH_MUTANT("refuse-a-torn-tail")
                                ? rocksdb::WALRecoveryMode::kAbsoluteConsistency
                                : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // Otherwise records that outlived a killed process unsynced are taken for durable, and are lost
  // at the next power cut.
  rocks.avoid_flush_during_recovery = HEARTH_MUTANT("recover-without-flush");
  // A restart replays the write-ahead log of all buffers: at most 60 MiB, at about 7 ms a MiB.
  rocks.write_buffer_size = options.write_buffer_bytes;
  // A small buffer is one block: when it is full then depends on what is in it, not on how the
  // memory allocator rounds. Large ones have blocks as by default.
  rocks.arena_block_size = std::min(options.write_buffer_bytes, std::size_t{1} << 20U);
  rocks.max_write_buffer_number = 3;
  // Small buffers make small tables: compact as seldom as with large ones, and let no compaction
  // keep the disk from syncing commits for long.
  rocks.level0_file_num_compaction_trigger = 12;
  rocks.level0_slowdown_writes_trigger = 32;
  rocks.level0_stop_writes_trigger = 48;
  rocks.bytes_per_sync = std::size_t{1} << 20U;
  rocks.allow_concurrent_memtable_write = false;  // one writer
  rocks.compression = rocksdb::kNoCompression;
  rocks.max_open_files = 256;
  rocks.max_background_jobs = 2;
  rocks.max_file_opening_threads = 1;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  rocks.info_log = std::make_shared<Silence>();
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(options.cache_bytes)));
  return rocks;
}

Result<std::optional<Bytes>> read_payload(rocksdb::DB& db, std::string_view key,
                                          const rocksdb::ReadOptions& how) {
  rocksdb::PinnableSlice value;
  const auto status = db.Get(how, db.DefaultColumnFamily(), slice(key), &value);
  if (status.IsNotFound()) {
    return std::optional<Bytes>();
  }
  if (!status.ok()) {
    return to_error(status, "cannot read the log");
  }
  const auto payload = open_value(key, {value.data(), value.size()});
  if (!payload) {
    return payload.error();
  }
  return std::optional(Bytes(payload.value().begin(), payload.value().end()));
}

Result<StreamHead> read_head(rocksdb::DB& db, StreamId stream, const rocksdb::ReadOptions& how) {
  const auto payload = read_payload(db, view(head_key(stream)), how);
  if (!payload) {
    return payload.error();
  }
  return payload.value() ? decode_head(*payload.value()) : StreamHead();
}

Result<BatchNumber> read_last_batch(rocksdb::DB& db) {
  const auto payload = read_payload(db, view(last_batch_key()));
  if (!payload) {
    return payload.error();
  }
  return payload.value() ? decode_batch_number(*payload.value()) : BatchNumber{0};
}

}  // namespace hearth::storage
