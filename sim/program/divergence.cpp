#include "sim/program/divergence.hpp"

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

std::string how_it_ended(const WorkResult& result) {
  return result.outcome.crashed ? "crashed: " + *result.outcome.crashed : "ended well";
}

std::string parting_of(const WorkResult& first, const WorkResult& second) {
  const auto& a = first.lines;
  const auto& b = second.lines;
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (first.outcome.trace_hash == second.outcome.trace_hash ||
      (at.first == a.end() && at.second == b.end())) {
    return "two more runs of it part nowhere, or somewhere else";
  }
  return fmt::format("the runs part at\n  {}\n  {}", at.first == a.end() ? "(the end)" : *at.first,
                     at.second == b.end() ? "(the end)" : *at.second);
}

}  // namespace

std::optional<std::string> parting_of(const WorkOrder& order, const WorkResult& first,
                                      const WorkResult& second) {
  if (first.outcome.crashed || second.outcome.crashed) {  // neither hash nor marks came
    return first.outcome.crashed == second.outcome.crashed
               ? std::nullopt
               : std::optional(fmt::format("one run {}, the other {}", how_it_ended(first),
                                           how_it_ended(second)));
  }
  if (first.outcome.trace_hash == second.outcome.trace_hash) {
    return std::nullopt;
  }
  auto again = order;
  again.lines_from = first_suspect(first, second);
  const auto one = play(again);
  const auto other = play(again);
  if (!one || !other) {
    return fmt::format("it could not be played again: {}", (one ? other : one).error().detail);
  }
  return parting_of(one.value(), other.value());
}

}  // namespace hearth::sim
