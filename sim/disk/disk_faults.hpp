#pragma once
// What a disk of the simulation does wrong, and how long it takes. The options are plain numbers,
// so that a drill or a swarm may draw them; all chance is of the one random source.

#include "sim/random.hpp"
#include "sim/timers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace hearth::sim {

enum class DiskUse : std::uint8_t { read, write, sync };

/// Errors of the disk (EIO). A write that fails may have written its first bytes.
struct IoFaults {
  double read_errors = 0;  ///< Probability of each read; so for the other two.
  double write_errors = 0;
  double sync_errors = 0;
  std::optional<std::uint64_t> operations_before_errors;  ///< So many work, then none does.
  std::optional<Instant> until;                           ///< The faults end by themselves.
};

/// How long operations take. Reads and writes go through the page cache and take no time.
struct DiskTimes {
  std::chrono::microseconds sync_min{300};
  std::chrono::microseconds sync_max{1500};
  double slow_syncs = 0.01;  ///< Probability that a sync takes `slow_factor` times as long.
  unsigned slow_factor = 20;
};

/// What becomes of each file at a power loss. The four weights are of the bytes at its end that
/// were never synced; overwritten sectors are old, new or torn, each as likely.
struct PowerLossOptions {
  unsigned lost = 1;
  unsigned torn = 1;   ///< After any byte.
  unsigned kept = 1;   ///< As if synced.
  unsigned mixed = 1;  ///< Each sector is kept, zeroed, exchanged for another, or missing.
  /// Probability that a change of a folder that was not synced survives, if all before it did.
  double folder_change_kept = 0.5;
};

/// The faults of one disk. They outlive crashes of its node.
class DiskFaults final {
 public:
  /// `timers` outlive this.
  DiskFaults(const Timers& timers, Random random) : timers_(timers), random_(std::move(random)) {}

  void set(const IoFaults& faults);
  void set(const DiskTimes& times) { times_ = times; }
  void set(const PowerLossOptions& power_loss) { power_loss_ = power_loss; }

  /// No sync ends within the next `duration`.
  void stall_for(std::chrono::nanoseconds duration);

  /// No errors and no stall from now on.
  void clear();

  /// Whether this operation fails; counts it.
  bool fails(DiskUse use);

  /// Of the next sync, drawn. A stall comes on top.
  std::chrono::nanoseconds sync_time();
  [[nodiscard]] std::chrono::nanoseconds stall_left() const;

  [[nodiscard]] const PowerLossOptions& power_loss() const { return power_loss_; }
  [[nodiscard]] Random& random() { return random_; }

 private:
  [[nodiscard]] double probability_of(DiskUse use) const;

  const Timers& timers_;
  Random random_;
  IoFaults errors_;
  DiskTimes times_;
  PowerLossOptions power_loss_;
  std::optional<Instant> stalled_until_;
  std::uint64_t operations_ = 0;  // since the errors were set
};

}  // namespace hearth::sim
