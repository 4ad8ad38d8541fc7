#pragma once

#include "storage/stream_head.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <unordered_map>

namespace hearth::storage {

/// Turns batches of the log into write batches of RocksDB: checks every append against the head of
/// its stream, and remembers the heads, so that streams in use are not read again.
/// Threads: one at a time.
class RocksBatchWriter final {
 public:
  explicit RocksBatchWriter(rocksdb::DB& db) : db_(db) {}

  /// The write batch of `batch`, valid until the next call.
  /// Errors: `sequence_moved`, and those of reading a head.
  Result<rocksdb::WriteBatch*> build(const Batch& batch);

  /// The batch that was built last is durable: its heads count from now on.
  void commit();

 private:
  struct Change {
    StreamHead head;
    bool gone = false;  // cleared, and nothing since
  };

  Result<StreamHead> head_of(StreamId stream) const;
  Result<void> add(const Append& append);
  void put_records(const Append& append);

  rocksdb::DB& db_;
  rocksdb::WriteBatch write_;                       // kept for its memory
  Bytes run_;                                       // likewise
  std::unordered_map<StreamId, Change> changed_;    // by write_
  std::unordered_map<StreamId, StreamHead> heads_;  // durable ones, a cache
};

}  // namespace hearth::storage
