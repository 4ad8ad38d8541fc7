#include "storage/memory_event_log.hpp"

#include "messages/base/check.hpp"
#include "storage/stream_head.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace hearth::storage {

namespace {

using Rows = std::map<std::string, Bytes, std::less<>>;

struct Stream {
  StreamHead head;
  std::deque<Bytes> records;  // from head.first to head.last
  Rows rows;
  std::optional<Bytes> snapshot;
};

class CopiedRows final : public FrozenRows {
 public:
  explicit CopiedRows(Rows rows) : rows_(std::move(rows)) {}

  [[nodiscard]] Result<RowPiece> read(std::string_view from, std::size_t bytes_max) const override {
    RowPiece piece;
    std::size_t bytes = 0;
    for (auto row = rows_.lower_bound(from); row != rows_.end(); ++row) {
      bytes += row->first.size() + row->second.size();
      if (bytes > bytes_max && !piece.rows.empty()) {
        piece.next = row->first;
        break;
      }
      piece.rows.push_back({row->first, row->second});
    }
    return piece;
  }

 private:
  Rows rows_;
};

using Heads = std::map<StreamId, StreamHead>;

void apply(Stream& stream, Append& append, const StreamHead& head) {
  if (append.clear) {
    stream = {};
  }
  for (auto& record : append.records) {
    stream.records.push_back(std::move(record));
  }
  for (auto& row : append.rows) {
    if (row.value) {
      stream.rows.insert_or_assign(std::move(row.key), std::move(*row.value));
    } else {
      stream.rows.erase(row.key);
    }
  }
  if (append.snapshot) {
    stream.snapshot = std::move(append.snapshot);
  }
  const auto trimmed = static_cast<std::ptrdiff_t>(head.first - stream.head.first);
  stream.records.erase(stream.records.begin(), stream.records.begin() + trimmed);
  stream.head = head;
}

}  // namespace

struct MemoryEventLog::State {
  mutable std::recursive_mutex mutex;  // a visitor may read on
  std::map<StreamId, Stream> streams;
  BatchNumber last_batch = 0;
  std::optional<Batch> written;  // and not synced
  std::optional<Error> stopped;
  bool busy = false;
  int life = 0;

  const Stream& find(StreamId id) const {
    static const Stream never_written;
    const auto found = streams.find(id);
    return found == streams.end() ? never_written : found->second;
  }

  Result<StreamHead> head_after(const Heads& heads, const Append& append) const {
    const auto changed = heads.find(append.stream);
    return follow(changed == heads.end() ? find(append.stream).head : changed->second, append);
  }

  Result<void> write(int its_life, Batch& batch) {
    const std::lock_guard lock(mutex);
    if (its_life != life) {
      return Error{ErrorCode::disk_failed, "the node crashed"};
    }
    if (stopped) {
      return *stopped;
    }
    if (batch.number != last_batch + 1) {
      return Error{ErrorCode::sequence_moved, "the batch does not follow the last one"};
    }
    Heads heads;
    for (const auto& append : batch.appends) {
      auto head = head_after(heads, append);
      if (!head) {
        return head.error();
      }
      heads.insert_or_assign(append.stream, head.value());
    }
    written = std::move(batch);
    return {};
  }

  Result<void> sync(int its_life) {
    const std::lock_guard lock(mutex);
    if (its_life != life) {
      return Error{ErrorCode::disk_failed, "the node crashed"};
    }
    HEARTH_CHECK(written.has_value());
    for (auto& append : written->appends) {
      auto& stream = streams[append.stream];
      const auto head = follow(stream.head, append);
      HEARTH_CHECK(head.ok());
      apply(stream, append, head.value());
      if (append.clear && stream.rows.empty() && stream.head == StreamHead()) {
        streams.erase(append.stream);
      }
    }
    last_batch = written->number;
    written.reset();
    return {};
  }

