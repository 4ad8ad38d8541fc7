#include "actors/replication/staged_rows.hpp"

#include "messages/base/check.hpp"

#include <utility>

namespace hearth::replication {

StagedRows::StagedRows(GroupId group, Generation generation, const storage::LogReader& log)
    : stream_(rows_stream(group, generation)), generation_(generation), log_(&log) {}

Result<Staged> StagedRows::recover() {
  const auto row = log_->row(stream_, mark_key);
  if (!row || !row.value()) {
    return row ? Result<Staged>(Staged()) : row.error();
  }
  const auto mark = decode_mark(*row.value());
  const auto applied = log_->row(stream_, applied_key);
  if (!mark || !applied) {
    return mark ? applied.error() : mark.error();
  }
  mark_ = mark.value();
  if (applied.value()) {
    const auto decoded = decode_applied(*applied.value());
    if (!decoded) {
      return decoded.error();
    }
    applied_ = decoded.value();
  }
  return mark_.staged;
}

bool StagedRows::is_whole(const SnapshotId& id) const {
  return mark_.staged.chunks > 0 && mark_.staged.next == mark_.staged.chunks &&
         mark_.staged.id == id;
}

Result<storage::Append> StagedRows::add(ChunkRows chunk, AppendNumber number) {
  storage::Append append;
  append.stream = stream_;
  if (chunk.after.next == 1) {
    append.clear = true;
    mark_ = {};
    applied_.reset();
    sequences_.clear();
  }
  for (const auto& row : chunk.rows) {
    if (row.key == applied_key) {
      applied_ = decode_applied(*row.value).value();
      continue;
    }
    if (row.key[0] == sequence_prefix) {
      sequences_[stream_in(row.key)] = decode_sequence(*row.value).value();
    }
    const auto hash = hash_of_row(row.key, *row.value);
    mark_.hash += hash;
    pending_.put(row.key, hash, number);
  }
  mark_.staged = chunk.after;
  append.rows = std::move(chunk.rows);
  append.rows.push_back({std::string(mark_key), encode(mark_)});
  if (auto whole = check_whole(); !whole) {
    return whole.error();
  }
  return append;
}

Result<void> StagedRows::check_whole() const {
  const auto& staged = mark_.staged;
  if (staged.next < staged.chunks) {
    return {};
  }
  if (!applied_ || applied_->index != staged.id.index || applied_->hash != mark_.hash) {
    return Error{ErrorCode::log_corrupt, "the snapshot of node " + to_text(staged.from) +
                                             " does not add up: its state is not what it says"};
  }
  return {};
}

AppliedRows::Start StagedRows::take() {
  HEARTH_CHECK(applied_.has_value());
  return {*applied_, std::exchange(pending_, {}), std::exchange(sequences_, {})};
}

}  // namespace hearth::replication
