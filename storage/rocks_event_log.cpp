#include "storage/rocks_event_log.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"
#include "storage/key_codec.hpp"
#include "storage/record_run.hpp"
#include "storage/rocks_batch.hpp"
#include "storage/rocks_frozen_rows.hpp"
#include "storage/rocks_start.hpp"
#include "storage/rocks_status.hpp"
#include "storage/rocks_store.hpp"
#include "storage/value_codec.hpp"

#include <rocksdb/iterator.h>
#include <rocksdb/snapshot.h>

#include <atomic>
#include <utility>
#include <vector>

namespace hearth::storage {

namespace {

/// One run as it was read.
struct StoredRun {
  Sequence first = 0;
  std::vector<BytesView> records;
};

Result<StoredRun> open_run(std::string_view key, std::string_view value) {
  const auto payload = open_value(key, value);
  if (!payload) {
    return payload.error();
  }
  auto records = decode_run(payload.value());
  if (!records) {
    return records.error();
  }
  const auto first = sequence_of(key) + 1 - records.value().size();
  return StoredRun{first, std::move(records.value())};
}

Error gap(StreamId stream, Sequence sequence) {
  return {ErrorCode::log_corrupt, "record " + std::to_string(sequence) + " of stream " +
                                      std::to_string(static_cast<std::uint64_t>(stream)) +
                                      " is missing"};
}

}  // namespace

/// What commits need. Its functions are steps of one commit and follow each other, but for `mark`,
/// which may run beside the steps of the next.
class RocksEventLog::Core final {
 public:
  explicit Core(OpenedLog opened)
      : db_(std::move(opened.db)),
        mark_(std::move(opened.mark)),
        last_batch_(opened.last_batch),
        writer_(*db_) {}

  [[nodiscard]] rocksdb::DB& db() { return *db_; }
  [[nodiscard]] BatchNumber last_batch() const { return last_batch_; }

  void begin() { HEARTH_CHECK(!busy_.exchange(true)); }
  void end() { busy_ = false; }

  Result<void> write(const Batch& batch, bool sync) {
    if (const auto code = stopped_.load(); code != ErrorCode::none) {
      return Error{code, "the log has stopped after an earlier failure"};
    }
    if (batch.number != last_batch_ + 1) {
      return Error{ErrorCode::sequence_moved, "the batch does not follow the last one"};
    }
    const auto built = writer_.build(batch);
    if (!built) {
      return stop_if_fatal(built.error());
    }
    rocksdb::WriteOptions how;
    how.sync = sync;
    const auto written = to_result(db_->Write(how, built.value()), "cannot write the log");
    if (!written) {
      return stop_if_fatal(written.error());
    }
    return sync ? settle() : written;
  }

  Result<void> sync() {
    const auto synced = HEARTH_MUTANT("skip-the-sync")
                            ? Result<void>()
                            : to_result(db_->SyncWAL(), "cannot sync the log");
    return synced ? settle() : stop_if_fatal(synced.error());
  }

  Result<void> mark(BatchNumber number) {
    const auto marked = mark_->set(number);
    return marked ? marked : stop_if_fatal(marked.error());
  }

 private:
  Result<void> settle() {
    writer_.commit();
    ++last_batch_;
    return {};
  }

