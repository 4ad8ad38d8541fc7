#include "sim/run/aftermath.hpp"

#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis patience{30'000};
constexpr std::uint32_t items_max = 500;

std::vector<SimNode*> nodes_of(World& world, drill::Role role) {
  std::vector<SimNode*> nodes;
  for (const auto& node : world.nodes()) {
    if (node->spec().role == role) {
      nodes.push_back(node.get());
    }
  }
  return nodes;
}

void expect_playing(Town& town, const std::string& when) {
  if (!town.everybody_browses(patience)) {
    town.record().violate("P7", "world", "somebody cannot browse " + when);
  } else if (!town.everybody_plays(patience)) {
    town.record().violate("P7", "world", "somebody cannot play another track " + when);
  }
}

/// Answers by what was asked; empty: there was none.
using Inventory = std::map<std::string, std::string>;

Inventory take_inventory(Town& town) {
  auto& world = town.world();
  Inventory answers;
  static_cast<void>(town.list_devices(patience));
  for (const auto& household : world.households()) {
    auto& manager = *household.clients.front();
    auto& devices = answers["devices of " + household.account];
    if (const auto listed = town.record().accounts().last_list(manager.id())) {
      devices = to_text(listed->account) + std::to_string(listed->sequence);
      for (const auto& device : listed->devices) {
        const auto bytes = encode(device);
        devices.append(bytes.begin(), bytes.end());
      }
    }
    for (const auto* home : household.homes) {
      auto& items = answers["items of " + home->name()];
      manager.client()->ask(
          client::AskHome{home->id(),
                          home::SearchItems{std::string(plaintext_marker), {}, items_max}},
          [&items](const Result<client::Answer>& answer) {
            if (answer) {
              const auto envelope = pack({}, std::get<home::ItemsPage>(answer.value()));
              items.assign(envelope.bytes().begin(), envelope.bytes().end());
            }
          });
    }
  }
  const auto all_came = [&answers] {
    return std::none_of(answers.begin(), answers.end(),
                        [](const auto& each) { return each.second.empty(); });
  };
  // Beyond the patience of a question no answer comes any more that could write here.
  static_cast<void>(world.run_until(world.engine().now() + patience, all_came));
  return answers;
}

}  // namespace

void live_without_directories(Town& town, Millis lasts) {
  auto& world = town.world();
  const auto end = world.engine().now() + lasts;
  const auto directories = nodes_of(world, drill::Role::directory);
  town.record().disturbed();
  for (auto* directory : directories) {
    world.keep_down(*directory);
    directory->crash();
  }
  expect_playing(town, "without directories");
  for (auto* super_peer : nodes_of(world, drill::Role::super_peer)) {
    super_peer->crash();
    world.run_for(2s);
    super_peer->boot();
    expect_playing(town, fmt::format("after a restart of {}", super_peer->name()));
  }
  world.run_for(std::max(end - world.engine().now(), Instant::duration{0}));
  expect_playing(town, "after a while without directories");
  for (auto* directory : directories) {
    world.let_start(*directory);
    directory->boot();
  }
  town.record().healed();
}

void restart_everybody(Town& town) {
  const auto before = take_inventory(town);
  town.record().disturbed();
  for (const auto& node : town.world().nodes()) {
    node->crash();
    node->boot();
  }
  town.record().healed();
  if (!town.everybody_browses(patience)) {
    town.record().violate("P6", "world", "somebody cannot browse after a restart of all nodes");
    return;
  }
  town.world().run_for(3s);  // Homes look through their folders at every start.
  const auto after = take_inventory(town);
  for (const auto& [what, answer] : before) {
    if (answer.empty() || after.at(what).empty()) {
      town.record().violate("P6", "world", "nobody answers for the " + what);
    } else if (answer != after.at(what)) {
      town.record().violate("P10", "world", "a restart changed the " + what);
    }
  }
}

}  // namespace hearth::sim
