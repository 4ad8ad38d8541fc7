#include "sim/disk/memory_node_disk.hpp"

#include "sim/disk/sim_disk.hpp"

#include <utility>

namespace hearth::sim {

namespace {

constexpr std::uint64_t block_bytes = 4096;

}  // namespace

/// Where the faults of a disk meet a log that has none: before the steps of each commit.
class MemoryNodeDisk::Gate final : public storage::CommitEngine {
 public:
  Gate(storage::CommitEngine& engine, DiskFaults& faults) : engine_(engine), faults_(faults) {}

  void run(storage::CommitSteps steps, Done done) override {
    steps.write = [this, write = std::move(steps.write)]() -> Result<void> {
      if (auto outcome = take_block(); !outcome) {
        return outcome;
      }
      return write();
    };
    steps.sync = [this, sync = std::move(steps.sync)]() -> Result<void> {
      if (faults_.fails(DiskUse::sync)) {
        return Error{ErrorCode::disk_failed, "cannot sync the log: of the simulation"};
      }
      return sync();
    };
    engine_.run(std::move(steps), std::move(done));
  }

  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  [[nodiscard]] std::uint64_t used_bytes() const { return used_; }
  void wipe() { used_ = 0; }

 private:
  Result<void> take_block() {
    if (faults_.fails(DiskUse::write)) {
      return Error{ErrorCode::disk_failed, "cannot write the log: of the simulation"};
    }
    if (used_ + block_bytes > capacity_) {
      return Error{ErrorCode::disk_full, "cannot write the log: of the simulation"};
    }
    used_ += block_bytes;
    return {};
  }

  storage::CommitEngine& engine_;
  DiskFaults& faults_;
  std::uint64_t capacity_ = SimDisk::unlimited;
  std::uint64_t used_ = 0;
};

MemoryNodeDisk::MemoryNodeDisk(Timers& timers, Random random)
    : NodeDisk(timers, std::move(random)),
      engine_(timers, faults()),
      gate_(std::make_unique<Gate>(engine_, faults())),
      log_(std::make_unique<storage::MemoryEventLog>(*gate_)) {
  engine_.crash();
}

MemoryNodeDisk::~MemoryNodeDisk() = default;

Result<storage::EventLog*> MemoryNodeDisk::boot() {
  die(true);
  if (faults().fails(DiskUse::read)) {
    return Error{ErrorCode::disk_failed, "cannot read the log: of the simulation"};
  }
  if (rotten_) {
    return Error{ErrorCode::log_corrupt, "the log is damaged: of the simulation"};
  }
  engine_.boot();
  return log_.get();
}

void MemoryNodeDisk::crash() {
  die(true);
}

void MemoryNodeDisk::lose_power() {
  die(faults().random().chance(0.5));
}

void MemoryNodeDisk::wipe() {
  engine_.crash();
  log_ = std::make_unique<storage::MemoryEventLog>(*gate_);
  gate_->wipe();
  rotten_ = false;
}

bool MemoryNodeDisk::rot(DiskPart /*part*/, unsigned /*bits*/) {
  rotten_ = rotten_ || log_->last_batch() > 0;
  return rotten_;
}

void MemoryNodeDisk::set_capacity(std::uint64_t bytes) {
  gate_->set_capacity(bytes);
}

std::uint64_t MemoryNodeDisk::used_bytes() const {
  return gate_->used_bytes();
}

void MemoryNodeDisk::die(bool unsynced_is_kept) {
  if (const auto sync = engine_.unsynced(); sync && unsynced_is_kept) {
    // Nobody gets the outcome, as nobody hears from a dead node: a failed sync keeps nothing.
    static_cast<void>(sync());
  }
  engine_.crash();
  log_->crash();
}

}  // namespace hearth::sim
