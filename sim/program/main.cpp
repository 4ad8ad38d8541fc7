// hearth-drill: rehearses disasters on virtual time. docs/drills/README.md teaches it.

#include "sim/memory.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/worker.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::sim {
namespace {

constexpr std::uint64_t seeds_max = 1'000'000;
constexpr std::uint64_t seed_max = std::uint64_t{1} << 53U;  // What any reader of JSON can hold.
constexpr std::uint64_t seconds_max = 10'000'000;

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
  if (!first || !last || *first == 0 || *last < *first || *last > seed_max ||
      *last - *first >= seeds_max) {
    return std::nullopt;
  }
  return SeedRange{*first, *last};
}

/// Left behind by the command that was parsed; called afterwards.
using Chosen = std::function<int()>;

template <class Settings>
void on(CLI::App* command, Chosen& chosen, Settings settings,
        DrillExit (*run)(const std::decay_t<decltype(*settings)>&)) {
  command->callback([&chosen, settings, run] {
    chosen = [settings, run] { return static_cast<int>(run(*settings)); };
  });
}

template <class Settings>
void add_inputs(CLI::App* command, Settings& settings) {
  command->add_option("drill", settings.drill, "A name of the list, or a file")->required();
  command->add_option("--profile", settings.profile,
                      "Service times that `calibrate` measured (default: built in)");
}

template <class Settings>
void add_seed(CLI::App* command, Settings& settings) {
  command
      ->add_option_function<std::string>(
          "--seed", [&settings](const std::string& text) { settings.seed = *number_from(text); },
          "Of the run (default: 1)")
      ->check([](const std::string& text) {
        const auto seed = number_from(text);
        return seed && *seed > 0 && *seed <= seed_max
                   ? std::string{}
                   : fmt::format("\"{}\": give a number from 1 to {}", text, seed_max);
      });
}

template <class Settings>
void add_seeds(CLI::App* command, const std::shared_ptr<Settings>& settings, const char* says) {
  command
      ->add_option_function<std::string>(
          "--seeds", [settings](const std::string& text) { settings->seeds = *seeds_from(text); },
          says)
      ->check([](const std::string& text) {
        return seeds_from(text)
                   ? std::string{}
                   : fmt::format(
                         "\"{}\": give N, or A..B with A from 1 and B to {}; at most {} seeds",
                         text, seed_max, seeds_max);
      });
}

template <class Settings>
void add_jobs(CLI::App* command, Settings& settings) {
  command->add_option("--jobs", settings.jobs, "Runs at a time, each in a process (default: 2)")
      ->check(CLI::Range(1, 1024));
}

void add_list(CLI::App& app, Chosen& chosen) {
  auto* list = app.add_subcommand("list", "All drills, and what those that cannot run wait for");
  auto json = std::make_shared<bool>(false);
  list->add_flag("--json", *json, "As JSON");
  list->callback(
      [&chosen, json] { chosen = [json] { return static_cast<int>(list_drills(*json)); }; });
}

void add_run(CLI::App& app, Chosen& chosen) {
  auto* run = app.add_subcommand("run", "Play a drill with many seeds");
  auto settings = std::make_shared<RunSettings>();
  add_inputs(run, *settings);
  add_seeds(run, settings, "N for 1 to N, or A..B (default: as the drill says)");
  add_jobs(run, *settings);
  run->add_option("--report", settings->report, "Write report.json and report.html to this folder");
  run->add_flag("--check-determinism", settings->check_determinism,
                "Play every seed twice and tell where the runs part");
  run->add_flag("--json", settings->json, "The report as JSON");
  run->add_option("--on", settings->on,
                  "Then play it on the cluster that `hearth up --drills` runs on this data folder, "
                  "and measure (seeds to predict from: at most 10 by default)");
  run->add_flag("--yes", settings->yes, "Break that cluster without being asked once more");
  on(run, chosen, settings, run_drills);
}

