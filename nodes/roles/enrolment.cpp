#include "nodes/roles/enrolment.hpp"

#include "actors/client/enrolment_machine.hpp"
#include "actors/runtime/placement.hpp"
#include "actors/runtime/wiring.hpp"
#include "messages/seal/random.hpp"
#include "nodes/link/tcp_link.hpp"
#include "nodes/roles/actor_system.hpp"
#include "nodes/roles/system_clock.hpp"

#include <caf/scoped_actor.hpp>

#include <future>
#include <memory>

namespace hearth::cli {

namespace {

using client::EnrolmentMachine;

LinkMaker link_of(const seal::Identity& owner, const seal::NodeList& nodes,
                  const WallClock& clock) {
  TcpLinkOptions tcp;
  tcp.link.self = {owner, Role::client, {}};
  tcp.link.nodes = nodes;
  tcp.link.seed = seal::random_u64();
  tcp.wall = &clock;
  return tcp_link_maker(std::move(tcp));
}

}  // namespace

Result<void> enrol_household(const Household& household, const seal::NodeList& node_list,
                             Millis budget) {
  const auto& owner = household.owner;
  auto directories = choose_nodes(node_list, Role::directory, {}, owner.id, node_list.nodes.size());
  const directory::Device own_device{owner.keys, directory::DeviceKind::manager,
                                     household.owner_name};
  auto machine = std::make_shared<EnrolmentMachine>(
      owner.id, std::move(directories),
      EnrolmentMachine::Household{household.account, own_device, household.devices});

  // Shared: a late answer may come when this function has given up.
  auto ended = std::make_shared<std::promise<Result<void>>>();
  auto outcome = ended->get_future();
  SystemClock clock;
  SystemConfig config;
  caf::actor_system system{config};
  NodePorts ports;
  ports.link = link_of(owner, node_list, clock);
  auto root =
      spawn_node(system, std::move(ports),
                 {node_actor<EnrolmentMachine>(
                     std::move(machine),
                     [ended](const EnrolmentMachine::Ended& end) { ended->set_value(end.outcome); },
                     [](const caf::actor&) {})});
  const bool in_time = outcome.wait_for(budget) == std::future_status::ready;
  {
    caf::scoped_actor self{system};
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    self->wait_for(root);
  }
  root = nullptr;
  return in_time ? outcome.get() : Error{ErrorCode::unreachable, "no directory answered in time"};
}

}  // namespace hearth::cli
