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
constexpr std::uint64_t list_copied_within = 1000;  // ms
/// It is copied everywhere, and homes have certificates of directories that it lists.
constexpr Millis list_settles_within{5000};

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

/// An address has no slashes.
std::string host_name_of(const drill::Node& node) {
  auto name = node.name;
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

seal::ListedNode listed(const drill::Node& node, const seal::Identity& identity) {
  seal::ListedNode entry;
  entry.keys = identity.keys;
  entry.role = node.role == Place::directory ? Role::directory : Role::super_peer;
  entry.region = node.region;
  entry.control = {{host_name_of(node), control_port}};
  if (node.role == Place::super_peer) {
    entry.data = {{host_name_of(node), data_port}};
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
      node_world_{&engine_,       &network_,         &filters_, &trace_, &observer,
                  options.limits, &options_.profile, {},        {}},
      keys_(random_.fork("keys")),
      root_([this] {
        auto random = random_.fork("root");
        return drawn_secret(random);
      }()),
      operator_(
          engine_, options.groups,
          [this](const auto& wanted, auto answered) { return order(wanted, std::move(answered)); },
          [this](const replication::MemberGoal& goal) { strike(goal.leaves); }) {
  if (!options.real_seal.value_or(random_.fork("seal").chance(real_seals))) {
    light_seal_.emplace();
  }
  node_world_.roots = {seal::signing_key_of(root_)};
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
  std::vector<seal::Identity> identities;
  list_.serial = 1;
  list_.not_after = SimClock::beginning + std::chrono::hours(24 * 30);
  for (const auto& spec : specs) {
    identities.push_back(draw_identity());
    if (is_service(spec.role)) {
      list_.nodes.push_back(listed(spec, identities.back()));
    }
  }
  std::vector<NodeId> directories;
  for (const auto& directory : replication::listed_directories(list_)) {
    directories.push_back(directory.node);
  }
  std::uint32_t homes = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto& spec = specs[i];
    NodeParts parts;
    parts.spec = spec;
    parts.host = network_.add_host(host_name_of(spec), spec.region, !is_service(spec.role));
    parts.member = {identities[i], list_, spec.region, directories, options_.groups};
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

seal::Identity World::draw_identity() {
  const auto signing = drawn_secret(keys_);
  return seal::Identity::from_secrets(signing, drawn_secret(keys_));
}

// ---- what operators do ----

/// Somebody copies it to one machine after the other; whoever is struck would not take it.
void World::publish_list() {
  ++list_.serial;
  listed_at_ = engine_.now();
  const auto signed_list = seal::sign_node_list(list_, root_);
  for (const auto& node : nodes_) {
    if (struck_.contains(node.get())) {
      continue;
    }
    engine_.befall(
        Millis(keys_.below(list_copied_within)),
        [this, &node, list = list_, signed_list] { node->take_list(list, signed_list); });
  }
}

void World::replace(SimNode& node) {
  const auto old = node.id();
  const auto identity = draw_identity();
  node.renew(identity);
  by_id_.emplace(identity.id, &node);
  list_.nodes.push_back(listed(node.spec(), identity));
  publish_list();
  node.take_list(list_, {});  // it begins with the newest
  let_start(node);
  node.boot();
  if (node.spec().role == Place::directory) {
    operator_.pursue({replication::GoalKind::replace, identity.id, old});
  } else {
    strike(old);
  }
}

bool World::operator_finishes(Millis patience) {
  const bool finishes = run_until(engine_.now() + patience, [this] { return operator_.is_idle(); });
  run_until(listed_at_ + list_settles_within, [] { return false; });
  return finishes;
}

void World::strike(const SimNode& node) {
  struck_.emplace(&node, engine_.now());
  strike(node.id());
}

void World::strike(const NodeId& id) {
  std::erase_if(list_.nodes, [&id](const auto& node) { return node.id() == id; });
  publish_list();
}

/// To the next directory that runs.
bool World::order(const replication::OperatorOrder& wanted, MemberOperator::Answered answered) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    asked_last_ = (asked_last_ + 1) % nodes_.size();
    if (nodes_[asked_last_]->order(wanted, answered)) {
      return true;
    }
  }
  return false;
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
