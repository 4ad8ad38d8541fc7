#include "sim/disk/disk_faults.hpp"

#include <algorithm>

namespace hearth::sim {

void DiskFaults::set(const IoFaults& faults) {
  errors_ = faults;
  operations_ = 0;
}

void DiskFaults::stall_for(std::chrono::nanoseconds duration) {
  const auto end = timers_.now() + std::chrono::duration_cast<Instant::duration>(duration);
  stalled_until_ = std::max(stalled_until_.value_or(end), end);
}

void DiskFaults::clear() {
  set(IoFaults());
  stalled_until_.reset();
}

bool DiskFaults::fails(DiskUse use) {
  if (errors_.until && timers_.now() >= *errors_.until) {
    set(IoFaults());
  }
  ++operations_;
  const bool broken =
      errors_.operations_before_errors && operations_ > *errors_.operations_before_errors;
  const auto probability = probability_of(use);
  return broken || (probability > 0 && random_.chance(probability));
}

std::chrono::nanoseconds DiskFaults::sync_time() {
  const auto min = static_cast<std::uint64_t>(times_.sync_min.count());
  const auto max = static_cast<std::uint64_t>(times_.sync_max.count());
  const std::chrono::microseconds drawn(random_.between(min, max));
  return random_.chance(times_.slow_syncs) ? drawn * times_.slow_factor : drawn;
}

std::chrono::nanoseconds DiskFaults::stall_left() const {
  const auto now = timers_.now();
  return stalled_until_ && *stalled_until_ > now ? *stalled_until_ - now
                                                 : std::chrono::nanoseconds(0);
}

double DiskFaults::probability_of(DiskUse use) const {
  switch (use) {
    case DiskUse::read: return errors_.read_errors;
    case DiskUse::write: return errors_.write_errors;
    case DiskUse::sync: return errors_.sync_errors;
  }
  return 0;
}

}  // namespace hearth::sim
