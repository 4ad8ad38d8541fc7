#include "actors/relay/presence_reporter.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace hearth::relay {
namespace {

/// Ids are hashes, so this ranks the directories differently for each super-peer, and a directory
/// that goes moves nobody but those that it served.
std::array<std::uint8_t, NodeId::size> distance(const NodeId& a, const NodeId& b) {
  std::array<std::uint8_t, NodeId::size> result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = a.bytes[i] ^ b.bytes[i];
  }
  return result;
}

}  // namespace

PresenceReporter::PresenceReporter(const NodeId& self, const seal::NodeList& nodes) : self_(self) {
  replace_nodes(nodes);
}

void PresenceReporter::replace_nodes(const seal::NodeList& nodes) {
  const auto* own = nodes.find(self_);
  const std::string region = own != nullptr ? own->region : std::string();
  std::vector<std::pair<bool, NodeId>> ranked;
  for (const auto& node : nodes.nodes) {
    if (node.role == Role::directory) {
      ranked.emplace_back(node.region != region, node.id());
    }
  }
  std::sort(ranked.begin(), ranked.end(), [this](const auto& left, const auto& right) {
    return std::pair(left.first, distance(self_, left.second)) <
           std::pair(right.first, distance(self_, right.second));
  });
  directories_.clear();
  for (const auto& [elsewhere, id] : ranked) {
    directories_.push_back(id);
  }
}

void PresenceReporter::directory_up(const NodeId& directory) {
  up_.insert(directory);
  avoided_until_.erase(directory);
}

void PresenceReporter::directory_down(const NodeId& directory) {
  up_.erase(directory);
  if (informed_ == directory) {
    informed_.reset();
  }
}

void PresenceReporter::arrived(const NodeId& home) {
  homes_.insert(home);
  changes_[home] = true;
}

void PresenceReporter::departed(const NodeId& home) {
  homes_.erase(home);
  untold_.erase(home);
  changes_[home] = false;
}

std::optional<NodeId> PresenceReporter::target(Instant now) const {
  std::optional<NodeId> last_resort;
  for (const auto& id : directories_) {
    if (!up_.contains(id)) {
      continue;
    }
    const auto avoided = avoided_until_.find(id);
    if (avoided == avoided_until_.end() || avoided->second <= now) {
      return id;
    }
    last_resort = last_resort ? last_resort : id;
  }
  return last_resort;
}

std::optional<PresenceReporter::Report> PresenceReporter::next(std::uint64_t epoch, Instant now) {
  const auto to = target(now);
  if (!to || in_flight_) {
    return std::nullopt;
  }
  const bool goes_on = telling_ && informed_ == to;
  const bool complete = !goes_on && (informed_ != to || now - last_complete_ >= renewal_interval) &&
                        (!HEARTH_MUTANT("tell-all-homes-once") || last_complete_ == Instant{});
  if (!goes_on && !complete && (changes_.empty() || now - last_report_ < batch_interval)) {
    return std::nullopt;
  }
  if (complete) {
    untold_ = homes_;
    changes_.clear();
    telling_ = true;
    last_complete_ = now;
  }
  Report report{*to, {.epoch = epoch, .complete = complete, .arrivals = {}, .departures = {}}};
  fill(report.message);
  in_flight_ = to;
  last_report_ = now;
  return report;
}

void PresenceReporter::fill(directory::ReportPresence& report) {
  while (!untold_.empty() && report.arrivals.size() < limits::presence_homes_max) {
    report.arrivals.push_back(untold_.extract(untold_.begin()).value());
  }
  telling_ = telling_ && report.arrivals.size() == limits::presence_homes_max;
  // One less than there is room for: only a part of all the homes may be full.
  auto room = telling_ ? 0 : limits::presence_homes_max - 1 - report.arrivals.size();
  for (; room > 0 && !changes_.empty(); --room) {
    const auto change = changes_.extract(changes_.begin());
    (change.mapped() ? report.arrivals : report.departures).push_back(change.key());
  }
}

void PresenceReporter::answered(bool accepted, Instant now) {
  const auto directory = std::exchange(in_flight_, std::nullopt);
  if (!directory) {
    return;
  }
  if (accepted && up_.contains(*directory)) {
    informed_ = directory;
    return;
  }
  informed_.reset();
  avoided_until_[*directory] = now + renewal_interval;
}

}  // namespace hearth::relay
