#include "actors/roles/roles.hpp"
#include "nodes/link/socket.hpp"
#include "nodes/relay/splice_engine.hpp"
#include "nodes/roles/node_process.hpp"
#include "nodes/support/descriptors.hpp"

namespace hearth::cli {

namespace {

void show(Metrics& metrics, const SpliceCounters& counters) {
  metrics.set_gauge("hearth_splice_active", {}, static_cast<double>(counters.pairs.load()));
  metrics.set_counter("hearth_splice_bytes_total", {{"direction", "to_client"}},
                      static_cast<double>(counters.bytes_to_clients.load()));
  metrics.set_counter("hearth_splice_bytes_total", {{"direction", "to_home"}},
                      static_cast<double>(counters.bytes_to_homes.load()));
  metrics.set_counter("hearth_link_rejected_total", {{"reason", "data_preface"}},
                      static_cast<double>(counters.rejected.load()));
  metrics.set_gauge("hearth_data_connections", {},
                    static_cast<double>(counters.connections.load()));
  metrics.set_gauge("hearth_data_connections_unproven", {},
                    static_cast<double>(counters.unproven.load()));
}

}  // namespace

Result<void> run_super_peer(const SuperPeerOptions& options, StopSignals& stop) {
  auto opened =
      NodeProcess::open(options.node, Role::super_peer, "super-peer", options.listen, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  std::vector<UniqueFd> listeners;
  std::vector<seal::Endpoint> bound;
  for (const auto& endpoint : options.data_listen) {
    auto listener = listen_on(endpoint.host, endpoint.port);
    if (!listener) {
      return listener.error();
    }
    auto address = local_endpoint(listener.value().get());
    if (!address) {
      return address.error();
    }
    bound.push_back(std::move(address.value()));
    listeners.push_back(std::move(listener.value()));
  }
  ActorInput<relay::RelayMachine> input;
  auto engine =
      SpliceEngine::start(std::move(listeners), fitting({}, descriptor_limit()),
                          [&input](relay::RelayExternal event) { input.post(std::move(event)); });
  if (!engine) {
    return engine.error();
  }
  process.metrics().observe(
      [&counters = engine.value()->counters()](Metrics& metrics) { show(metrics, counters); });
  auto started = process.start({super_peer_actor(
      process.membership(), process.clock(),
      {[&splice = *engine.value()](relay::RelayCommand order) { splice.order(std::move(order)); },
       input.spawned()})});
  if (started) {
    started = process.serve(bound);
  }
  engine.value()->stop();
  process.stop();
  process.metrics().stop_observing();
  return started;
}

}  // namespace hearth::cli
