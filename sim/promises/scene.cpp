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
