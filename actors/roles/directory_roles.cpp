#include "actors/replication/replicas.hpp"
#include "actors/roles/roles.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace hearth {

namespace {

using directory::AccountGroup;
using directory::DirectoryMachine;
using replication::GroupView;

/// More of them make every commit wait for more, and lose nothing less.
constexpr std::size_t voters_max = 9;

/// Nothing for who is no founder: it would take itself for a member of a group that it is not in.
/// Each group would rather be led by another founder than the one before it.
std::optional<replication::Configuration> first_configuration(const Membership& member,
                                                              std::uint32_t group) {
  const auto& founders = member.founders;
  if (std::find(founders.begin(), founders.end(), member.self.id) == founders.end()) {
    return std::nullopt;
  }
  replication::Configuration first;
  const auto count = std::min(founders.size(), replication::Configuration::members_max);
  for (std::size_t i = 0; i < count; ++i) {
    const auto behind = (i + count - group % count) % count;
    first.members.push_back(
        {founders[i], i < voters_max, static_cast<std::uint8_t>(count - behind)});
  }
  return first;
}

std::vector<NodeId> nodes_of(const replication::Configuration& members) {
  std::vector<NodeId> nodes;
  for (const auto& each : members.members) {
    nodes.push_back(each.node);
  }
  return nodes;
}

/// What the actors of a directory share.
struct Shared {
  std::map<GroupId, std::shared_ptr<GroupView>> views;
  caf::actor replicas;
};

void open_groups(const Membership& member, const storage::LogReader& log, Shared& shared,
                 replication::ReplicasPorts& ports) {
  for (std::uint32_t number = 0; number < member.groups; ++number) {
    const GroupId group{number};
    auto view = std::make_shared<GroupView>(group, log);
    ports.groups.push_back({group, first_configuration(member, number), view});
    shared.views.emplace(group, std::move(view));
  }
}

NodeActor replicas_actor(const Membership& member, OperatorDoor door,
                         const DirectorySettings& settings, std::shared_ptr<Shared> shared) {
  return {"replicas",
          [member, door = std::move(door), options = settings.group, shared = std::move(shared)](
              caf::event_based_actor* root, const NodePorts& ports, const caf::actor& writer,
              const caf::actor& link) {
            auto borrowed = std::make_shared<replication::ReplicasPorts>();
            borrowed->self = member.self.id;
            open_groups(member, *ports.log, *shared, *borrowed);
            borrowed->listed = replication::listed_directories(member.nodes);
            borrowed->options = options;
            borrowed->log = ports.log;
            borrowed->writer = writer;
            borrowed->link = link;
            borrowed->failed = ports.failed;
            borrowed->answer = door.answer;
            shared->replicas = root->spawn<caf::linked>(replication::replicas, std::move(borrowed));
            door.spawned(shared->replicas);
            return shared->replicas;
          }};
}

/// One actor for each group, by its number.
std::vector<caf::actor> spawn_groups(caf::event_based_actor* root, const NodePorts& ports,
                                     const caf::actor& link, AccountGroup::Config config,
                                     const WallClock& clock, const Shared& shared) {
  std::vector<caf::actor> groups;
  for (const auto& [group, view] : shared.views) {
    config.group = group;
    auto machine = std::make_shared<AccountGroup>(config, clock);
    MachinePorts<AccountGroup> borrowed{&view->reader, &view->door,           shared.replicas,
                                        link,          [](std::monostate) {}, ports.failed};
    groups.push_back(root->spawn<caf::linked>(machine_actor<AccountGroup>, std::move(machine),
                                              std::move(borrowed)));
    caf::send_as(groups.back(), shared.replicas, replication::JoinGroup{group});
  }
  return groups;
}

std::map<GroupId, directory::GroupPort> ports_of(const Shared& shared) {
  std::map<GroupId, directory::GroupPort> ports;
  for (const auto& [group, view] : shared.views) {
    ports.emplace(group,
                  directory::GroupPort{&view->reader, [view = view] { return view->leader(); },
                                       [view = view] { return view->recent_since(); }});
  }
  return ports;
}

AccountGroup::Config group_config(const Membership& member, const DirectorySettings& settings) {
  AccountGroup::Config config;
  config.self = member.self;
  config.map = std::make_shared<directory::MapView>(directory::founding_map(member.groups));
  config.accounts_held = settings.accounts_held;
  return config;
}

NodeActor accounts_actor(const Membership& member, const WallClock& clock,
                         const DirectorySettings& settings, std::shared_ptr<Shared> shared) {
  return {
      DirectoryMachine::name,
      [config = group_config(member, settings), nodes = member.nodes, &clock,
       shared = std::move(shared)](caf::event_based_actor* root, const NodePorts& ports,
                                   const caf::actor& /*writer*/, const caf::actor& link) mutable {
        const auto views = shared->views;
        config.leader_of = [views](GroupId group) {
          const auto view = views.find(group);
          return view == views.end() ? NodeId{} : view->second->leader();
        };
        DirectoryMachine::Config front{config.self, nodes, {}, config.map, ports_of(*shared)};
        front.members = [view = views.begin()->second] { return nodes_of(*view->members()); };
        auto groups = spawn_groups(root, ports, link, config, clock, *shared);
        const auto hand_over = [groups = std::move(groups)](directory::ToGroup order) {
          caf::anon_send(groups.at(static_cast<std::uint32_t>(order.group)),
                         std::move(order.request));
        };
        MachinePorts<DirectoryMachine> borrowed{nullptr, nullptr,   {},
                                                link,    hand_over, ports.failed};
        shared->replicas = nullptr;  // an actor that holds another keeps it from ending
        return root->spawn<caf::linked>(machine_actor<DirectoryMachine>,
                                        std::make_shared<DirectoryMachine>(std::move(front), clock),
                                        std::move(borrowed));
      }};
}

}  // namespace

std::vector<NodeActor> directory_actors(const Membership& member, const WallClock& clock,
                                        OperatorDoor door, const DirectorySettings& settings) {
  const auto shared = std::make_shared<Shared>();
  return {replicas_actor(member, std::move(door), settings, shared),
          accounts_actor(member, clock, settings, shared)};
}

}  // namespace hearth
