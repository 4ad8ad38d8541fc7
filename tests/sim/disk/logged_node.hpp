#pragma once
// A node that does nothing but commit, and remembers what it was promised.

#include "sim/disk/node_disk.hpp"
#include "tests/sim/disk/virtual_timers.hpp"
#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::test {

/// `Disk`: RocksNodeDisk or MemoryNodeDisk.
template <class Disk>
class LoggedNode final {
 public:
  explicit LoggedNode(std::uint64_t seed)
      : disk(timers, sim::Random(seed).fork("disk")), random_(sim::Random(seed).fork("node")) {}

  static constexpr std::uint64_t streams = 4;
  using Contents = std::map<std::uint64_t, Records>;  // by stream

  VirtualTimers timers;
  Disk disk;

  /// The code of what kept the node from starting. Checks what is there against the promises, and
  /// counts it as promised from then on.
  ErrorCode boot() {
    log_ = nullptr;
    committing_ = false;
    failure.reset();
    const auto booted = disk.boot();
    if (!booted) {
      return booted.error().code;
    }
    log_ = booted.value();
    const auto found = read();
    if (!found) {
      return found.error().code;
    }
    check(found.value());
    return ErrorCode::none;
  }

  /// Begins to commit a batch of some records in some streams, unless one is under way.
  void commit() {
    if (committing_ || failure || log_ == nullptr) {
      return;
    }
    committing_ = true;
    history_.push_back(make_batch());
    log_->commit(history_.back(), [this](const Result<void>& outcome) {
      committing_ = false;
      if (!outcome) {
        failure = outcome.error().code;
        return;
      }
      acknowledged = history_.size();
    });
  }

  /// Commits one batch after the other, until there are so many or one fails.
  void commit_many(std::size_t batches) {
    for (std::size_t batch = 0; batch < batches; ++batch) {
      commit();
      while (committing_ && timers.step()) {
      }
    }
  }

  /// Time goes on while the node commits without a pause.
  void run_steps(std::size_t steps) {
    for (std::size_t step = 0; step < steps; ++step) {
      commit();
      timers.step();
    }
  }

  storage::EventLog& log() { return *log_; }

  /// Everything in the log.
  Result<Contents> read() { return read(*log_); }

  static Result<Contents> read(const storage::EventLog& log) {
    Contents found;
    for (std::uint64_t stream = 0; stream < streams; ++stream) {
      auto& records = found[stream];
      const auto visit = [&records](storage::Sequence sequence, BytesView record) -> Result<void> {
        records.emplace_back(sequence, text(record));
        return {};
      };
      if (const auto read = log.replay(storage::StreamId{stream}, 0, visit); !read) {
        return read.error();
      }
    }
    return found;
  }

  std::size_t acknowledged = 0;      ///< Batches.
  std::optional<ErrorCode> failure;  ///< Of a commit; the node has stopped then.

 private:
  storage::Batch make_batch() {
    storage::Batch batch{history_.size() + 1, {}};
    for (std::uint64_t stream = 0; stream < streams; ++stream) {
      auto one = append(stream, last_by_stream_[stream], {});
      for (auto left = random_.below(3); left > 0; --left) {
        const auto size = random_.below(10) == 0 ? random_.below(5000) : random_.below(60);
        one.records.push_back(bytes(std::to_string(random_.next()) + std::string(size, 'r')));
      }
      last_by_stream_[stream] += one.records.size();
      one.rows = {{"last", bytes(std::to_string(batch.number))}};
      batch.appends.push_back(std::move(one));
    }
    return batch;
  }

  [[nodiscard]] Records expected(std::uint64_t stream) const {
    Records records;
    for (const auto& batch : history_) {
      for (const auto& record : batch.appends[stream].records) {
        records.emplace_back(records.size() + 1, text(record));
      }
    }
    return records;
  }
  /// Everything acknowledged is there, and of the rest the first batches, whole, or none.
  void check(const Contents& found) {
    const auto last = log_->last_batch();
    ASSERT_GE(last, acknowledged) << "acknowledged batches are lost";
    ASSERT_LE(last, history_.size());
    history_.resize(last);
    acknowledged = last;
    for (std::uint64_t stream = 0; stream < streams; ++stream) {
      const auto records = expected(stream);
      ASSERT_EQ(found.at(stream), records);
      const auto row = log_->row(storage::StreamId{stream}, "last");
      ASSERT_TRUE(!row || row.value().has_value() == (last > 0));
      ASSERT_TRUE(!row || !row.value() || text(*row.value()) == std::to_string(last));
      last_by_stream_[stream] = records.size();
    }
  }

  sim::Random random_;
  storage::EventLog* log_ = nullptr;
  bool committing_ = false;
  std::vector<storage::Batch> history_;
  std::map<std::uint64_t, storage::Sequence> last_by_stream_;
};

}  // namespace hearth::test
