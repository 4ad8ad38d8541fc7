#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hearth {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// What actors call "now": a steady clock, virtual in the simulator. Never a time of day.
using Instant = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

/// A time of day, UTC. Only for records, certificates and tickets, never for durations.
using WallTime = std::chrono::sys_time<Millis>;

}  // namespace hearth
