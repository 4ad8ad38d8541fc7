#pragma once
// What happens to a packet between two hosts of the emulated network. Pure: knows neither sockets
// nor clocks.

#include "messages/base/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::network {

/// Hosts are numbered from 0.
using Host = std::size_t;
inline constexpr std::size_t hosts_max = 64;

/// Bit n: host number n.
using HostSet = std::uint64_t;

/// What disturbs the ways from each of `from` to each of `to`, and back unless `one_way`.
struct Disturbance {
  HostSet from = 0;
  HostSet to = 0;
  bool one_way = false;
  bool block = false;
  Millis delay{0};
  Millis jitter{0};      ///< A drawn part of it on top. Packets stay in their order.
  double loss = 0;       ///< Of the packets, 0 to 1.
  double duplicate = 0;  ///< Come twice.
  double reorder = 0;    ///< Come up to `reorder_within` later than what was sent after them.
  Millis reorder_within{0};
  std::optional<double> rate_mbit;  ///< Of each way.
};

/// A number of 0 to 1, below 1. The one source of chance.
using Chance = std::function<double()>;

class Ways final {
 public:
  /// More than that waits for no way of limited rate: the rest is lost, as in a router.
  static constexpr std::size_t queue_bytes_max = 256U << 10U;
  static constexpr std::size_t disturbances_max = 256;

  explicit Ways(Chance chance) : chance_(std::move(chance)) {}

  /// Takes the place of the one with that name. False: there are too many.
  bool disturb(const std::string& name, const Disturbance& disturbance, Instant until);
  void end(const std::string& name) { disturbances_.erase(name); }
  void heal() { disturbances_.clear(); }

  /// When each copy of a packet of `bytes` arrives: none, one or two.
  [[nodiscard]] std::vector<Instant> arrivals(Host from, Host to, std::size_t bytes, Instant now);

 private:
  struct Lasting {
    Disturbance disturbance;
    Instant until;
  };
  struct Line {
    Instant busy_until;    ///< Its sender, at a limited rate.
    Instant last_arrival;  ///< Nothing overtakes it but what is reordered.
  };

  [[nodiscard]] std::optional<Disturbance> sum(Host from, Host to, Instant now);
  [[nodiscard]] bool happens(double ratio) { return ratio > 0 && chance_() < ratio; }
  [[nodiscard]] Instant::duration drawn(Millis most);

  Chance chance_;
  std::map<std::string, Lasting> disturbances_;
  std::map<std::pair<Host, Host>, Line> lines_;
};

}  // namespace hearth::network
