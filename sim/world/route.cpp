#include "sim/world/route.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto within_region = 500us;
constexpr auto between_regions = 40ms;
constexpr auto access_latency = 8ms;
constexpr std::size_t packet_bytes = 1448;
constexpr std::chrono::nanoseconds retransmission_min = 200ms;
constexpr int retransmissions_max = 6;

std::pair<std::string, std::string> pair_of(const std::string& a, const std::string& b) {
  return a < b ? std::pair(a, b) : std::pair(b, a);
}

std::chrono::nanoseconds part_of(std::chrono::nanoseconds whole, Random& random) {
  return std::chrono::nanoseconds(
      random.below(static_cast<std::uint64_t>(std::max<std::int64_t>(whole.count(), 0)) + 1));
}

/// Only packets that are lost are sent again, all of one round at once: the number of rounds is the
/// largest of `packets` geometric draws.
std::chrono::nanoseconds retransmissions(const Way& way, std::size_t packets, Random& random) {
  std::chrono::nanoseconds time{};
  auto wait = std::max(retransmission_min, 2 * way.latency);
  double reached = 1;  // The chance that so many rounds are needed.
  for (int round = 1; way.loss > 0 && round <= retransmissions_max; ++round) {
    const auto all_came = std::pow(1 - std::pow(way.loss, round), static_cast<double>(packets));
    if (!random.chance((1 - all_came) / reached)) {
      break;
    }
    reached = 1 - all_came;
    time += wait;
    wait *= 2;
  }
  return time;
}

}  // namespace

void Routes::add_host(HostId host, const std::string& region, bool behind_nat) {
  places_.resize(std::max(places_.size(), static_cast<std::size_t>(host) + 1));
  places_[static_cast<std::size_t>(host)] = {region, behind_nat};
}

const std::string& Routes::region_of(HostId host) const {
  return place(host).region;
}

void Routes::set_latency(const std::string& a, const std::string& b,
                         std::chrono::nanoseconds one_way) {
  between_[pair_of(a, b)] = one_way;
  ++version_;
}

WayFaultId Routes::add(WayFault fault) {
  ++version_;
  faults_.emplace(++fault_last_, std::move(fault));
  return fault_last_;
}

void Routes::remove(WayFaultId fault) {
  ++version_;
  faults_.erase(fault);
}

Way Routes::way(HostId from, HostId to) const {
  const auto& here = place(from);
  const auto& there = place(to);
  Way way;
  if (here.region == there.region) {
    way.latency = within_region;
  } else {
    const auto found = between_.find(pair_of(here.region, there.region));
    way.latency = found == between_.end() ? between_regions : found->second;
  }
  for (const auto& end : {here, there}) {
    if (end.behind_nat) {
      way.latency += access_latency;
      way.jitter = 2ms;
      way.bytes_per_ns = access_rate_;
    }
  }
  for (const auto& [id, fault] : faults_) {
    if (fault.from(from) && fault.to(to)) {
      fault.change(way);
    }
  }
  return way;
}

std::chrono::nanoseconds travel_time(const Way& way, std::size_t bytes, Random& random) {
  auto time = way.latency + part_of(way.jitter, random);
  if (random.chance(way.tail)) {
    time += 10 * (way.latency + way.jitter);
  }
  if (way.reordered > 0 && random.chance(way.reordered)) {
    time += part_of(way.reordering, random);
  }
  return time + retransmissions(way, 1 + bytes / packet_bytes, random);
}

}  // namespace hearth::sim
