#pragma once

#include "sim/disk/node_disk.hpp"
#include "sim/disk/sim_commit_engine.hpp"
#include "storage/memory_event_log.hpp"

#include <memory>

namespace hearth::sim {

/// A log in memory, a few hundred bytes when empty, under the faults of a disk: what is synced is
/// kept, of what is not a crash keeps all and a power loss all or nothing. Rot anywhere in it is
/// found at the next start, and a commit takes a block of the capacity.
class MemoryNodeDisk final : public NodeDisk {
 public:
  MemoryNodeDisk(Timers& timers, Random random);
  ~MemoryNodeDisk() override;

  Result<storage::EventLog*> boot() override;
  void crash() override;
  void lose_power() override;
  void wipe() override;
  bool rot(DiskPart part, unsigned bits) override;
  void heal_rot() override { rotten_ = false; }
  void set_capacity(std::uint64_t bytes) override;
  [[nodiscard]] std::uint64_t used_bytes() const override;

 private:
  class Gate;

  void die(bool unsynced_is_kept);

  SimCommitEngine engine_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<storage::MemoryEventLog> log_;
  bool rotten_ = false;
};

}  // namespace hearth::sim
