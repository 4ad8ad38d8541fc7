#include "nodes/network/ways.hpp"

#include <algorithm>

namespace hearth::network {
namespace {

constexpr double bits_per_mbit = 1e6;

bool has(HostSet set, Host host) {
  return ((set >> host) & 1U) != 0;
}

bool concerns(const Disturbance& one, Host from, Host to) {
  return (has(one.from, from) && has(one.to, to)) ||
         (!one.one_way && has(one.from, to) && has(one.to, from));
}

/// Of what disturbs the same way, delays add up, and of the rest the worst counts.
void add(const Disturbance& one, Disturbance& sum) {
  sum.block = sum.block || one.block || one.loss >= 1;
  sum.delay += one.delay;
  sum.jitter += one.jitter;
  sum.loss = std::max(sum.loss, one.loss);
  sum.duplicate = std::max(sum.duplicate, one.duplicate);
  sum.reorder = std::max(sum.reorder, one.reorder);
  sum.reorder_within = std::max(sum.reorder_within, one.reorder_within);
  if (one.rate_mbit) {
    sum.rate_mbit = std::min(sum.rate_mbit.value_or(*one.rate_mbit), *one.rate_mbit);
  }
}

Instant::duration time_on_line(std::size_t bytes, double rate_mbit) {
  return std::chrono::duration_cast<Instant::duration>(
      std::chrono::duration<double>(static_cast<double>(bytes) * 8 / (rate_mbit * bits_per_mbit)));
}

}  // namespace

bool Ways::disturb(const std::string& name, const Disturbance& disturbance, Instant until) {
  if (disturbances_.size() >= disturbances_max && !disturbances_.contains(name)) {
    return false;
  }
  disturbances_[name] = {disturbance, until};
  return true;
}

/// Nothing: the way is as it should be.
std::optional<Disturbance> Ways::sum(Host from, Host to, Instant now) {
  std::erase_if(disturbances_, [now](const auto& each) { return each.second.until <= now; });
  std::optional<Disturbance> sum;
  for (const auto& [name, one] : disturbances_) {
    if (concerns(one.disturbance, from, to)) {
      add(one.disturbance, sum ? *sum : sum.emplace());
    }
  }
  return sum;
}

Instant::duration Ways::drawn(Millis most) {
  return std::chrono::duration_cast<Instant::duration>(
      std::chrono::duration<double, std::milli>(chance_() * static_cast<double>(most.count())));
}

std::vector<Instant> Ways::arrivals(Host from, Host to, std::size_t bytes, Instant now) {
  const auto disturbed = sum(from, to, now);
  if (!disturbed) {
    lines_.erase({from, to});
    return {now};
  }
  if (disturbed->block || happens(disturbed->loss)) {
    return {};
  }
  auto& line = lines_[{from, to}];
  auto at = now;
  if (disturbed->rate_mbit) {
    const auto begin = std::max(line.busy_until, now);
    if (begin - now > time_on_line(queue_bytes_max, *disturbed->rate_mbit)) {
      return {};
    }
    at = line.busy_until = begin + time_on_line(bytes, *disturbed->rate_mbit);
  }
  at += disturbed->delay + drawn(disturbed->jitter);
  if (happens(disturbed->reorder)) {
    at += drawn(disturbed->reorder_within);
  } else {
    at = line.last_arrival = std::max(at, line.last_arrival);
  }
  return happens(disturbed->duplicate) ? std::vector{at, at} : std::vector{at};
}

}  // namespace hearth::network
