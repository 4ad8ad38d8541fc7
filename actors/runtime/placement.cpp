#include "actors/runtime/placement.hpp"

#include "messages/seal/digest.hpp"

#include <range/v3/algorithm/find.hpp>
#include <range/v3/algorithm/find_if.hpp>
#include <range/v3/algorithm/sort.hpp>

#include <set>
#include <string>
#include <tuple>

namespace hearth {

namespace {

struct Candidate {
  bool elsewhere = false;  ///< Not of the wanted region.
  NodeId weight;           ///< Digest of both ids: an order of the chooser's own.
  NodeId id;
  std::string region;
};

NodeId weight_of(const NodeId& self, const NodeId& node) {
  Bytes both(self.bytes.begin(), self.bytes.end());
  both.insert(both.end(), node.bytes.begin(), node.bytes.end());
  return seal::digest_as<NodeId>(both);
}

}  // namespace

std::vector<NodeId> choose_nodes(const seal::NodeList& list, Role role, std::string_view region,
                                 const NodeId& self, std::size_t count) {
  std::vector<Candidate> candidates;
  for (const auto& node : list.nodes) {
    if (node.role == role) {
      candidates.push_back(
          {node.region != region, weight_of(self, node.id()), node.id(), node.region});
    }
  }
  ranges::sort(candidates, ranges::less{}, [](const Candidate& candidate) {
    return std::tie(candidate.elsewhere, candidate.weight);
  });
  std::vector<NodeId> chosen;
  std::set<std::string> regions;
  while (chosen.size() < count && !candidates.empty()) {
    auto next = ranges::find_if(
        candidates, [&](const auto& taken) { return !regions.contains(taken); },
        &Candidate::region);
    next = next == candidates.end() ? candidates.begin() : next;
    regions.insert(next->region);
    chosen.push_back(next->id);
    candidates.erase(next);
  }
  return chosen;
}

void move_connections(const std::vector<NodeId>& from, const std::vector<NodeId>& to,
                      std::vector<LinkOrder>& orders) {
  for (const auto& id : to) {
    if (ranges::find(from, id) == from.end()) {
      orders.emplace_back(Dial{id});
    }
  }
  for (const auto& id : from) {
    if (ranges::find(to, id) == to.end()) {
      orders.emplace_back(LetGo{id});
    }
  }
}

}  // namespace hearth
