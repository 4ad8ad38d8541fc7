#pragma once

#include "actors/link/link_output.hpp"
#include "actors/link/rejection.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace hearth::link {

/// What a link has counted since its start. Written by the link actor, read by any thread.
class LinkCounters {
 public:
  void count(LinkCount what) { ++counts_[static_cast<std::size_t>(what)]; }
  void count(Rejection reason) { ++rejections_[static_cast<std::size_t>(reason)]; }

  [[nodiscard]] std::uint64_t of(LinkCount what) const {
    return counts_[static_cast<std::size_t>(what)];
  }
  /// Feeds `hearth_link_rejected_total{reason}`, the label being `name_of(reason)`.
  [[nodiscard]] std::uint64_t of(Rejection reason) const {
    return rejections_[static_cast<std::size_t>(reason)];
  }

 private:
  std::array<std::atomic<std::uint64_t>, link_count_count> counts_{};
  std::array<std::atomic<std::uint64_t>, rejection_count> rejections_{};
};

}  // namespace hearth::link
