// The event log against bare RocksDB on the same disk, in the same run: durable events of 256 bytes
// at 16 and 256 a batch, and replay. Interleaved rounds, medians.
//
//   event_log_bench [FOLDER]    a new folder below FOLDER is used and removed; default: here

#include "nodes/support/commit_thread.hpp"
#include "storage/rocks_event_log.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace hearth;
using namespace hearth::storage;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t record_bytes = 256;
constexpr std::size_t streams = 8;  // that share a batch
constexpr int rounds = 51;
constexpr auto round_time = std::chrono::milliseconds(100);
constexpr std::size_t replayed_records = 400'000;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "event_log_bench: %s\n", why.c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What a round of appends came to. Only the time that the log takes counts, not that of making the
/// batches.
struct Round {
  Clock::time_point end = Clock::now() + round_time;
  std::size_t events = 0;
  double seconds = 0;

  [[nodiscard]] bool over() const { return Clock::now() >= end; }
  void add(std::size_t batch, double took) {
    events += batch;
    seconds += took;
  }
  [[nodiscard]] double rate() const { return static_cast<double>(events) / seconds; }
};

/// Our log as a node runs it: when a batch is durable the next one, which has gathered meanwhile,
/// is handed over.
class OurLog {
 public:
  explicit OurLog(const fs::path& folder) {
    const RocksOptions options{folder.string()};
    if (auto created = RocksEventLog::create(options); !created) {
      fail(created.error().detail);
    }
    auto opened = RocksEventLog::open(options, engine_);
    if (!opened) {
      fail(opened.error().detail);
    }
    log_ = std::move(opened.value());
  }

  double append_rate(std::size_t batch) {
    Round round;
    std::promise<void> over;
    append_next(batch, round, over);
    over.get_future().wait();
    return round.rate();
  }

  void append(std::size_t batch) {
    Round one;
    one.end = Clock::now();
    std::promise<void> over;
    append_next(batch, one, over);
    over.get_future().wait();
  }

  [[nodiscard]] std::size_t replay() const {
    std::size_t records = 0;
    for (std::size_t stream = 0; stream < streams; ++stream) {
      const auto outcome = log_->replay(StreamId{stream}, 0, [&](Sequence, BytesView record) {
        records += record.size() == record_bytes ? 1 : 0;
        return Result<void>();
      });
      if (!outcome) {
        fail(outcome.error().detail);
      }
    }
    return records;
  }

 private:
  Batch gather(std::size_t records) {
    Batch batch{log_->last_batch() + 1, {}};
    for (std::size_t stream = 0; stream < streams; ++stream) {
      Append append;
      append.stream = StreamId{stream};
      append.expected = last_;
      append.records.assign(records / streams, record_);
      batch.appends.push_back(std::move(append));
    }
    last_ += records / streams;
    return batch;
  }

  void append_next(std::size_t batch, Round& round, std::promise<void>& over) {
    auto gathered = gather(batch);
    const auto begin = Clock::now();
    log_->commit(std::move(gathered),
                 [this, batch, &round, &over, begin](const Result<void>& outcome) {
                   if (!outcome) {
                     fail(outcome.error().detail);
                   }
                   round.add(batch, seconds_since(begin));
                   if (round.over()) {
                     over.set_value();
                   } else {
                     append_next(batch, round, over);
                   }
                 });
  }

  Bytes record_ = Bytes(record_bytes, 'r');
  Sequence last_ = 0;
  CommitThread engine_;
  std::unique_ptr<RocksEventLog> log_;
};

/// What anybody gets who puts the same records into RocksDB and no more.
class BareRocks {
 public:
  explicit BareRocks(const fs::path& folder) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::DB* opened = nullptr;
    if (const auto status = rocksdb::DB::Open(options, folder.string(), &opened); !status.ok()) {
      fail(status.ToString());
    }
    db_.reset(opened);
  }

  double append_rate(std::size_t batch) {
    Round round;
    do {
      const auto begin = Clock::now();
      append(batch);
      round.add(batch, seconds_since(begin));
    } while (!round.over());
    return round.rate();
  }

  void append(std::size_t records) {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < records; ++i) {
      batch.Put(next_key(i * streams / records), record_);  // in order of key, as ours
    }
    rocksdb::WriteOptions how;
    how.sync = true;
    if (const auto status = db_->Write(how, &batch); !status.ok()) {
      fail(status.ToString());
    }
  }

  [[nodiscard]] std::size_t replay() const {
    std::size_t records = 0;
    const std::unique_ptr<rocksdb::Iterator> all(db_->NewIterator({}));
    for (all->SeekToFirst(); all->Valid(); all->Next()) {
      records += all->value().size() == record_bytes ? 1 : 0;
    }
    return records;
  }

 private:
  /// Stream 4, sequence 8, big-endian.
  rocksdb::Slice next_key(std::size_t stream) {
    const auto sequence = ++sequences_[stream];
    for (std::size_t i = 0; i < 4; ++i) {
      key_[i] = static_cast<char>(stream >> (8 * (3 - i)));
    }
    for (std::size_t i = 0; i < 8; ++i) {
      key_[4 + i] = static_cast<char>(sequence >> (8 * (7 - i)));
    }
    return {key_.data(), key_.size()};
  }

  std::string record_ = std::string(record_bytes, 'r');
  std::array<std::uint64_t, streams> sequences_{};
  std::array<char, 12> key_{};
  std::unique_ptr<rocksdb::DB> db_;
};

void print(const char* metric, const std::vector<double>& ours, const std::vector<double>& peers) {
  const auto our = median(ours);
  const auto peer = median(peers);
  std::printf("%s  %.0f  %.0f  %.2f  %zu\n", metric, our, peer, our / peer, ours.size());
  std::fflush(stdout);
}

/// New databases for each row, the same ones for all its rounds.
void compare_appends(const fs::path& folder, std::size_t batch) {
  const auto name = "event-log.append." + std::to_string(batch);
  OurLog our_log(folder / (name + ".ours"));
  BareRocks bare(folder / (name + ".peer"));
  std::vector<double> ours;
  std::vector<double> peers;
  for (int round = 0; round < rounds; ++round) {
    // Whoever goes second may find the disk busy with what the first has left: take turns.
    for (int turn = 0; turn < 2; ++turn) {
      if ((round + turn) % 2 == 0) {
        ours.push_back(our_log.append_rate(batch));
      } else {
        peers.push_back(bare.append_rate(batch));
      }
    }
  }
  print(name.c_str(), ours, peers);
}

template <class Log>
double replay_rate(const Log& log) {
  const auto start = Clock::now();
  const auto records = log.replay();
  if (records < replayed_records) {
    fail("a replay lacks records");
  }
  return static_cast<double>(records) / seconds_since(start);
}

void compare_replays(const fs::path& folder) {
  constexpr std::size_t batch = 256;
  OurLog our_log(folder / "replay.ours");
  BareRocks bare(folder / "replay.peer");
  for (std::size_t records = 0; records < replayed_records; records += batch) {
    our_log.append(batch);
    bare.append(batch);
  }
  std::vector<double> ours;
  std::vector<double> peers;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(replay_rate(our_log));
    peers.push_back(replay_rate(bare));
  }
  print("event-log.replay", ours, peers);
}

}  // namespace

int main(int argc, char** argv) {
  auto name = (fs::path(argc > 1 ? argv[1] : ".") / "event_log_bench_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    fail("cannot make a folder like " + name);
  }
  std::printf("metric  ours  peer  ratio  n\n");
  compare_appends(name, 16);
  compare_appends(name, 256);
  compare_replays(name);
  fs::remove_all(name);
  return 0;
}
