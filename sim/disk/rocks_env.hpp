#pragma once

#include "sim/disk/sim_disk.hpp"
#include "sim/timers.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace rocksdb {
class Env;
}

namespace hearth::sim {

/// The operating system as RocksDB sees it during one life of a simulated node: its disk, virtual
/// time, and no threads. Background jobs, flushes and compactions, wait until the simulator runs
/// them, so nothing may wait for them: a log wants them run after every few commits.
///
/// Outlives the logs that were opened with it.
class RocksEnv final {
 public:
  /// `disk` and `timers` outlive this. `seed` is of the chance that RocksDB takes by itself.
  RocksEnv(SimDisk& disk, const Timers& timers, std::uint64_t seed);
  ~RocksEnv();
  RocksEnv(const RocksEnv&) = delete;
  RocksEnv& operator=(const RocksEnv&) = delete;

  /// For RocksOptions::env.
  [[nodiscard]] rocksdb::Env* get() const;

  [[nodiscard]] std::size_t background_jobs() const;

  /// Those that wait now. What they start waits for the next time.
  void run_background_jobs();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth::sim
