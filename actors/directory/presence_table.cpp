#include "actors/directory/presence_table.hpp"

#include "messages/base/limits.hpp"

#include <range/v3/algorithm/sort.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/map.hpp>

#include <utility>

namespace hearth::directory {

bool PresenceTable::report(const NodeId& super_peer, const ReportPresence& report, Instant now) {
  auto& known = super_peers_[super_peer];
  if (report.epoch < known.epoch) {
    return false;
  }
  if (report.epoch > known.epoch) {
    known = SuperPeer{};
    known.epoch = report.epoch;
  }
  known.lease_end = now + lease;
  if (report.complete) {
    ++known.round;
    known.telling = true;
  }
  for (const auto& home : report.departures) {
    known.arrival_by_home.erase(home);
  }
  for (const auto& home : report.arrivals) {
    const auto told = known.arrival_by_home.try_emplace(home, Arrival{arrivals_ + 1, 0});
    arrivals_ += told.second ? 1 : 0;
    told.first->second.round = known.round;
  }
  if (known.telling && report.arrivals.size() < limits::presence_homes_max) {
    known.telling = false;
    std::erase_if(known.arrival_by_home,
                  [&](const auto& entry) { return entry.second.round != known.round; });
  }
  return true;
}

void PresenceTable::keep_listed(const seal::NodeList& nodes) {
  std::erase_if(super_peers_,
                [&nodes](const auto& entry) { return nodes.find(entry.first) == nullptr; });
}

void PresenceTable::expire(Instant now) {
  for (auto& [id, known] : super_peers_) {
    if (known.lease_end <= now) {
      // The epoch stays: a late report of the same life renews the lease, an older one does not.
      known.arrival_by_home.clear();
    }
  }
}

std::vector<NodeId> PresenceTable::super_peers_of(const NodeId& home) const {
  std::vector<std::pair<std::uint64_t, NodeId>> found;
  for (const auto& [id, known] : super_peers_) {
    const auto arrival = known.arrival_by_home.find(home);
    if (arrival != known.arrival_by_home.end()) {
      found.emplace_back(arrival->second.number, id);
    }
  }
  ranges::sort(found, ranges::greater{});
  return found | ranges::views::values | ranges::to<std::vector>();
}

}  // namespace hearth::directory
