#pragma once
// What the way from one machine to another is like now: its nature, and the faults that lie on it.

#include "messages/base/types.hpp"
#include "sim/random.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::sim {

enum class HostId : std::uint32_t {};

/// One direction.
struct Way {
  std::chrono::nanoseconds latency{500'000};  ///< One way, least.
  std::chrono::nanoseconds jitter{200'000};   ///< On top, evenly drawn.
  double tail = 0.001;                        ///< Chance of ten times that.
  double bytes_per_ns = 0.125;                ///< 1 Gbit/s.
  double loss = 0;                            ///< Of packets.
  double duplicates = 0;
  double reordered = 0;
  std::chrono::nanoseconds reordering{100'000'000};  ///< How late, at most.
  bool blocked = false;
};

/// A fault on all ways from a host that `from` holds for to one that `to` holds for.
struct WayFault {
  std::function<bool(HostId)> from;
  std::function<bool(HostId)> to;
  std::function<void(Way&)> change;
};

using WayFaultId = std::uint64_t;

/// One thread.
class Routes final {
 public:
  void add_host(HostId host, const std::string& region, bool behind_nat);
  [[nodiscard]] const std::string& region_of(HostId host) const;

  /// Between regions, both ways alike; within one it is 0.5 ms, to a home or client 8 ms more.
  void set_latency(const std::string& a, const std::string& b, std::chrono::nanoseconds one_way);
  /// Of a host behind NAT, to and from it.
  void set_access_rate(double bytes_per_ns) { access_rate_ = bytes_per_ns; }

  WayFaultId add(WayFault fault);
  void remove(WayFaultId fault);

  [[nodiscard]] Way way(HostId from, HostId to) const;
  /// Grows with every change, so that ways may be kept.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  struct Place {
    std::string region;
    bool behind_nat = false;
  };
  [[nodiscard]] const Place& place(HostId host) const {
    return places_[static_cast<std::size_t>(host)];
  }

  std::vector<Place> places_;
  std::map<std::pair<std::string, std::string>, std::chrono::nanoseconds> between_;
  double access_rate_ = 0.0125;  // 100 Mbit/s
  std::map<WayFaultId, WayFault> faults_;
  WayFaultId fault_last_ = 0;
  std::uint64_t version_ = 1;
};

/// How long `bytes` are on the way once they have left, lost packets included.
[[nodiscard]] std::chrono::nanoseconds travel_time(const Way& way, std::size_t bytes,
                                                   Random& random);

}  // namespace hearth::sim
