#include "sim/disk/rocks_env.hpp"

#include "messages/base/check.hpp"
#include "sim/disk/rocks_file_system.hpp"
#include "sim/disk/rocks_random.hpp"

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace hearth::sim {

namespace {

using rocksdb::Status;

/// Virtual time begins at some day: RocksDB writes times into its tables.
constexpr std::uint64_t epoch_us = 1'700'000'000'000'000;

class VirtualClock final : public rocksdb::SystemClock {
 public:
  explicit VirtualClock(const Timers& timers) : timers_(timers) {}

  [[nodiscard]] const char* Name() const override { return "HearthSim"; }
  std::uint64_t NowMicros() override {
    const auto now = timers_.now().time_since_epoch();
    return epoch_us + static_cast<std::uint64_t>(
                          std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  }
  void SleepForMicroseconds(int /*micros*/) override {}  // nobody could wake it
  Status GetCurrentTime(std::int64_t* unix_time) override {
    *unix_time = static_cast<std::int64_t>(NowMicros() / 1'000'000);
    return Status::OK();
  }
  std::string TimeToString(std::uint64_t time) override { return std::to_string(time); }

 private:
  const Timers& timers_;
};

}  // namespace

class RocksEnv::Impl final : public rocksdb::EnvWrapper {
 public:
  Impl(SimDisk& disk, const Timers& timers)
      : EnvWrapper(rocksdb::NewCompositeEnv(std::make_shared<RocksFileSystem>(disk))) {
    file_system_ = target()->GetFileSystem();
    system_clock_ = std::make_shared<VirtualClock>(timers);
  }

  [[nodiscard]] const char* Name() const override { return "HearthSim"; }

  // RocksDB holds its mutex here, so the job cannot run yet.
  void Schedule(void (*run)(void*), void* argument, Priority priority, void* tag,
                void (*cancel)(void*)) override {
    jobs_.push_back({run, argument, priority, tag, cancel});
  }

  int UnSchedule(void* tag, Priority priority) override {
    const auto stays = [&](const Job& job) { return job.tag != tag || job.priority != priority; };
    const auto first = std::stable_partition(jobs_.begin(), jobs_.end(), stays);
    const std::vector<Job> cancelled(first, jobs_.end());
    jobs_.erase(first, jobs_.end());
    for (const auto& job : cancelled) {
      if (job.cancel != nullptr) {
        job.cancel(job.argument);
      }
    }
    return static_cast<int>(cancelled.size());
  }

  /// Not those that come meanwhile: a compaction that fails is scheduled again at once, and would
  /// fail for ever on a full disk.
  void run_jobs() {
    for (auto left = jobs_.size(); left > 0 && !jobs_.empty(); --left) {
      const auto job = jobs_.front();
      jobs_.pop_front();
      job.run(job.argument);
    }
  }
  [[nodiscard]] std::size_t job_count() const { return jobs_.size(); }

  void StartThread(void (* /*run*/)(void*), void* /*argument*/) override {
    constexpr bool may_have_threads = false;
    HEARTH_CHECK(may_have_threads);
  }
  void WaitForJoin() override {}
  unsigned int GetThreadPoolQueueLen(Priority /*priority*/) const override {
    return static_cast<unsigned int>(jobs_.size());
  }
  void SetBackgroundThreads(int /*count*/, Priority /*priority*/) override {}
  int GetBackgroundThreads(Priority /*priority*/) override { return 1; }
  void IncBackgroundThreadsIfNeeded(int /*count*/, Priority /*priority*/) override {}
  int ReserveThreads(int /*count*/, Priority /*priority*/) override { return 0; }
  int ReleaseThreads(int /*count*/, Priority /*priority*/) override { return 0; }
  void LowerThreadPoolIOPriority(Priority /*priority*/) override {}
  void LowerThreadPoolCPUPriority(Priority /*priority*/) override {}
  Status LowerThreadPoolCPUPriority(Priority /*priority*/, rocksdb::CpuPriority /*to*/) override {
    return Status::OK();
  }

  std::uint64_t NowMicros() override { return system_clock_->NowMicros(); }
  std::uint64_t NowNanos() override { return system_clock_->NowNanos(); }
  std::uint64_t NowCPUNanos() override { return 0; }
  void SleepForMicroseconds(int micros) override { system_clock_->SleepForMicroseconds(micros); }
  Status GetCurrentTime(std::int64_t* unix_time) override {
    return system_clock_->GetCurrentTime(unix_time);
  }
  std::string TimeToString(std::uint64_t time) override {
    return system_clock_->TimeToString(time);
  }

  Status GetHostName(char* name, std::uint64_t bytes) override {
    const std::string host("sim");
    host.copy(name, std::min<std::size_t>(host.size() + 1, bytes));
    name[std::min<std::size_t>(host.size(), bytes - 1)] = '\0';
    return Status::OK();
  }
  std::string GenerateUniqueId() override {
    auto digits = std::to_string(++unique_ids_);
    return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
  }
  [[nodiscard]] std::uint64_t GetThreadID() const override { return 1; }

 private:
  struct Job {
    void (*run)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*cancel)(void*);
  };

  std::deque<Job> jobs_;
  std::uint64_t unique_ids_ = 0;
};

RocksEnv::RocksEnv(SimDisk& disk, const Timers& timers, std::uint64_t seed)
    : impl_(std::make_unique<Impl>(disk, timers)) {
  seed_rocksdb(seed);
}

RocksEnv::~RocksEnv() = default;

rocksdb::Env* RocksEnv::get() const {
  return impl_.get();
}

std::size_t RocksEnv::background_jobs() const {
  return impl_->job_count();
}

void RocksEnv::run_background_jobs() {
  impl_->run_jobs();
}

}  // namespace hearth::sim
