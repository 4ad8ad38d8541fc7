#include "sim/drill/outcome.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/inputs.hpp"
#include "sim/program/places.hpp"
#include "sim/program/transcript.hpp"
#include "sim/run/drill_run.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <string>

namespace hearth::sim {
namespace {

/// `part` is whole words of the path: "home/1" is not in "home/12".
bool names(const std::string& part, std::string_view node) {
  return part.empty() ||
         fmt::format("/{}/", node).find(fmt::format("/{}/", part)) != std::string::npos;
}

}  // namespace

DrillExit replay_drill(const ReplaySettings& settings) {
  const auto drill = load_drill(settings.drill);
  const auto profile = load_profile(settings.profile);
  if (!drill || !profile) {
    return DrillExit::usage;
  }
  // A run that aborts takes with it what was not written yet.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  fmt::print("{}\n", transcript_head());
  std::uint64_t shown = 0;
  bool node_fits = false;
  bool kind_fits = false;
  std::set<std::string> nodes;
  const auto print = [&](const Trace::Line& line) {
    nodes.emplace(line.node);
    node_fits = node_fits || names(settings.node, line.node);
    kind_fits = kind_fits || line.kind.find(settings.kind) != std::string::npos;
    if (names(settings.node, line.node) && line.kind.find(settings.kind) != std::string::npos) {
      fmt::print("{}\n", transcript_line(line));
      ++shown;
    }
  };
  const auto run = run_drill(*drill, settings.seed, *profile, print);
  if (!node_fits) {
    say(fmt::format("no node is \"{}\": there are {}", settings.node, fmt::join(nodes, ", ")));
    return DrillExit::usage;
  }
  if (!kind_fits) {
    say(fmt::format("no event is of a kind with \"{}\" in its name", settings.kind));
    return DrillExit::usage;
  }
  const auto failures = drill::failures_of(*drill, run.outcome);
  say(fmt::format("seed {} {}; {} events shown, trace hash {:016x}", settings.seed,
                  failures.empty() ? "held" : fmt::format("failed: {}", fmt::join(failures, "; ")),
                  shown, run.outcome.trace_hash));
  return failures.empty() ? DrillExit::held : DrillExit::failed;
}

}  // namespace hearth::sim
