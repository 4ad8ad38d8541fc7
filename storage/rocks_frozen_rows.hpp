#pragma once

#include "storage/event_log.hpp"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>

namespace hearth::storage {

/// See `EventLog::freeze`. `db` outlives it, and keeps what is replaced until then.
class RocksFrozenRows final : public FrozenRows {
 public:
  RocksFrozenRows(rocksdb::DB& db, StreamId stream);

  [[nodiscard]] Result<RowPiece> read(std::string_view from, std::size_t bytes_max) const override;

 private:
  rocksdb::DB& db_;
  rocksdb::ManagedSnapshot moment_;
  rocksdb::ReadOptions how_;
  StreamId stream_;
};

}  // namespace hearth::storage
