#include "actors/replication/group_store.hpp"

#include "actors/replication/snapshot_chunk.hpp"
#include "messages/base/check.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearth::replication {

namespace {

storage::Append clear(storage::StreamId stream) {
  storage::Append append;
  append.stream = stream;
  append.clear = true;
  return append;
}

storage::Append empty(storage::StreamId stream) {
  storage::Append append;
  append.stream = stream;
  return append;
}

template <class Value>
void put(storage::Append& append, std::string_view key, const Value& value) {
  append.rows.push_back({std::string(key), encode(value)});
}

Error corrupt(const char* what) {
  return {ErrorCode::log_corrupt, std::string("the log of a replicated group ") + what};
}

/// What the stream of a group's Raft log has.
struct StoredLog {
  bool exists = false;
  HardState hard_state;
  LogBase base;
  std::vector<Entry> entries;
};

Result<void> read_row(std::string_view key, BytesView value, StoredLog& log) {
  const auto take = [](auto decoded, auto& to) -> Result<void> {
    if (!decoded) {
      return decoded.error();
    }
    to = std::move(decoded.value());
    return {};
  };
  log.exists = true;
  if (key == base_key) {
    return take(decode_base(value), log.base);
  }
  if (key == hard_state_key) {
    return take(decode_hard_state(value), log.hard_state);
  }
  // The base came before: its key is lower.
  const auto next = log.base.snapshot.id.index + log.entries.size() + 1;
  auto read = take(decode_entry(key, value), log.entries.emplace_back());
  return !read || log.entries.back().index == next ? read : corrupt("has a gap");
}

Result<StoredLog> read_log(const storage::LogReader& log, GroupId group) {
  StoredLog stored;
  auto read = log.rows(log_stream(group), {}, [&](std::string_view key, BytesView value) {
    return read_row(key, value, stored);
  });
  if (!read) {
    return read.error();
  }
  return stored;
}

}  // namespace

GroupStore::GroupStore(GroupId group, const storage::EventLog& log, ReplicatedReader& reader)
    : group_(group),
      log_(log),
      reader_(reader),
      live_(group, 0, log, {}),
      staging_(group, 1, log) {}

// ---- start ----

Result<std::optional<Recovered>> GroupStore::recover() {
  auto stored = read_log(log_, group_);
  if (!stored) {
    return stored.error();
  }
  auto& log = stored.value();
  if (!log.exists) {
    return std::optional<Recovered>();
  }
  hard_state_ = log.hard_state;
  base_ = log.base;
  last_index_ = base_.snapshot.id.index + log.entries.size();
  Recovered recovered;
  recovered.hard_state = hard_state_;
  recovered.base = base_.snapshot;
  recovered.entries = std::move(log.entries);
  if (auto rows = recover_rows(recovered); !rows) {
    return rows.error();
  }
  return std::optional(std::move(recovered));
}

Result<void> GroupStore::recover_rows(Recovered& recovered) {
  live_ = {group_, base_.generation, log_, {}};
  staging_ = {group_, base_.generation + 1, log_};
  reader_.show(base_.generation);
  if (auto live = live_.recover(); !live) {
    return live;
  }
  recovered.applied = applied().index;
  if (recovered.applied < base_.snapshot.id.index || recovered.applied > last_index_) {
    return corrupt("and its state do not fit each other");
  }
  const auto staged = staging_.recover();
  if (!staged) {
    return staged.error();
  }
  recovered.staged = staged.value();
  // A crash may have come between a switch and the end of what was before.
  const auto before = rows_stream(group_, base_.generation - 1);
  const auto left = log_.freeze(before)->read({}, 0);
  if (!left) {
    return left.error();
  }
  if (!left.value().rows.empty()) {
    clearing_.push_back(clear(before));
  }
  return {};
}

storage::Append GroupStore::bootstrap(const Configuration& configuration) {
  base_.snapshot.configuration = configuration;
  auto append = empty(log_stream(group_));
  put(append, base_key, base_);
  hand_out({});
  return append;
}

// ---- turns ----

AppendNumber GroupStore::hand_out(UnderWay what) {
  under_way_.push_back(what);
  return settled_ + under_way_.size();
}

Result<void> GroupStore::hold_chunk(const NodeId& from, const SnapshotChunk& chunk,
                                    BytesView bytes) {
  auto rows = decode_chunk(bytes);
  if (!rows) {
    return rows.error();
  }
  held_.push_back(
      {{from, chunk.snapshot.id, chunk.chunks, chunk.position}, std::move(rows.value())});
  return {};
}

