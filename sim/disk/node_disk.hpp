#pragma once
// What a simulated node has its log on, from the first start over crashes to the end. It is one of
// two: RocksDB on a disk of files (RocksNodeDisk), or, for the many homes of a large drill, memory
// that keeps the same promises (MemoryNodeDisk). The node does not know which.

#include "messages/base/result.hpp"
#include "sim/disk/disk_faults.hpp"
#include "storage/event_log.hpp"

#include <cstdint>

namespace hearth::sim {

/// Where rot strikes.
enum class DiskPart : std::uint8_t { write_ahead_log, table, manifest, mark };

/// Threads: one.
class NodeDisk {
 public:
  /// `timers` outlive this. All chance of the disk is drawn from `random`.
  NodeDisk(const Timers& timers, Random random) : faults_(timers, std::move(random)) {}
  NodeDisk(const NodeDisk&) = delete;
  NodeDisk& operator=(const NodeDisk&) = delete;
  virtual ~NodeDisk() = default;

  /// The node starts: its log, made before where the disk is new. Whoever used the log of the life
  /// before is gone by now. The log stays until the next `boot` or `wipe`; but after a crash it
  /// fails.
  ///
  /// Errors: as `RocksEventLog::create` and `open`. The node does not run then; try again, after
  /// what was wrong has been healed.
  virtual Result<storage::EventLog*> boot() = 0;

  /// The process dies in this instant: no commit goes on or is answered. What it wrote stays.
  virtual void crash() = 0;

  /// As `crash`, but what was not synced may be lost, in whole or in part.
  virtual void lose_power() = 0;

  /// A new, empty disk, for a node that does not run.
  virtual void wipe() = 0;

  /// Flips bits of durable data, for a node that does not run. False: there is none in `part`.
  virtual bool rot(DiskPart part, unsigned bits) = 0;
  virtual void heal_rot() = 0;

  /// `SimDisk::unlimited`, or how many bytes of files there is room for.
  virtual void set_capacity(std::uint64_t bytes) = 0;
  [[nodiscard]] virtual std::uint64_t used_bytes() const = 0;

  /// Errors, stalls and service times.
  [[nodiscard]] DiskFaults& faults() { return faults_; }

 private:
  DiskFaults faults_;
};

}  // namespace hearth::sim
