#include "actors/replication/snapshot_source.hpp"

#include "actors/replication/group_rows.hpp"
#include "actors/replication/snapshot_chunk.hpp"
#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"

#include <utility>

namespace hearth::replication {

SnapshotSource::SnapshotSource(std::unique_ptr<storage::FrozenRows> rows, Index index)
    : rows_(std::move(rows)), index_(index), begins_(1) {}

Result<SnapshotSource> SnapshotSource::open(std::unique_ptr<storage::FrozenRows> rows) {
  const auto first = rows->read({}, 0);
  if (!first) {
    return first.error();
  }
  const auto& found = first.value().rows;
  if (found.empty() || found[0].key != applied_key) {
    return SnapshotSource(std::move(rows), 0);
  }
  const auto applied = decode_applied(*found[0].value);
  if (!applied) {
    return applied.error();
  }
  return SnapshotSource(std::move(rows), applied.value().index);
}

Result<std::optional<std::uint32_t>> SnapshotSource::measure(std::size_t chunks_max) {
  for (; !measured_ && chunks_max > 0; --chunks_max) {
    auto piece = rows_->read(begins_.back(), chunk_bytes);
    if (!piece) {
      return piece.error();
    }
    if (piece.value().next.empty()) {
      measured_ = true;
    } else {
      begins_.push_back(std::move(piece.value().next));
    }
  }
  return measured_ ? std::optional(static_cast<std::uint32_t>(begins_.size())) : std::nullopt;
}

Result<Bytes> SnapshotSource::chunk(std::uint32_t position) const {
  HEARTH_CHECK(measured_ && position < begins_.size());
  const auto piece = rows_->read(begins_[position], chunk_bytes);
  if (!piece) {
    return piece.error();
  }
  auto bytes = encode_chunk(piece.value().rows);
  HEARTH_CHECK(bytes.size() <= limits::snapshot_chunk_bytes_max);
  return bytes;
}

}  // namespace hearth::replication
