#include "bench/directory_bench_links.hpp"

#include "actors/runtime/wiring.hpp"
#include "messages/seal/random.hpp"
#include "nodes/link/tcp_link.hpp"

#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <utility>

namespace hearth::bench {

namespace {

struct TimeOfDay final : WallClock {
  [[nodiscard]] WallTime now() const override {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  }
};
const TimeOfDay time_of_day;

}  // namespace

BenchSystemConfig::BenchSystemConfig() {
  load<caf::io::middleman>();
  set("scheduler.max-threads", std::size_t{2});
  set("scheduler.policy", caf::atom("sharing"));  // as nodes do: no processor is lost to polling
}

BenchLink::BenchLink(caf::actor_system& system, const seal::Identity& device,
                     const NodeId& directory, const seal::NodeList& nodes)
    : system_(system), device_(device.id), directory_(directory) {
  TcpLinkOptions tcp;
  tcp.link.self = {device, Role::client, {}};
  tcp.link.nodes = nodes;
  tcp.link.seed = seal::random_u64();
  tcp.wall = &time_of_day;
  NodePorts ports;
  ports.link = tcp_link_maker(std::move(tcp));
  ports.failed = [](const Error&) {};
  root_ = spawn_node(
      system_, std::move(ports),
      {node_actor<LoadMachine>(
          std::make_shared<LoadMachine>(directory),
          [this](Outcome outcome) { outcome_.set_value(std::move(outcome)); }, input_.spawned())});
}

BenchLink::~BenchLink() {
  caf::scoped_actor self{system_};
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  self->wait_for(root_);
}

std::future<Outcome> BenchLink::begin(Load load) {
  outcome_ = {};
  auto outcome = outcome_.get_future();
  input_.post(std::move(load));
  return outcome;
}

}  // namespace hearth::bench
