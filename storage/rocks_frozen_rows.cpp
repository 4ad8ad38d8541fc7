#include "storage/rocks_frozen_rows.hpp"

#include "storage/key_codec.hpp"
#include "storage/rocks_status.hpp"
#include "storage/rocks_store.hpp"
#include "storage/value_codec.hpp"

#include <rocksdb/iterator.h>

#include <memory>
#include <string>

namespace hearth::storage {

RocksFrozenRows::RocksFrozenRows(rocksdb::DB& db, StreamId stream)
    : db_(db), moment_(&db), stream_(stream) {
  how_.snapshot = moment_.snapshot();
  how_.fill_cache = false;  // Nobody reads these again soon.
}

Result<RowPiece> RocksFrozenRows::read(std::string_view from, std::size_t bytes_max) const {
  const auto prefix = row_prefix(stream_);
  const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(how_));
  RowPiece piece;
  std::size_t bytes = 0;
  for (rows->Seek(std::string(view(prefix)).append(from));
       rows->Valid() && rows->key().starts_with(slice(view(prefix))); rows->Next()) {
    const auto key = view_of(rows->key());
    const auto value = open_value(key, view_of(rows->value()));
    if (!value) {
      return value.error();
    }
    const auto row_key = key.substr(key_prefix_bytes);
    bytes += row_key.size() + value.value().size();
    if (bytes > bytes_max && !piece.rows.empty()) {
      piece.next = row_key;
      return piece;
    }
    piece.rows.push_back({std::string(row_key), Bytes(value.value().begin(), value.value().end())});
  }
  if (!rows->status().ok()) {
    return to_error(rows->status(), "cannot read the log");
  }
  return piece;
}

}  // namespace hearth::storage
