#include "sim/program/live.hpp"

#include "nodes/drill/live_run.hpp"
#include "sim/drill/words.hpp"
#include "sim/program/places.hpp"
#include "sim/program/stop_signals.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace hearth::sim {
namespace {

/// Somebody has to want it: on a terminal, or by `--yes`.
bool is_approved(const RunSettings& settings, const drill::Drill& drill) {
  if (settings.yes || drill.live.approval == drill::Approval::none) {
    return true;
  }
  if (::isatty(STDIN_FILENO) == 0) {
    say(fmt::format("{} wants approval before it is run live: give --yes, or run it on a terminal",
                    drill.name));
    return false;
  }
  fmt::print(stderr, "{} breaks the cluster in {} on purpose: {}\nGo on? [y/N] ", drill.name,
             settings.on, drill.says);
  const int answer = std::getchar();
  if (answer != 'y' && answer != 'Y') {
    say("nothing was done");
    return false;
  }
  return true;
}

}  // namespace

std::optional<LiveTarget> live_target(const RunSettings& settings, const drill::Drill& drill) {
  LiveTarget target;
  target.cluster = drill::orders_to(settings.on);
  const auto status = drill::status_of(target.cluster);
  if (!status) {
    say(status.error().detail);
    return std::nullopt;
  }
  auto plan = drill::plan_live(drill, status.value());
  if (!plan) {
    say(fmt::format("{} cannot run on {}: {}", settings.drill, settings.on, plan.error().detail));
    return std::nullopt;
  }
  target.plan = std::move(plan.value());
  return is_approved(settings, drill) ? std::optional(std::move(target)) : std::nullopt;
}

LiveRuns play_live(const LiveTarget& target) {
  const StopSignals signals;
  LiveRuns runs;
  for (std::uint32_t i = 1; i <= target.plan.drill.live.repeats; ++i) {
    const drill::LiveSetting setting{
        target.plan, target.cluster, i, [&signals] { return signals.came(); },
        [i](Millis at, const std::string& line) {
          fmt::print(stderr, "live run {}, {}: {}\n", i, drill::spoken(at), line);
        }};
    runs.outcomes.push_back(drill::run_live(setting));
    runs.interrupted = signals.came();
    if (runs.outcomes.back().aborted) {
      break;
    }
  }
  return runs;
}

}  // namespace hearth::sim