void add_swarm(CLI::App& app, Chosen& chosen) {
  auto* swarm = app.add_subcommand("swarm", "Play a drill of its own for every seed");
  auto settings = std::make_shared<SwarmSettings>();
  add_seeds(swarm, settings, "N for 1 to N, or A..B (default: 1 to a million)");
  add_jobs(swarm, *settings);
  swarm->add_option("--seconds", settings->seconds, "Begin no seed after so much real time")
      ->check(CLI::Range(std::uint64_t{1}, seconds_max));
  swarm->add_flag("--json", settings->json, "The summary as JSON");
  on(swarm, chosen, settings, run_swarm);
}

void add_replay(CLI::App& app, Chosen& chosen) {
  auto* replay = app.add_subcommand("replay", "Print what happens in one run, a line an event");
  auto settings = std::make_shared<ReplaySettings>();
  add_inputs(replay, *settings);
  add_seed(replay, *settings);
  replay->add_option("--node", settings->node,
                     "Only of these nodes: \"home/3\", \"home\", \"eu\", \"world\" (faults)");
  replay->add_option("--kind", settings->kind, "Only events whose kind contains this");
  on(replay, chosen, settings, replay_drill);
}

void add_shrink(CLI::App& app, Chosen& chosen) {
  auto* shrink = app.add_subcommand("shrink", "The smallest drill that fails for the same reason");
  auto settings = std::make_shared<ShrinkSettings>();
  add_inputs(shrink, *settings);
  add_seed(shrink, *settings);
  shrink->add_option("--trials", settings->trials, "Runs at most (default: 200)")
      ->check(CLI::Range(1, 1'000'000));
  shrink->add_option("-o,--output", settings->output, "Write the drill to this file");
  on(shrink, chosen, settings, shrink_drill);
}

void add_report(CLI::App& app, Chosen& chosen) {
  auto* report = app.add_subcommand("report", "Make report.html again from a report.json");
  auto settings = std::make_shared<ReportSettings>();
  report->add_option("file", settings->file, "A report.json, or what run --json printed")
      ->required();
  report->add_option("-o,--output", settings->output, "A folder (default: that of the file)");
  on(report, chosen, settings, make_page);
}

void add_calibrate(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("calibrate", "Measure what messages and syncs cost here");
  auto settings = std::make_shared<CalibrateSettings>();
  command->add_option("-o,--output", settings->output,
                      "Write the profile to this file, and measure its disk (default: "
                      "$XDG_DATA_HOME/hearth/drill-profile.toml)");
  on(command, chosen, settings, calibrate);
}

/// By which this program starts itself: worker.hpp.
void add_work(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("work")->group("");
  auto seed = std::make_shared<std::uint64_t>(1);
  auto lines_from = std::make_shared<std::optional<std::uint64_t>>();
  command->add_option("--seed", *seed);
  command->add_option("--lines-from", *lines_from);
  command->callback([&chosen, seed, lines_from] {
    chosen = [seed, lines_from] { return work(*seed, *lines_from); };
  });
}

int run(int argc, char** argv) {
  CLI::App app{"Rehearse disasters, on virtual time or on a running cluster", "hearth drill"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "hearth " HEARTH_VERSION);
  app.footer(
      "Exit codes: 0 held, 1 an objective or promise failed, 2 a wrong drill, file or "
      "option, 130 interrupted.");
  Chosen chosen;
  for (const auto add : {add_list, add_run, add_replay, add_shrink, add_report, add_calibrate,
                         add_swarm, add_work}) {
    add(app, chosen);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return app.exit(error);  // --help and --version
    }
    fmt::print(stderr, "hearth: {}; see --help\n", error.what());
    return static_cast<int>(DrillExit::usage);
  }
  return chosen();
}

}  // namespace
}  // namespace hearth::sim

int main(int argc, char** argv) {
  hearth::sim::keep_freed_memory();
  std::signal(SIGPIPE, SIG_DFL);  // `| head` ends it, even where who started it had other ideas.
  return hearth::sim::run(argc, argv);
}
