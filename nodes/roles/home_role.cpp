#include "actors/roles/roles.hpp"
#include "nodes/home/scanner.hpp"
#include "nodes/home/stream_server.hpp"
#include "nodes/roles/node_process.hpp"
#include "nodes/support/logging.hpp"

#include <unistd.h>

namespace hearth::cli {

namespace {

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
  void operator()(const home::RaiseAlarm& order) const {
    logs::error("account.alarm",
                "the account's history cannot be trusted: nothing new is, those known are served; "
                "compare `hearth account show` on your devices and tell the operator",
                {{"error", std::string(name_of(order.why.code))}, {"detail", order.why.detail}});
  }
};

HomeSettings settings_of(const HomeOptions& options) {
  HomeSettings settings{options.name, {}};
  for (const auto& folder : options.media) {
    settings.media_folders.push_back(folder.string());
  }
  return settings;
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
  const auto settings = settings_of(options);

  ActorInput<home::HomeMachine> input;
  home::ScannerOptions scan;
  scan.folders = settings.media_folders;
  scan.progress_bar = ::isatty(STDERR_FILENO) != 0;
  home::Scanner scanner(std::move(scan),
                        [&input](home::HomeExternal found) { input.post(std::move(found)); });
  home::StreamServer streams({});
  process.metrics().observe([&streams](Metrics& metrics) { show(metrics, streams.stats()); });

  auto started =
      process.start({home_actor(process.membership(), settings, process.clock(),
                                {[port = HomePort{scanner, streams}](home::HomeCommand order) {
                                   std::visit([&](auto& each) { port(std::move(each)); }, order);
                                 },
                                 input.spawned()})});
  if (started) {
    started = process.serve({});
  }
  process.stop();
  process.metrics().stop_observing();
  return started;
}

}  // namespace hearth::cli
