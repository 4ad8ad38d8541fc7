#pragma once

#include "actors/link/link_limits.hpp"
#include "messages/link/frame.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace hearth::link {

/// Requests of one session that an actor has got and not yet answered. They expire with their
/// asker's budget, so that an actor that never answers leaks nothing.
class InboundTable {
 public:
  enum class Admission : std::uint8_t { admitted, duplicate, overloaded };

  explicit InboundTable(const LinkLimits& limits) : limits_(&limits) {}

  /// Consensus is always admitted, bulk only into the first half.
  [[nodiscard]] Admission admit(const FrameHeader& header, std::size_t bytes, Instant now);

  /// The class of the request, once: a second answer, or one that is too late, gets nothing.
  [[nodiscard]] std::optional<TrafficClass> finish(std::uint64_t correlation);

  void expire(Instant now);

  /// Whether one more tell may pass. Consensus always: its senders have windows of their own.
  [[nodiscard]] bool admit_tell(TrafficClass traffic, std::size_t bytes, Instant now);

  [[nodiscard]] std::size_t size() const { return open_.size(); }

 private:
  struct Open {
    TrafficClass traffic;
    std::size_t bytes;
    Instant deadline;
  };

  const LinkLimits* limits_;
  std::map<std::uint64_t, Open> open_;
  std::size_t bytes_ = 0;
  Instant tells_since_{};
  std::size_t tells_ = 0;
  std::size_t tell_bytes_ = 0;
};

}  // namespace hearth::link
