#include "actors/home/home_machine.hpp"
#include "actors/runtime/placement.hpp"
#include "nodes/home/scanner.hpp"
#include "nodes/home/stream_server.hpp"
#include "nodes/roles/node_process.hpp"

#include <unistd.h>

namespace hearth::cli {

namespace {

constexpr std::size_t directories_wanted = 2;
constexpr std::size_t super_peers_wanted = 2;  // primary and standby

void show(Metrics& metrics, const home::StreamServerStats& stats) {
  metrics.set_gauge("hearth_streams_open", {}, static_cast<double>(stats.streams_open));
  for (const auto& [result, count] :
       {std::pair{"served", stats.streams_served}, std::pair{"failed", stats.streams_failed},
        std::pair{"refused", stats.streams_refused}}) {
    metrics.set_counter("hearth_streams_total", {{"result", result}}, static_cast<double>(count));
  }
  metrics.set_counter("hearth_media_bytes_total", {}, static_cast<double>(stats.media_bytes));
}

/// The machine's orders go to whoever carries them out; none of them waits.
struct HomePort {
  home::Scanner& scanner;
  home::StreamServer& streams;

  void operator()(home::StartScan order) const { scanner.start(std::move(order)); }
  void operator()(home::ContinueScan order) const { scanner.resume(order); }
  void operator()(home::ServeStream order) const { streams.serve(std::move(order)); }
  void operator()(home::EndStreams order) const { streams.end(order); }
};

home::HomeMachine::Config config_of(const HomeOptions& options, const NodeProcess& process) {
  home::HomeMachine::Config config;
  config.self = process.identity();
  config.home_name = options.name;
  for (const auto& folder : options.media) {
    config.media_folders.push_back(folder.string());
  }
  config.nodes = process.nodes();
  config.directories = choose_nodes(config.nodes, Role::directory, process.region(), config.self.id,
                                    directories_wanted);
  config.super_peers = choose_nodes(config.nodes, Role::super_peer, process.region(),
                                    config.self.id, super_peers_wanted);
  return config;
}

}  // namespace

Result<void> run_home(const HomeOptions& options, StopSignals& stop) {
  if (const auto prober = home::prober_program(); ::access(prober.c_str(), X_OK) != 0) {
    return Error{ErrorCode::not_found, "cannot run " + prober + ", which opens media files"};
  }
  auto opened = NodeProcess::open(options.node, Role::home, "home", {}, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  const auto config = config_of(options, process);

  ActorInput<home::HomeMachine> input;
  home::ScannerOptions scan;
  scan.folders = config.media_folders;
  scan.progress_bar = ::isatty(STDERR_FILENO) != 0;
  home::Scanner scanner(std::move(scan),
                        [&input](home::HomeExternal found) { input.post(std::move(found)); });
  home::StreamServer streams({});
  process.metrics().observe([&streams](Metrics& metrics) { show(metrics, streams.stats()); });

  auto machine = std::make_shared<home::HomeMachine>(config, process.clock());
  auto started = process.start({node_actor<home::HomeMachine>(
      std::move(machine),
      [port = HomePort{scanner, streams}](home::HomeCommand order) {
        std::visit([&](auto& each) { port(std::move(each)); }, order);
      },
      input.spawned())});
  if (started) {
    started = process.serve({});
  }
  process.stop();
  process.metrics().stop_observing();
  return started;
}

}  // namespace hearth::cli
