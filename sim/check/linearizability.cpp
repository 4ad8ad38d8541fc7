#include "sim/check/linearizability.hpp"

#include <chrono>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace hearth::sim {

namespace {

constexpr std::size_t shown_max = 8;

double milliseconds(Instant when) {
  return std::chrono::duration<double, std::milli>(when.time_since_epoch()).count();
}

std::string line_of(const OperationText& operation, Instant end) {
  const auto& [called, returned, is_read] = operation.interval;
  const bool is_back = returned && *returned <= end;
  return fmt::format("  client {}: {}  [{:.3f} ms, {}]\n", operation.client, operation.what,
                     milliseconds(called),
                     is_back ? fmt::format("{:.3f} ms", milliseconds(*returned)) : "not back");
}

std::string order_of(const StuckKey& stuck) {
  if (stuck.order.empty()) {
    return "nothing can come first; the state is " + stuck.initial + "\n";
  }
  const auto begin = stuck.order.size() > shown_max ? stuck.order.size() - shown_max : 0;
  auto text = fmt::format("the longest order that fits has {} operations{}:\n", stuck.order.size(),
                          begin > 0 ? "; its end is" : "");
  for (auto at = begin; at < stuck.order.size(); ++at) {
    const auto& [operation, after] = stuck.order[at];
    text += line_of(stuck.operations[operation], stuck.end);
    text += "    then the state is " + after + "\n";
  }
  return text;
}

/// What is called by the end and not in the order: what has to be back, or the rest.
std::string missing_of(const StuckKey& stuck, bool back) {
  std::set<std::size_t> placed;
  for (const auto& [operation, after] : stuck.order) {
    placed.insert(operation);
  }
  std::string text;
  for (std::size_t index = 0; index < stuck.operations.size(); ++index) {
    const auto& [called, returned, is_read] = stuck.operations[index].interval;
    const bool is_back = returned && *returned <= stuck.end;
    if (!placed.contains(index) && called <= stuck.end && is_back == back) {
      text += line_of(stuck.operations[index], stuck.end);
    }
  }
  return text;
}

}  // namespace

std::string explain(const StuckKey& stuck) {
  auto text = fmt::format("key {}: no order fits any more at {:.3f} ms\n", stuck.key,
                          milliseconds(stuck.end));
  text += order_of(stuck);
  text += "no place is left for what had returned:\n" + missing_of(stuck, true);
  if (const auto others = missing_of(stuck, false); !others.empty()) {
    text += "not needed, and not back:\n" + others;
  }
  return text;
}

Instant first_impossible_return(const std::vector<Interval>& intervals,
                                const LinearizationSearch& search,
                                std::uint64_t configurations_max) {
  std::vector<Instant> returns;
  for (const auto& interval : intervals) {
    if (interval.returned) {
      returns.push_back(*interval.returned);
    }
  }
  std::sort(returns.begin(), returns.end());
  const auto is_possible = [&](Instant end) {
    return search.run(end, configurations_max).verdict != Verdict::not_linearizable;
  };
  const auto found = std::partition_point(returns.begin(), returns.end(), is_possible);
  return found == returns.end() ? returns.back() : *found;
}

}  // namespace hearth::sim
