#include "storage/rocks_batch.hpp"

#include "messages/base/check.hpp"
#include "storage/key_codec.hpp"
#include "storage/record_run.hpp"
#include "storage/rocks_store.hpp"
#include "storage/value_codec.hpp"

#include <array>
#include <span>
#include <string>

namespace hearth::storage {

namespace {

using rocksdb::Slice;
using rocksdb::SliceParts;
using rocksdb::Status;
using rocksdb::WriteBatch;

/// Heads that are remembered; with 64 bytes each about 4 MiB.
constexpr std::size_t heads_max = std::size_t{1} << 16U;

/// Adding to a write batch fails past 4 GiB, far beyond what the log-writer gathers.
void check(const Status& status) {
  HEARTH_CHECK(status.ok());
}

void put(WriteBatch& write, std::string_view key, BytesView payload) {
  const auto header = value_header(key, payload);
  const Slice key_part = slice(key);
  const std::array<Slice, 2> value{Slice(header.data(), header.size()), slice(payload)};
  check(write.Put(SliceParts(&key_part, 1), SliceParts(value.data(), 2)));
}

void put_rows(WriteBatch& write, const Append& append) {
  std::string key;
  for (const auto& row : append.rows) {
    key.assign(view(row_prefix(append.stream)));
    key.append(row.key);
    if (row.value) {
      put(write, key, *row.value);
    } else {
      check(write.Delete(key));
    }
  }
}

void put_snapshot(WriteBatch& write, const Append& append, const StreamHead& before,
                  const StreamHead& after) {
  if (before.snapshot != 0) {
    check(write.Delete(slice(view(snapshot_key(append.stream, before.snapshot)))));
  }
  put(write, view(snapshot_key(append.stream, after.snapshot)), *append.snapshot);
}

}  // namespace

Result<WriteBatch*> RocksBatchWriter::build(const Batch& batch) {
  write_.Clear();
  changed_.clear();
  for (const auto& append : batch.appends) {
    if (auto added = add(append); !added) {
      return added.error();
    }
  }
  for (const auto& [stream, change] : changed_) {
    if (!change.gone) {
      put(write_, view(head_key(stream)), encode_head(change.head));
    }
  }
  put(write_, view(last_batch_key()), encode_batch_number(batch.number));
  return &write_;
}

void RocksBatchWriter::commit() {
  if (heads_.size() + changed_.size() > heads_max) {
    heads_.clear();
  }
  for (const auto& [stream, change] : changed_) {
    heads_.insert_or_assign(stream, change.head);
  }
}

Result<StreamHead> RocksBatchWriter::head_of(StreamId stream) const {
  if (const auto found = changed_.find(stream); found != changed_.end()) {
    return found->second.head;
  }
  if (const auto found = heads_.find(stream); found != heads_.end()) {
    return found->second;
  }
  return read_head(db_, stream);
}

void RocksBatchWriter::put_records(const Append& append) {
  auto last = append.last() - append.records.size();
  for (std::span<const Bytes> rest = append.records; !rest.empty();) {
    const auto length = run_length(rest);
    encode_run(rest.first(length), run_);
    last += length;
    put(write_, view(run_key(append.stream, last)), run_);
    rest = rest.subspan(length);
  }
}

Result<void> RocksBatchWriter::add(const Append& append) {
  auto found = head_of(append.stream);
  if (!found) {
    return found.error();
  }
  const auto after = follow(found.value(), append);
  if (!after) {
    return after.error();
  }
  auto before = found.value();
  if (append.clear) {
    check(write_.DeleteRange(slice(view(head_key(append.stream))),
                             slice(view(stream_end(append.stream)))));
    before = {};
  }
  put_records(append);
  put_rows(write_, append);
  if (append.snapshot) {
    put_snapshot(write_, append, before, after.value());
  }
  if (after.value().first > before.first) {
    // A run that ends at `first` or above stays, records below `first` within it included.
    check(write_.DeleteRange(slice(view(run_key(append.stream, before.first))),
                             slice(view(run_key(append.stream, after.value().first)))));
  }
  auto& change = changed_[append.stream];
  const bool puts = !append.records.empty() || !append.rows.empty() || append.snapshot;
  change = {after.value(), !puts && (append.clear || change.gone)};
  return {};
}

}  // namespace hearth::storage
