#include "actors/replication/applied_rows.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"
#include "messages/envelope/codec.hpp"

#include <utility>

namespace hearth::replication {

AppliedRows::AppliedRows(GroupId group, Generation generation, const storage::LogReader& log,
                         Start start)
    : stream_(rows_stream(group, generation)),
      generation_(generation),
      log_(&log),
      applied_(start.applied),
      pending_(std::move(start.pending)),
      sequences_(std::move(start.sequences)) {}

Result<void> AppliedRows::recover() {
  const auto row = log_->row(stream_, applied_key);
  if (!row || !row.value()) {
    return row ? Result<void>() : row.error();
  }
  const auto applied = decode_applied(*row.value());
  if (!applied) {
    return applied.error();
  }
  applied_ = applied.value();
  return {};
}

Result<storage::Append> AppliedRows::apply(std::span<const Entry> entries, AppendNumber number) {
  HEARTH_CHECK(!entries.empty());
  append_ = {};
  append_.stream = stream_;
  number_ = number;
  for (const auto& entry : entries) {
    HEARTH_CHECK(entry.index == applied_.index + 1);
    if (entry.kind == EntryKind::events) {
      if (const auto done = apply(*entry.payload); !done) {
        return Error{done.error().code, "entry " + std::to_string(entry.index) +
                                            " cannot be applied: " + done.error().detail};
      }
    }
    applied_.index = entry.index;
  }
  append_.rows.push_back({std::string(applied_key), encode(applied_)});
  return std::move(append_);
}

Result<void> AppliedRows::apply(BytesView payload) {
  const auto decoded = decode<GroupEvents>(payload);
  if (!decoded) {
    return Error{ErrorCode::log_corrupt, decoded.error().detail};
  }
  const auto& events = decoded.value();
  if (events.sequence != applied_.sequence) {
    return Error{ErrorCode::log_corrupt, "its events do not follow those before"};
  }
  for (const auto& stream : events.streams) {
    const storage::StreamId id{stream.stream};
    for (const auto& row : stream.rows) {
      if (auto done = put(row_key(id, row.key), row.value); !done) {
        return done;
      }
    }
    if (stream.records.empty()) {
      continue;
    }
    const auto before = sequence_of(id);
    if (!before) {
      return before.error();
    }
    sequences_[id] = before.value() + stream.records.size();
    if (auto done = put(sequence_key(id), encode_sequence(sequences_[id])); !done) {
      return done;
    }
    applied_.sequence += stream.records.size();
  }
  return {};
}

Result<void> AppliedRows::put(std::string key, std::optional<Bytes> value) {
  const auto before = hash_of(key);
  if (!before) {
    return before.error();
  }
  const auto after = value ? hash_of_row(key, *value) : RowHash();
  if (!HEARTH_MUTANT("hash-without-what-was-there")) {
    applied_.hash -= before.value();
  }
  applied_.hash += after;
  pending_.put(key, after, number_);
  append_.rows.push_back({std::move(key), std::move(value)});
  return {};
}

Result<RowHash> AppliedRows::hash_of(std::string_view key) const {
  if (const auto pending = pending_.find(key)) {
    return *pending;
  }
  const auto row = log_->row(stream_, key);
  if (!row) {
    return row.error();
  }
  return row.value() ? hash_of_row(key, *row.value()) : RowHash();
}

Result<storage::Sequence> AppliedRows::sequence_of(storage::StreamId stream) const {
  if (const auto known = sequences_.find(stream); known != sequences_.end()) {
    return known->second;
  }
  const auto row = log_->row(stream_, sequence_key(stream));
  if (!row) {
    return row.error();
  }
  return row.value() ? decode_sequence(*row.value()) : storage::Sequence{0};
}

}  // namespace hearth::replication
