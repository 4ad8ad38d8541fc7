#include "actors/relay/presence_reporter.hpp"

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

PresenceReporter::PresenceReporter(const NodeId& self, const seal::NodeList& nodes) {
  const auto* own = nodes.find(self);
  const std::string region = own != nullptr ? own->region : std::string();
  std::vector<std::pair<bool, NodeId>> ranked;
  for (const auto& node : nodes.nodes) {
    if (node.role == Role::directory) {
      ranked.emplace_back(node.region != region, node.id());
    }
  }
  std::sort(ranked.begin(), ranked.end(), [&self](const auto& left, const auto& right) {
    return std::pair(left.first, distance(self, left.second)) <
           std::pair(right.first, distance(self, right.second));
  });
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
  changes_[home] = true;
}
void PresenceReporter::departed(const NodeId& home) {
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

std::optional<PresenceReporter::Report> PresenceReporter::next(std::uint64_t epoch,
                                                               const std::vector<NodeId>& homes,
                                                               Instant now) {
  const auto to = target(now);
  if (!to || in_flight_) {
    return std::nullopt;
  }
  const bool complete = informed_ != to || now - last_complete_ >= renewal_interval;
  if (!complete && (changes_.empty() || now - last_report_ < batch_interval)) {
    return std::nullopt;
  }
  Report report{*to, {.epoch = epoch, .complete = complete, .arrivals = {}, .departures = {}}};
  if (complete) {
    report.message.arrivals = homes;
    last_complete_ = now;
  }
  for (const auto& [home, here] : changes_) {
    if (!complete) {
      (here ? report.message.arrivals : report.message.departures).push_back(home);
    }
  }
  changes_.clear();
  in_flight_ = to;
  last_report_ = now;
  return report;
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
