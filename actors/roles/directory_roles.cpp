#include "actors/replication/replicas.hpp"
#include "actors/roles/roles.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace hearth {

namespace {

using directory::DirectoryMachine;
using replication::GroupView;

/// More of them make every commit wait for more, and lose nothing less.
constexpr std::size_t voters_max = 9;

/// Nothing for who is no founder: it would take itself for a member of a group that it is not in.
std::optional<replication::Configuration> first_configuration(const Membership& member) {
  const auto& founders = member.founders;
  if (std::find(founders.begin(), founders.end(), member.self.id) == founders.end()) {
    return std::nullopt;
  }
  replication::Configuration first;
  const auto count = std::min(founders.size(), replication::Configuration::members_max);
  for (std::size_t i = 0; i < count; ++i) {
    first.members.push_back({founders[i], i < voters_max, static_cast<std::uint8_t>(count - i)});
  }
  return first;
}

/// Presence goes to the directories of the node list and to members: each hears of the other side
/// at another time.
std::vector<NodeId> others(const NodeId& self, std::vector<NodeId> listed,
                           const replication::Configuration& members) {
  for (const auto& each : members.members) {
    listed.push_back(each.node);
  }
  std::sort(listed.begin(), listed.end());
  listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
  std::erase(listed, self);
  return listed;
}

/// What the two actors of a directory share.
struct Shared {
  std::shared_ptr<GroupView> view;
  caf::actor replicas;
};

NodeActor replicas_actor(const Membership& member, OperatorDoor door,
                         const DirectorySettings& settings, std::shared_ptr<Shared> shared) {
  return {"replicas", [self = member.self.id, first = first_configuration(member),
                       listed = listed_directories(member.nodes), door = std::move(door),
                       options = settings.group, shared = std::move(shared)](
                          caf::event_based_actor* root, const NodePorts& ports,
                          const caf::actor& writer, const caf::actor& link) {
            auto borrowed = std::make_shared<replication::ReplicasPorts>();
            borrowed->self = self;
            shared->view = std::make_shared<GroupView>(accounts_group, *ports.log);
            borrowed->groups = {{accounts_group, first, shared->view}};
            borrowed->listed = listed;
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

NodeActor accounts_actor(const Membership& member, const WallClock& clock,
                         const DirectorySettings& settings, std::shared_ptr<Shared> shared) {
  DirectoryMachine::Config config;
  config.self = member.self;
  std::vector<NodeId> listed;
  for (const auto& directory : listed_directories(member.nodes)) {
    listed.push_back(directory.node);
  }
  config.accounts_held = settings.accounts_held;
  return {DirectoryMachine::name,
          [config, listed = std::move(listed), &clock, shared = std::move(shared)](
              caf::event_based_actor* root, const NodePorts& ports, const caf::actor& /*writer*/,
              const caf::actor& link) mutable {
            const auto view = shared->view;
            config.recent_since = [view] { return view->recent_since(); };
            config.others = [view, listed, self = config.self.id] {
              return others(self, listed, *view->members());
            };
            MachinePorts<DirectoryMachine> borrowed{&view->reader,         &view->door,
                                                    shared->replicas,      link,
                                                    [](std::monostate) {}, ports.failed};
            auto actor = root->spawn<caf::linked>(machine_actor<DirectoryMachine>,
                                                  std::make_shared<DirectoryMachine>(config, clock),
                                                  std::move(borrowed));
            caf::send_as(actor, shared->replicas, replication::JoinGroup{accounts_group});
            shared->replicas = nullptr;  // an actor that holds another keeps it from ending
            return actor;
          }};
}

}  // namespace

std::vector<replication::ListedDirectory> listed_directories(const seal::NodeList& list) {
  std::vector<replication::ListedDirectory> found;
  for (const auto& node : list.nodes) {
    if (node.role == Role::directory) {
      found.push_back({node.id(), node.region});
    }
  }
  return found;
}

std::vector<NodeActor> directory_actors(const Membership& member, const WallClock& clock,
                                        OperatorDoor door, const DirectorySettings& settings) {
  const auto shared = std::make_shared<Shared>();
  return {replicas_actor(member, std::move(door), settings, shared),
          accounts_actor(member, clock, settings, shared)};
}

}  // namespace hearth