  /// After a failed write or sync nobody knows what is on the disk but the next start.
  Result<void> stop_if_fatal(const Error& error) {
    if (kind_of(error.code) == ErrorKind::fatal) {
      stopped_ = error.code;
    }
    return error;
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<AckedMark> mark_;
  std::atomic<BatchNumber> last_batch_;
  std::atomic<ErrorCode> stopped_{ErrorCode::none};
  std::atomic<bool> busy_{false};
  RocksBatchWriter writer_;
};

Result<void> RocksEventLog::create(const RocksOptions& options) {
  return create_log(options);
}

Result<std::unique_ptr<RocksEventLog>> RocksEventLog::open(const RocksOptions& options,
                                                           CommitEngine& engine) {
  auto opened = open_log(options);
  if (!opened) {
    return opened.error();
  }
  auto core = std::make_shared<Core>(std::move(opened.value()));
  return std::unique_ptr<RocksEventLog>(new RocksEventLog(std::move(core), engine));
}

RocksEventLog::RocksEventLog(std::shared_ptr<Core> core, CommitEngine& engine)
    : core_(std::move(core)), engine_(engine) {}

RocksEventLog::~RocksEventLog() = default;

void RocksEventLog::commit(Batch batch, Done done) {
  core_->begin();
  const auto number = batch.number;
  const auto shared = std::make_shared<const Batch>(std::move(batch));
  engine_.run({[core = core_, shared] { return core->write(*shared, true); },
               [core = core_, shared] { return core->write(*shared, false); },
               [core = core_] { return core->sync(); },
               [core = core_, number] {
                 return core->mark(number + (HEARTH_MUTANT("mark-ahead") ? 1 : 0));
               }},
              [core = core_, done = std::move(done)](Result<void> outcome) {
                core->end();
                done(std::move(outcome));
              });
}

BatchNumber RocksEventLog::last_batch() const {
  return core_->last_batch();
}

Result<Sequence> RocksEventLog::last_sequence(StreamId stream) const {
  const auto head = read_head(core_->db(), stream);
  if (!head) {
    return head.error();
  }
  return head.value().last;
}

Result<void> RocksEventLog::replay(StreamId stream, Sequence after, const Visitor& visit) const {
  rocksdb::ManagedSnapshot moment(&core_->db());  // head and records of the same one
  rocksdb::ReadOptions how;
  how.snapshot = moment.snapshot();
  const auto head = read_head(core_->db(), stream, how);
  if (!head) {
    return head.error();
  }
  if (auto there = check_replay(head.value(), stream, after); !there) {
    return there;
  }
  const auto end_key = run_key(stream, head.value().last + 1);
  const auto end = slice(view(end_key));
  how.iterate_upper_bound = &end;
  how.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> runs(core_->db().NewIterator(how));
  auto next = after + 1;
  for (runs->Seek(slice(view(run_key(stream, next)))); runs->Valid(); runs->Next()) {
    const auto run = open_run(view_of(runs->key()), view_of(runs->value()));
    if (!run) {
      return run.error();
    }
    const auto first = run.value().first;
    const bool follows = first == next || (first < next && next == after + 1);
    if (!follows) {
      return gap(stream, next);
    }
    for (auto index = next - first; index < run.value().records.size(); ++index) {
      if (auto visited = visit(next++, run.value().records[index]); !visited) {
        return visited;
      }
    }
  }
  if (!runs->status().ok()) {
    return to_error(runs->status(), "cannot read the log");
  }
  if (next <= head.value().last) {
    return gap(stream, next);
  }
  return {};
}

Result<std::optional<Snapshot>> RocksEventLog::snapshot(StreamId stream) const {
  rocksdb::ManagedSnapshot moment(&core_->db());
  rocksdb::ReadOptions how;
  how.snapshot = moment.snapshot();
  const auto head = read_head(core_->db(), stream, how);
  if (!head) {
    return head.error();
  }
  const auto sequence = head.value().snapshot;
  if (sequence == 0) {
    return std::optional<Snapshot>();
  }
  auto state = read_payload(core_->db(), view(snapshot_key(stream, sequence)), how);
  if (!state) {
    return state.error();
  }
  if (!state.value()) {
    return Error{ErrorCode::log_corrupt, "a snapshot is missing"};
  }
  return std::optional(Snapshot{sequence, std::move(*state.value())});
}

Result<std::optional<Bytes>> RocksEventLog::row(StreamId stream, std::string_view key) const {
  std::string row_key(view(row_prefix(stream)));
  row_key.append(key);
  return read_payload(core_->db(), row_key);
}

Result<void> RocksEventLog::rows(StreamId stream, std::string_view prefix,
                                 const RowVisitor& visit) const {
  std::string begin(view(row_prefix(stream)));
  begin.append(prefix);
  const std::unique_ptr<rocksdb::Iterator> rows(core_->db().NewIterator({}));
  for (rows->Seek(begin); rows->Valid() && rows->key().starts_with(begin); rows->Next()) {
    const auto key = view_of(rows->key());
    const auto value = open_value(key, view_of(rows->value()));
    if (!value) {
      return value.error();
    }
    if (auto visited = visit(key.substr(key_prefix_bytes), value.value()); !visited) {
      return visited;
    }
  }
  return to_result(rows->status(), "cannot read the log");
}

Result<void> RocksEventLog::streams(const std::function<void(StreamId)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> keys(core_->db().NewIterator({}));
  for (keys->Seek(slice(view(head_key(StreamId{0})))); keys->Valid();) {
    const auto stream = stream_of(view_of(keys->key()));
    if (!stream) {
      break;
    }
    const auto value = open_value(view_of(keys->key()), view_of(keys->value()));
    const auto head = value ? decode_head(value.value()) : value.error();
    if (!head) {
      return head.error();
    }
    if (head.value().last > 0) {
      visit(*stream);
    }
    keys->Seek(slice(view(stream_end(*stream))));
  }
  return to_result(keys->status(), "cannot read the log");
}

std::unique_ptr<FrozenRows> RocksEventLog::freeze(StreamId stream) const {
  return std::make_unique<RocksFrozenRows>(core_->db(), stream);
}

}  // namespace hearth::storage
