#pragma once

#include "sim/disk/node_disk.hpp"
#include "sim/disk/rocks_env.hpp"
#include "sim/disk/sim_commit_engine.hpp"
#include "sim/disk/sim_disk.hpp"
#include "storage/rocks_event_log.hpp"

#include <memory>
#include <optional>

namespace hearth::sim {

/// RocksDB on a disk of files in memory.
class RocksNodeDisk final : public NodeDisk {
 public:
  /// So small a buffer shows flushes and compactions after few events.
  static constexpr std::size_t write_buffer_bytes_min = std::size_t{64} << 10U;

  RocksNodeDisk(Timers& timers, Random random,
                std::size_t write_buffer_bytes = write_buffer_bytes_min);
  ~RocksNodeDisk() override;

  Result<storage::EventLog*> boot() override;
  void crash() override;
  void lose_power() override;
  void wipe() override;
  bool rot(DiskPart part, unsigned bits) override;
  void heal_rot() override { disk_->heal_rot(); }
  void set_capacity(std::uint64_t bytes) override;
  [[nodiscard]] std::uint64_t used_bytes() const override { return disk_->used_bytes(); }

  /// Called for every step of the disk, those of later disks included.
  void set_trace(SimDisk::Trace trace);

  /// For a look at files.
  [[nodiscard]] const SimDisk& files() const { return *disk_; }

 private:
  void stop();
  Result<storage::EventLog*> open();

  Timers& timers_;
  std::size_t write_buffer_bytes_;
  SimDisk::Trace trace_;
  std::uint64_t capacity_ = SimDisk::unlimited;
  bool created_ = false;  // once it is, a disk without log has lost it
  std::unique_ptr<SimDisk> disk_;
  std::optional<RocksEnv> env_;
  SimCommitEngine engine_;
  std::unique_ptr<storage::RocksEventLog> log_;
};

}  // namespace hearth::sim
