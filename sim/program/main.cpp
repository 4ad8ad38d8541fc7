// hearth-drill: rehearses disasters on virtual time. docs/drills/README.md teaches it.

#include "sim/program/drill_commands.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace hearth::sim;

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

/// "N" is 1 to N, "A..B" is that.
std::optional<SeedRange> seeds_from(const std::string& text) {
  const auto dots = text.find("..");
  const auto first = dots == std::string::npos
                         ? std::optional<std::uint64_t>(1)
                         : number_from(std::string_view(text).substr(0, dots));
  const auto last =
      number_from(std::string_view(text).substr(dots == std::string::npos ? 0 : dots + 2));
  if (!first || !last || *first == 0 || *last < *first) {
    return std::nullopt;
  }
  return SeedRange{*first, *last};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Rehearse disasters on virtual time", "hearth drill"};
  app.require_subcommand(1);

  bool list_json = false;
  auto* list = app.add_subcommand("list", "All drills, and what those that cannot run wait for");
  list->add_flag("--json", list_json, "As JSON");

  RunSettings run_settings;
  std::string seeds;
  auto* run = app.add_subcommand("run", "Play a drill with many seeds");
  run->add_option("drill", run_settings.drill, "A name of the list, or a file")->required();
  run->add_option("--seeds", seeds, "N for 1 to N, or A..B (default: as the drill says)");
  run->add_option("--report", run_settings.report, "Write report.json and report.html there");
  run->add_flag("--check-determinism", run_settings.check_determinism,
                "Play every seed twice and tell where the runs part");
  run->add_flag("--json", run_settings.json, "The report as JSON");

  ReplaySettings replay_settings;
  auto* replay = app.add_subcommand("replay", "Print what happens in one run, a line an event");
  replay->add_option("drill", replay_settings.drill, "A name of the list, or a file")->required();
  replay->add_option("--seed", replay_settings.seed, "Of the run");
  replay->add_option("--node", replay_settings.node, "Only of nodes whose name contains this");
  replay->add_option("--kind", replay_settings.kind, "Only events whose kind contains this");

  ShrinkSettings shrink_settings;
  auto* shrink = app.add_subcommand("shrink", "The smallest drill that fails for the same reason");
  shrink->add_option("drill", shrink_settings.drill, "A name of the list, or a file")->required();
  shrink->add_option("--seed", shrink_settings.seed, "Of the run that failed");
  shrink->add_option("--trials", shrink_settings.trials, "Runs at most");

  CLI11_PARSE(app, argc, argv);
  if (list->parsed()) {
    return list_drills(list_json);
  }
  if (replay->parsed()) {
    return replay_drill(replay_settings);
  }
  if (shrink->parsed()) {
    return shrink_drill(shrink_settings);
  }
  if (!seeds.empty()) {
    const auto range = seeds_from(seeds);
    if (!range) {
      fmt::print(stderr, "hearth: --seeds {}: give N, or A..B with A from 1\n", seeds);
      return 2;
    }
    run_settings.seeds = *range;
  }
  return run_drills(run_settings);
}
