#include "sim/program/divergence.hpp"

#include "sim/program/places.hpp"
#include "sim/program/workers.hpp"
#include "sim/world/trace.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::sim {
namespace {

/// Marks are hashes of all before: from the first that differs on, all do.
std::uint64_t first_suspect(const WorkResult& first, const WorkResult& second) {
  const auto& a = first.trace_marks;
  const auto& b = second.trace_marks;
  const auto parted = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::uint64_t>(parted.first - a.begin()) * Trace::mark_every;
}

void tell_parting(std::uint64_t seed, const std::vector<std::string>& first,
                  const std::vector<std::string>& second) {
  const auto at = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  if (at.first == first.end() && at.second == second.end()) {
    say(fmt::format("seed {} is not deterministic, but two more runs of it were the same", seed));
    return;
  }
  say(fmt::format("seed {} is not deterministic; the runs part at\n  {}\n  {}", seed,
                  at.first == first.end() ? "(the end)" : *at.first,
                  at.second == second.end() ? "(the end)" : *at.second));
}

}  // namespace

bool are_the_same(const WorkOrder& order, const WorkResult& first, const WorkResult& second) {
  if (first.outcome.trace_hash == second.outcome.trace_hash &&
      first.outcome.crashed == second.outcome.crashed) {
    return true;
  }
  auto again = order;
  again.lines_from = first_suspect(first, second);
  const auto one = play(again);
  const auto other = play(again);
  if (one && other) {
    tell_parting(order.seed, one.value().lines, other.value().lines);
  }
  return false;
}

}  // namespace hearth::sim
