#include "actors/replication/replicas.hpp"
#include "actors/roles/roles.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace hearth {

namespace {

using directory::DirectoryMachine;
using replication::GroupView;

/// More of them make every commit wait for more, and lose nothing less.
constexpr std::size_t voters_max = 9;

std::vector<NodeId> directories_of(const seal::NodeList& list) {
  std::vector<NodeId> found;
  for (const auto& node : list.nodes) {
    if (node.role == Role::directory) {
      found.push_back(node.id());
    }
  }
  return found;
}

replication::Configuration first_configuration(const std::vector<NodeId>& directories) {
  replication::Configuration first;
  const auto count = std::min(directories.size(), replication::Configuration::members_max);
  for (std::size_t i = 0; i < count; ++i) {
    first.members.push_back({directories[i], i < voters_max, static_cast<std::uint8_t>(count - i)});
  }
  return first;
}

/// What the two actors of a directory share.
struct Shared {
  std::shared_ptr<GroupView> view;
  caf::actor replicas;
};

NodeActor replicas_actor(const Membership& member, const DirectorySettings& settings,
                         std::shared_ptr<Shared> shared) {
  auto first = first_configuration(directories_of(member.nodes));
  return {"replicas",
          [self = member.self.id, first = std::move(first), options = settings.group,
           shared = std::move(shared)](caf::event_based_actor* root, const NodePorts& ports,
                                       const caf::actor& writer, const caf::actor& link) {
            auto borrowed = std::make_shared<replication::ReplicasPorts>();
            borrowed->self = self;
            shared->view = std::make_shared<GroupView>(accounts_group, *ports.log);
            borrowed->groups = {{accounts_group, first, shared->view}};
            borrowed->options = options;
            borrowed->log = ports.log;
            borrowed->writer = writer;
            borrowed->link = link;
            borrowed->failed = ports.failed;
            shared->replicas = root->spawn<caf::linked>(replication::replicas, std::move(borrowed));
            return shared->replicas;
          }};
}

NodeActor accounts_actor(const Membership& member, const WallClock& clock,
                         const DirectorySettings& settings, std::shared_ptr<Shared> shared) {
  DirectoryMachine::Config config;
  config.self = member.self;
  config.others = directories_of(member.nodes);
  std::erase(config.others, member.self.id);
  config.accounts_held = settings.accounts_held;
  return {DirectoryMachine::name,
          [config, &clock, shared = std::move(shared)](
              caf::event_based_actor* root, const NodePorts& ports, const caf::actor& /*writer*/,
              const caf::actor& link) mutable {
            const auto view = shared->view;
            config.recent_since = [view] { return view->recent_since(); };
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

std::vector<NodeActor> directory_actors(const Membership& member, const WallClock& clock,
                                        const DirectorySettings& settings) {
  const auto shared = std::make_shared<Shared>();
  return {replicas_actor(member, settings, shared),
          accounts_actor(member, clock, settings, shared)};
}

}  // namespace hearth
