#include "actors/link/dial_plan.hpp"

#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>

namespace hearth::link {

namespace {

constexpr std::uint64_t pause_least_ms = 50;
constexpr std::uint64_t pause_most_ms = 5000;
/// A connection that breaks sooner is a try that failed: a peer that accepts and drops us must not
/// be dialled in a tight loop.
constexpr Millis held_after{2000};

/// Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014 (SplitMix64).
std::uint64_t draw(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  auto z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

void DialPlan::want(const NodeId& node) {
  targets_.emplace(node, Target{});
}

std::vector<NodeId> DialPlan::wanted() const {
  std::vector<NodeId> nodes;
  for (const auto& entry : targets_) {
    nodes.push_back(entry.first);
  }
  return nodes;
}

Millis DialPlan::pause_after(std::uint32_t tries) {
  const auto most = HEARTH_MUTANT("back-off-without-bound")
                        ? pause_least_ms << std::min(tries, 40U)
                        : std::min(pause_most_ms, pause_least_ms << std::min(tries, 7U));
  return Millis(static_cast<std::int64_t>(most / 2 + draw(chance_) % (most / 2 + 1)));
}

std::vector<DialPlan::Try> DialPlan::due(Instant now) {
  std::vector<Try> tries;
  for (auto& [node, target] : targets_) {
    if (target.phase != Phase::waiting || target.next > now) {
      continue;
    }
    tries.push_back(Try{node, target.tries});
    target.phase = Phase::trying;
    target.next = now + pause_after(target.tries);
    ++target.tries;
  }
  return tries;
}

void DialPlan::came(const NodeId& node, Instant now) {
  const auto found = targets_.find(node);
  if (found != targets_.end()) {
    found->second.phase = Phase::connected;
    found->second.since = now;
  }
}

void DialPlan::went(const NodeId& node, Instant now) {
  const auto found = targets_.find(node);
  if (found == targets_.end()) {
    return;
  }
  auto& target = found->second;
  target.phase = HEARTH_MUTANT("dial-once") ? Phase::connected : Phase::waiting;
  HEARTH_PROBE(now - target.since < held_after, "link: a connection breaks at once");
  if (now - target.since >= held_after) {
    target.tries = 0;
  }
  target.next = now + pause_after(target.tries);
}

void DialPlan::failed(const NodeId& node) {
  const auto found = targets_.find(node);
  if (found != targets_.end() && found->second.phase == Phase::trying) {
    found->second.phase = Phase::waiting;
  }
}

std::optional<Instant> DialPlan::next() const {
  std::optional<Instant> next;
  for (const auto& entry : targets_) {
    const auto& target = entry.second;
    if (target.phase == Phase::waiting && (!next || target.next < *next)) {
      next = target.next;
    }
  }
  return next;
}

}  // namespace hearth::link
