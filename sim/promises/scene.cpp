#include "sim/promises/scene.hpp"

#include <algorithm>

namespace hearth::sim {

std::string Scene::name_of(const NodeId& id) const {
  const auto* node = world_.find(id);
  return node == nullptr ? "a device" : node->name();
}

bool Scene::are_of_one_household(const NodeId& client, const NodeId& home) const {
  const auto& homes = world_.household_of(*world_.find(client)).homes;
  return std::any_of(homes.begin(), homes.end(),
                     [&home](const SimNode* each) { return each->id() == home; });
}

Instant Scene::bound_after(Instant ended) const {
  constexpr Millis revocation_bound{60'000};
  // A home that was cut off from all directories is back within 30 s (P6) and cuts 5 s later.
  constexpr Millis bound_after_faults{35'000};
  return std::max(ended + revocation_bound, healed_at.value_or(now()) + bound_after_faults);
}

bool Scene::is_shared(const NodeId& client, const NodeId& home,
                      const std::optional<FolderId>& folder) const {
  const auto& manager = *world_.household_of(*world_.find(client)).clients.front();
  const auto account = shares.account_of(manager.id());
  const auto until = account ? shares.shared_until(*account, home, folder) : std::nullopt;
  return until && (*until == Instant::max() || now() <= bound_after(*until));
}

bool Scene::is_revoked(const NodeId& client) const {
  return accounts.revocation_asked(client).has_value();
}

void Scene::violate(std::string_view promise, std::string_view node, const std::string& message) {
  world_.trace().note(now(), node, "checker", promise, 0, [&] { return message; });
  if (violations_.size() < violations_max) {
    violations_.push_back({std::string(promise), std::chrono::duration_cast<Millis>(now() - zero),
                           std::string(node), message});
  }
}

}  // namespace hearth::sim
