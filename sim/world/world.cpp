#include "sim/world/world.hpp"

#include "messages/base/check.hpp"
#include "sim/disk/memory_node_disk.hpp"
#include "sim/disk/rocks_node_disk.hpp"

#include <algorithm>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;
using Place = drill::Role;

constexpr Millis restart_first{200};
constexpr unsigned doublings_max = 5;
constexpr double real_seals = 0.1;

seal::SecretKey drawn_secret(Random& random) {
  std::array<std::uint8_t, 32> bytes{};
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random.below(256));
  }
  return seal::SecretKey(bytes);
}

/// Some disks flush and compact often, so that crashes find them at it; most as seldom as may be.
std::size_t write_buffer_of(Random random) {
  constexpr auto smallest = RocksNodeDisk::write_buffer_bytes_min;
  return random.chance(0.2) ? smallest : 32 * smallest;
}

bool is_service(Place role) {
  return role == Place::directory || role == Place::super_peer;
}

seal::ListedNode listed(const drill::Node& node, const seal::Identity& identity) {
  seal::ListedNode entry;
  entry.keys = identity.keys;
  entry.role = node.role == Place::directory ? Role::directory : Role::super_peer;
  entry.region = node.region;
  entry.control = {{node.name, control_port}};
  if (node.role == Place::super_peer) {
    entry.data = {{node.name, data_port}};
  }
  entry.issues_tickets = node.role == Place::directory;
  return entry;
}

}  // namespace

World::World(const WorldOptions& options, Observer& observer)
    : options_(options),
      random_(options.seed),
      entropy_(random_.fork("entropy")),
      engine_(random_.fork("order")),
      network_(engine_, random_.fork("network")),
      node_world_{&engine_,  &network_,      &filters_,         &trace_,
                  &observer, options.limits, &options_.profile, {}} {
  if (!options.real_seal.value_or(random_.fork("seal").chance(real_seals))) {
    light_seal_.emplace();
  }
  engine_.watch = [this](const Engine::Step& step, const auto& text) {
    trace_.step(engine_.now(), step.drawn, step.ready, text);
  };
  node_world_.failed = [this](const std::string& node, const Error& why) { on_failed(node, why); };
  add_nodes();
  found_households();
}

World::~World() {
  for (auto& node : nodes_) {
    keep_down(*node);
    node->crash();
  }
  nodes_.clear();
}

void World::add_nodes() {
  const auto specs = drill::nodes_of(options_.topology);
  auto keys = random_.fork("keys");
  std::vector<seal::Identity> identities;
  seal::NodeList list;
  list.serial = 1;
  list.not_after = SimClock::beginning + std::chrono::hours(24 * 30);
  for (const auto& spec : specs) {
    const auto signing = drawn_secret(keys);
    identities.push_back(seal::Identity::from_secrets(signing, drawn_secret(keys)));
    if (is_service(spec.role)) {
      list.nodes.push_back(listed(spec, identities.back()));
    }
  }
  std::vector<NodeId> directories;
  for (const auto& directory : replication::listed_directories(list)) {
    directories.push_back(directory.node);
  }
  std::uint32_t homes = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto& spec = specs[i];
    NodeParts parts;
    parts.spec = spec;
    parts.host = network_.add_host(spec.name, spec.region, !is_service(spec.role));
    parts.member = {identities[i], list, spec.region, directories, options_.groups};
    parts.link_seed = random_.fork("link", i).next();
    auto disk = random_.fork("disk", i);
    const bool rocks = is_service(spec.role) ||
                       (spec.role == Place::home && homes < options_.topology.rocks_homes);
    if (rocks && options_.rocks) {
      const auto buffer = write_buffer_of(disk.fork("write buffer"));
      parts.disk = std::make_unique<RocksNodeDisk>(engine_, std::move(disk), buffer);
    } else {
      parts.disk = std::make_unique<MemoryNodeDisk>(engine_, std::move(disk));
    }
    if (spec.role == Place::home) {
      parts.media =
          std::make_unique<Media>(++homes, options_.files_per_home, options_.bytes_per_file);
    }
    network_.set_service(parts.host, service_times());
    parts.disk->faults().set(disk_times());
    parts.manages = spec.role == Place::client;
    nodes_.push_back(std::make_unique<SimNode>(node_world_, std::move(parts)));
    by_name_.emplace(spec.name, nodes_.back().get());
    by_id_.emplace(nodes_.back()->id(), nodes_.back().get());
  }
}

/// As many households as there are clients and homes for: client and home number n are of
/// household n modulo their count.
void World::found_households() {
  const auto& topology = options_.topology;
  const auto count = std::max(1U, std::min(topology.homes, topology.clients));
  households_.resize(count);
  std::size_t homes = 0;
  std::size_t clients = 0;
  for (auto& node : nodes_) {
    if (node->spec().role == Place::home) {
      household_by_node_[node.get()] = homes % count;
      households_[homes++ % count].homes.push_back(node.get());
    } else if (!is_service(node->spec().role)) {
      household_by_node_[node.get()] = clients % count;
      households_[clients++ % count].clients.push_back(node.get());
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    households_[i].account = "household" + std::to_string(i + 1);
    auto keys = random_.fork("recovery", i);
    const auto signing = drawn_secret(keys);
    households_[i].recovery = seal::Identity::from_secrets(signing, drawn_secret(keys));
  }
}

ServiceTimes World::service_times() const {
  const auto& profile = options_.profile;
  ServiceTimes times;
  times.chunk = std::chrono::nanoseconds(profile.piece_ns);
  times.connection = std::chrono::nanoseconds(profile.connection_ns);
  times.nanoseconds_per_byte = profile.byte_ns;
  return times;
}

DiskTimes World::disk_times() const {
  const auto& profile = options_.profile;
  return {std::chrono::microseconds(profile.sync_least_us),
          std::chrono::microseconds(profile.sync_most_us), profile.slow_sync_ratio,
          static_cast<unsigned>(profile.slow_sync_factor)};
}

SimNode* World::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

SimNode* World::find(const NodeId& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const Household& World::household_of(const SimNode& node) const {
  return households_[household_by_node_.at(&node)];
}

void World::boot_all() {
  for (auto& node : nodes_) {
    node->boot();
  }
}

void World::on_failed(const std::string& name, const Error& why) {
  failures_.push_back({engine_.now(), name, why});
  node_world_.observer->node_failed(name, why);
  auto& restarts = restarts_[name];
  const auto pause = restart_first * (1U << std::min(restarts++, doublings_max));
  engine_.befall(pause, [this, name] {
    auto* node = find(name);
    if (stay_down_.count(node) == 0) {
      node->boot();
    }
  });
}

bool World::run_until(Instant end, const std::function<bool()>& done) {
  constexpr std::uint64_t steps_between_looks = 64;
  for (std::uint64_t i = 0;; ++i) {
    if (i % steps_between_looks == 0 && done()) {
      return true;
    }
    if (!engine_.step(end)) {
      return done();
    }
  }
}

void World::run_for(std::chrono::nanoseconds time) {
  const auto end = engine_.now() + time;
  while (engine_.step(end)) {
  }
}

}  // namespace hearth::sim
