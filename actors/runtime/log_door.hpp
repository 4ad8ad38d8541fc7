#pragma once

#include "messages/base/types.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>

namespace hearth {

/// Says whether the log keeps up. The log-writer moves it; shells ask before they let a machine
/// decide, because a decided event can no longer be refused. Any thread.
class LogDoor {
 public:
  static constexpr std::size_t uncommitted_bytes_max = std::size_t{8} << 20U;
  static constexpr std::chrono::milliseconds oldest_age_max{200};

  /// `bytes` wait for the disk, the oldest of them since `oldest`.
  void set(std::size_t bytes, Instant oldest) {
    oldest_.store(oldest.time_since_epoch().count(), std::memory_order_relaxed);
    bytes_.store(bytes, std::memory_order_relaxed);
  }

  [[nodiscard]] bool open(Instant now) const {
    const auto bytes = bytes_.load(std::memory_order_relaxed);
    const Instant oldest{Instant::duration{oldest_.load(std::memory_order_relaxed)}};
    return bytes == 0 || (bytes < uncommitted_bytes_max && now - oldest < oldest_age_max);
  }

 private:
  std::atomic<std::size_t> bytes_{0};
  std::atomic<Instant::rep> oldest_{0};
};

}  // namespace hearth