Result<GroupStore::Appends> GroupStore::perform(const Effects& effects) {
  Appends appends = std::exchange(clearing_, {});
  std::for_each(appends.begin(), appends.end(), [this](const auto&) { hand_out({}); });
  auto done = stage(effects.stage, appends);
  held_.clear();
  if (done && effects.write) {
    write(*effects.write, appends);
  }
  if (done && !effects.committed.empty()) {
    done = apply(effects.committed, appends);
  }
  if (!done) {
    return done.error();
  }
  return appends;
}

Result<void> GroupStore::stage(const std::vector<StageChunk>& chunks, Appends& to) {
  for (const auto& chunk : chunks) {
    const auto held = std::find_if(held_.begin(), held_.end(),
                                   [&chunk](const auto& other) { return other.chunk == chunk; });
    HEARTH_CHECK(held != held_.end());
    const Staged after{chunk.from, chunk.id, chunk.chunks, chunk.position + 1};
    auto append = staging_.add({after, std::move(held->rows)}, hand_out({}));
    if (!append) {
      return append.error();
    }
    held_.erase(held);
    to.push_back(std::move(append.value()));
  }
  return {};
}

void GroupStore::write(const Write& write, Appends& to) {
  auto append = empty(log_stream(group_));
  UnderWay what{{write.number, {}}, {}};
  hard_state_ = write.hard_state.value_or(hard_state_);
  if (write.snapshot) {
    switch_to(*write.snapshot, append);
    what.settled.applied = write.snapshot->id.index;
    what.shows = base_.generation;
  } else if (write.hard_state) {
    put(append, hard_state_key, hard_state_);
  }
  put_entries(write.entries, append);
  hand_out(what);
  to.push_back(std::move(append));
}

/// All at once: the rows that count, where the log begins, the hard state, and no entries.
void GroupStore::switch_to(const Snapshot& snapshot, storage::Append& append) {
  HEARTH_CHECK(staging_.is_whole(snapshot.id));
  base_ = {staging_.generation(), snapshot};
  last_index_ = snapshot.id.index;
  live_ = {group_, base_.generation, log_, staging_.take()};
  staging_ = {group_, base_.generation + 1, log_};
  append.clear = true;
  put(append, base_key, base_);
  put(append, hard_state_key, hard_state_);
}

void GroupStore::put_entries(const std::vector<Entry>& entries, storage::Append& append) {
  if (entries.empty()) {
    return;
  }
  for (const auto& entry : entries) {
    put(append, entry_key(entry.index), entry);
  }
  const auto last = entries.back().index;
  for (auto replaced = last + 1; replaced <= last_index_; ++replaced) {
    append.rows.push_back({entry_key(replaced), std::nullopt});
  }
  last_index_ = last;
}

Result<void> GroupStore::apply(const std::vector<Entry>& committed, Appends& to) {
  const auto number = hand_out({{{}, committed.back().index}, {}});
  auto append = live_.apply(committed, number);
  if (!append) {
    return append.error();
  }
  to.push_back(std::move(append.value()));
  return {};
}

std::optional<storage::Append> GroupStore::trim(const RaftLog& log) {
  const auto base = log.base();
  // Above what is applied, it begins behind a snapshot that is still to be written.
  if (base.index <= base_.snapshot.id.index || base.index > applied().index) {
    return std::nullopt;
  }
  auto append = empty(log_stream(group_));
  for (auto index = base_.snapshot.id.index + 1; index <= base.index; ++index) {
    append.rows.push_back({entry_key(index), std::nullopt});
  }
  base_.snapshot = {base, log.configuration_at(base.index)};
  put(append, base_key, base_);
  hand_out({});
  return append;
}

GroupStore::Settled GroupStore::durable() {
  HEARTH_CHECK(!under_way_.empty());
  const auto done = under_way_.front();
  under_way_.pop_front();
  ++settled_;
  live_.durable(settled_);
  staging_.durable(settled_);
  if (done.shows) {
    reader_.show(*done.shows);
    clearing_.push_back(clear(rows_stream(group_, *done.shows - 1)));
  }
  return done.settled;
}

Result<SnapshotSource> GroupStore::open_snapshot() const {
  return SnapshotSource::open(log_.freeze(rows_stream(group_, reader_.shown())));
}

}  // namespace hearth::replication
