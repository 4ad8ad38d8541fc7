#include "sim/world/node.hpp"

#include "actors/link/link_messages.hpp"
#include "actors/replication/group_rows.hpp"
#include "actors/replication/replicas.hpp"
#include "actors/roles/roles.hpp"
#include "actors/runtime/placement.hpp"
#include "sim/world/post.hpp"
#include "sim/world/sim_link.hpp"

#include <caf/send.hpp>

#include <utility>

namespace hearth::sim {

namespace {

bool is_service(drill::Role role) {
  return role == drill::Role::directory || role == drill::Role::super_peer;
}

Role link_role(drill::Role role) {
  switch (role) {
    case drill::Role::directory: return Role::directory;
    case drill::Role::super_peer: return Role::super_peer;
    case drill::Role::home: return Role::home;
    default: return Role::client;
  }
}

}  // namespace

/// A process. Actors may outlive the moment of its death by a few messages: what they then order
/// reaches nobody.
struct SimNode::Life {
  void answer(const replication::OperatorReply& reply) {
    if (const auto order = orders.extract(reply.id)) {
      order.mapped()(reply.answer);
    }
  }

  bool dead = false;
  LogDoor door;
  storage::EventLog* log = nullptr;
  caf::actor root;
  std::vector<caf::actor> actors;
  std::unique_ptr<SimHome> home;
  std::unique_ptr<SimRelayEngine> relay;
  std::unique_ptr<SimClient> client;
  Post<replication::OperatorInput> operators;  ///< Of a directory.
  std::map<std::uint64_t, std::function<void(const replication::OperatorAnswer&)>> orders;
  std::uint64_t order_last = 0;
};

SimNode::SimNode(NodeWorld& world, NodeParts parts)
    : world_(world), parts_(std::move(parts)), clock_(*world.engine) {}

SimNode::~SimNode() {
  if (up()) {
    crash();
  }
}

SimClient* SimNode::client() {
  return life_ ? life_->client.get() : nullptr;
}
SimRelayEngine* SimNode::relay() {
  return life_ ? life_->relay.get() : nullptr;
}
SimHome* SimNode::home() {
  return life_ ? life_->home.get() : nullptr;
}

const std::vector<caf::actor>& SimNode::running() const {
  static const std::vector<caf::actor> none;
  return life_ ? life_->actors : none;
}

std::uint64_t SimNode::durable_events() const {
  std::uint64_t events = 0;
  if (life_) {
    static_cast<void>(life_->log->streams([&](storage::StreamId stream) {
      const auto last = life_->log->last_sequence(stream);
      events += last ? last.value() : 0;
    }));
    for (std::uint32_t group = 0; group < parts_.member.groups; ++group) {
      const auto applied = replication::read_applied(*life_->log, GroupId{group});
      events += applied && applied.value() ? applied.value()->sequence : 0;
    }
  }
  return events;
}

const storage::EventLog* SimNode::log() const {
  return life_ ? life_->log : nullptr;
}

void SimNode::boot() {
  if (up()) {
    return;
  }
  world_.network->power_back(parts_.host);
  auto log = parts_.disk->boot();
  world_.trace->note(world_.engine->now(), name(), "node", log ? "starts" : "cannot start",
                     log ? lives_ : static_cast<std::uint64_t>(log.error().code));
  if (!log) {
    world_.failed(name(), log.error());
    return;
  }
  start(log.value());
}

void SimNode::start(storage::EventLog* log) {
  ++lives_;
  auto life = std::make_shared<Life>();
  life->log = log;
  auto built = actors(life);
  for (auto& each : built) {
    each.spawn = [spawn = std::move(each.spawn), weak = std::weak_ptr(life)](
                     caf::event_based_actor* root, const auto&... ports) {
      auto actor = spawn(root, ports...);
      if (const auto same = weak.lock()) {
        same->actors.push_back(actor);
      }
      return actor;
    };
  }
  NodePorts ports;
  ports.link = link_maker();
  ports.log = log;
  ports.door = &life->door;
  ports.failed = [this, weak = std::weak_ptr(life)](const Error& why) {
    const auto same = weak.lock();
    if (!same || same->dead) {
      return;
    }
    world_.trace->note(world_.engine->now(), name(), "node", "stops itself",
                       static_cast<std::uint64_t>(why.code));
    // A process that cannot go on ends; not from inside one of its own actors.
    world_.engine->befall(std::chrono::nanoseconds(0), [this, weak, why] {
      if (const auto alive = weak.lock(); alive && !alive->dead) {
        die(false);
        world_.failed(name(), why);
      }
    });
  };
  life->root = spawn_node(world_.engine->system(), std::move(ports), std::move(built));
  world_.engine->name_tree(life->root, name(), [this](MessageKind kind) {
    world_.network->charge(parts_.host, std::chrono::nanoseconds(world_.profile->cost_ns(kind)));
  });
  life_ = std::move(life);
}

LinkMaker SimNode::link_maker() {
  SimLinkParts link;
  link.network = world_.network;
  link.timers = world_.engine;
  link.filters = world_.filters;
  link.host = parts_.host;
  if (is_service(parts_.spec.role)) {
    link.listen = {control_port};
  }
  const auto role = link_role(parts_.spec.role);
  link.link.self = {parts_.member.self, role,
                    link::is_listed(role) ? parts_.spec.region : std::string{}};
  link.link.nodes = parts_.member.nodes;
  link.link.roots = world_.roots;
  link.link.limits = world_.limits.link;
  link.link.seed = parts_.link_seed + lives_;
  link.wall = &clock_;
  link.counters = counters_;
  return sim_link_maker(std::move(link));
}

std::vector<NodeActor> SimNode::actors(const std::shared_ptr<Life>& life) {
  const auto& member = parts_.member;
  auto& network = *world_.network;
  auto& timers = *world_.engine;
  // The life holds the actors, not they it.
  const auto alive = [weak = std::weak_ptr(life)]() -> Life* {
    const auto same = weak.lock();
    return same && !same->dead ? same.get() : nullptr;
  };
  switch (parts_.spec.role) {
    case drill::Role::directory:
      return directory_actors(member, clock_,
                              {[alive](const replication::OperatorReply& reply) {
                                 if (auto* same = alive()) {
                                   same->answer(reply);
                                 }
                               },
                               life->operators.spawned()},
                              world_.limits.directory);
    case drill::Role::super_peer: {
      life->relay =
          std::make_unique<SimRelayEngine>(network, timers, parts_.host, data_port, moved_);
      return {super_peer_actor(member, clock_,
                               {[alive](const relay::RelayCommand& order) {
                                  if (auto* same = alive()) {
                                    same->relay->order(order);
                                  }
                                },
                                life->relay->machine.spawned()},
                               world_.limits.relay)};
    }
    case drill::Role::home: {
      life->home = std::make_unique<SimHome>(network, timers, parts_.host, *parts_.media);
      return {home_actor(member, {name(), {Media::folder}, world_.limits.library}, clock_,
                         {[alive](home::HomeCommand order) {
                            if (auto* same = alive()) {
                              same->home->order(std::move(order));
                            }
                          },
                          life->home->machine.spawned()})};
    }
    default: break;
  }
  life->client = std::make_unique<SimClient>(network, timers, parts_.host, id(), *world_.observer);
  std::vector<NodeActor> all{client_actor(member, {[alive](client::UiAnswer answer) {
                                                     if (auto* same = alive()) {
                                                       same->client->on_answer(std::move(answer));
                                                     }
                                                   },
                                                   life->client->session.spawned()})};
  if (parts_.manages) {
    auto machine = std::make_shared<client::ManagerMachine>(
        member.self,
        choose_nodes(member.nodes, Role::directory, member.region, id(), directories_wanted));
    all.push_back(node_actor<client::ManagerMachine>(
        std::move(machine),
        [alive](const client::AccountAnswer& answer) {
          if (auto* same = alive()) {
            same->client->on_answer(answer);
          }
        },
        life->client->manager.spawned()));
  }
  return all;
}

void SimNode::renew(const seal::Identity& identity) {
  parts_.disk->wipe();
  parts_.member.self = identity;
  moved_.clear();
}

void SimNode::take_list(const seal::NodeList& list, const Bytes& signed_list) {
  if (list.serial <= parts_.member.nodes.serial) {
    return;  // a newer one has come before it
  }
  parts_.member.nodes = list;
  if (up()) {
    caf::anon_send(life_->root, link::OfferNodeList{signed_list});
  }
}

bool SimNode::order(const replication::OperatorOrder& order,
                    std::function<void(const replication::OperatorAnswer&)> answered) {
  if (!up() || parts_.spec.role != drill::Role::directory) {
    return false;
  }
  life_->orders.emplace(++life_->order_last, std::move(answered));
  life_->operators({life_->order_last, order});
  return true;
}

void SimNode::crash() {
  if (up()) {
    die(false);
  }
}

void SimNode::lose_power() {
  if (up()) {
    die(true);
  } else {
    world_.network->power_lost(parts_.host);
  }
}

void SimNode::die(bool power_lost) {
  world_.trace->note(world_.engine->now(), name(), "node", power_lost ? "loses power" : "dies");
  world_.observer->node_died(id());
  const auto life = std::move(life_);
  life_ = nullptr;
  life->dead = true;
  power_lost ? parts_.disk->lose_power() : parts_.disk->crash();
  power_lost ? world_.network->power_lost(parts_.host) : world_.network->process_died(parts_.host);
  caf::anon_send_exit(std::exchange(life->root, nullptr), caf::exit_reason::kill);
  world_.engine->settle();
}

}  // namespace hearth::sim
