#include "bench/sim_bench_stack.hpp"

#include "messages/seal/identity.hpp"

#include <utility>

namespace hearth::bench {

namespace {

/// A client's node has five actors, a home's four.
constexpr std::uint32_t households = 111;

}  // namespace

sim::WorldOptions Stack::options() {
  sim::WorldOptions options;
  options.topology.regions = {"eu"};
  options.topology.homes = households;
  options.topology.clients = households;
  options.files_per_home = 1;
  options.real_seal = false;
  options.limits.link.sessions_per_source = households;
  return options;
}

bool Stack::begin() {
  world_.boot_all();
  for (const auto& household : world_.households()) {
    auto& manager = *household.clients.front();
    manager.client()->send(
        {++command_last_, client::CreateAccount{household.account,
                                                household.recovery.keys.signing,
                                                {manager.member().self.keys,
                                                 directory::DeviceKind::manager, manager.name()}}});
  }
  return world_.run_until(world_.engine().now() + std::chrono::minutes(1),
                          [this] { return answered_ > 2 * households; });
}

std::uint64_t Stack::envelopes() {
  std::uint64_t sum = 0;
  for (const auto& node : world_.nodes()) {
    sum += node->link_counters().of(link::LinkCount::envelopes);
  }
  return sum;
}

void Stack::command_answered(const NodeId& client, const client::AccountAnswer&) {
  ++answered_;
  send(client);
}

void Stack::send(const NodeId& client) {
  auto& manager = *world_.find(client)->client();
  if (!durable_) {
    manager.send({++command_last_, client::ListDevices{}});
  } else if (const auto spare = spares_.extract(client)) {
    manager.send({++command_last_, client::RevokeDevice{spare.mapped()}});
  } else {
    const auto device = seal::Identity::generate();
    spares_.emplace(client, device.id);
    manager.send({++command_last_,
                  client::EnrolDevice{{device.keys, directory::DeviceKind::player, "spare"}}});
  }
}

}  // namespace hearth::bench