  void finish(int its_life, const Result<void>& outcome) {
    const std::lock_guard lock(mutex);
    if (its_life != life) {
      return;
    }
    busy = false;
    if (!outcome && kind_of(outcome.error().code) == ErrorKind::fatal) {
      written.reset();
      stopped = outcome.error();
    }
  }
};

MemoryEventLog::MemoryEventLog(CommitEngine& engine)
    : engine_(engine), state_(std::make_shared<State>()) {}

MemoryEventLog::~MemoryEventLog() = default;

void MemoryEventLog::commit(Batch batch, Done done) {
  int life = 0;
  {
    const std::lock_guard lock(state_->mutex);
    HEARTH_CHECK(!std::exchange(state_->busy, true));
    life = state_->life;
  }
  const auto shared = std::make_shared<Batch>(std::move(batch));
  const auto write = [state = state_, life, shared] { return state->write(life, *shared); };
  const auto sync = [state = state_, life] { return state->sync(life); };
  const auto write_and_sync = [write, sync]() -> Result<void> {
    auto written = write();
    return written ? sync() : written;
  };
  const auto mark = [] { return Result<void>(); };
  engine_.run({write_and_sync, write, sync, mark},
              [state = state_, life, done = std::move(done)](Result<void> outcome) {
                state->finish(life, outcome);
                done(std::move(outcome));
              });
}

BatchNumber MemoryEventLog::last_batch() const {
  const std::lock_guard lock(state_->mutex);
  return state_->last_batch;
}

Result<Sequence> MemoryEventLog::last_sequence(StreamId stream) const {
  const std::lock_guard lock(state_->mutex);
  return state_->find(stream).head.last;
}

Result<void> MemoryEventLog::replay(StreamId id, Sequence after, const Visitor& visit) const {
  const std::lock_guard lock(state_->mutex);
  const auto& stream = state_->find(id);
  if (auto there = check_replay(stream.head, id, after); !there) {
    return there;
  }
  for (auto sequence = after + 1; sequence <= stream.head.last; ++sequence) {
    const auto& record = stream.records[sequence - stream.head.first];
    if (auto visited = visit(sequence, record); !visited) {
      return visited;
    }
  }
  return {};
}

Result<std::optional<Snapshot>> MemoryEventLog::snapshot(StreamId id) const {
  const std::lock_guard lock(state_->mutex);
  const auto& stream = state_->find(id);
  if (!stream.snapshot) {
    return std::optional<Snapshot>();
  }
  return std::optional(Snapshot{stream.head.snapshot, *stream.snapshot});
}

Result<std::optional<Bytes>> MemoryEventLog::row(StreamId id, std::string_view key) const {
  const std::lock_guard lock(state_->mutex);
  const auto& rows = state_->find(id).rows;
  const auto found = rows.find(key);
  return found == rows.end() ? std::optional<Bytes>() : found->second;
}

Result<void> MemoryEventLog::rows(StreamId id, std::string_view prefix,
                                  const RowVisitor& visit) const {
  const std::lock_guard lock(state_->mutex);
  const auto& rows = state_->find(id).rows;
  for (auto row = rows.lower_bound(prefix); row != rows.end() && row->first.starts_with(prefix);
       ++row) {
    if (auto visited = visit(row->first, row->second); !visited) {
      return visited;
    }
  }
  return {};
}

Result<void> MemoryEventLog::streams(const std::function<void(StreamId)>& visit) const {
  const std::lock_guard lock(state_->mutex);
  for (const auto& [id, stream] : state_->streams) {
    if (stream.head.last > 0) {
      visit(id);
    }
  }
  return {};
}

std::unique_ptr<FrozenRows> MemoryEventLog::freeze(StreamId stream) const {
  const std::lock_guard lock(state_->mutex);
  return std::make_unique<CopiedRows>(state_->find(stream).rows);
}

void MemoryEventLog::crash() {
  const std::lock_guard lock(state_->mutex);
  ++state_->life;
  state_->written.reset();
  state_->stopped.reset();
  state_->busy = false;
}

}  // namespace hearth::storage
