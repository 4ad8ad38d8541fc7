#include "sim/program/drill_commands.hpp"

#include "sim/drill/catalogue.hpp"
#include "sim/drill/report.hpp"
#include "sim/drill/shrink.hpp"
#include "sim/drill/writer.hpp"
#include "sim/run/drill_run.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <vector>

namespace hearth::sim {

namespace {

const std::vector<std::filesystem::path> folders{HEARTH_DRILLS};

void say(const std::string& line) {
  fmt::print(stderr, "hearth: {}\n", line);
}

/// Nothing: it was said why.
std::optional<drill::Drill> load(const std::string& name) {
  auto loaded = drill::load_drill(name, folders);
  if (!loaded) {
    say(loaded.error().detail);
    return std::nullopt;
  }
  if (!loaded.value().runnable()) {
    say(fmt::format("{} cannot run yet: it waits for {}", name,
                    fmt::join(loaded.value().waits_for, ", ")));
    return std::nullopt;
  }
  return std::move(loaded.value());
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    say(fmt::format("cannot write {}", path.string()));
  }
  return static_cast<bool>(file);
}

bool write_report(const drill::Report& report, const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  return write_file(folder / "report.json", drill::to_json(report)) &&
         write_file(folder / "report.html", drill::to_html(report));
}

std::string line_of(const Trace::Line& line) {
  const auto ms = std::chrono::duration_cast<Millis>(line.at.time_since_epoch()).count();
  return fmt::format("{:>9} {:>10}.{:03} {:<20} {:<10} {:<18} {}", line.number, ms / 1000,
                     ms % 1000, line.node, line.actor, line.kind,
                     line.detail != nullptr ? (*line.detail)() : std::string{});
}

/// The number of the first event that two runs do not share, and what it was in each.
void tell_divergence(const drill::Drill& drill, std::uint64_t seed,
                     const std::vector<std::uint64_t>& first,
                     const std::vector<std::uint64_t>& second) {
  // Marks are hashes of all before: the first that differs is found by halves.
  const auto differs = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  const auto from = static_cast<std::uint64_t>(differs.first - first.begin()) * Trace::mark_every;
  std::vector<std::string> lines[2];
  for (auto& each : lines) {
    const auto keep = [&each, from](const Trace::Line& line) {
      if (line.number < from + Trace::mark_every) {
        each.push_back(line_of(line));
      }
    };
    static_cast<void>(run_drill(drill, seed, keep, from));
  }
  const auto at = std::mismatch(lines[0].begin(), lines[0].end(), lines[1].begin(), lines[1].end());
  say(fmt::format("seed {} is not deterministic; the runs part at\n  {}\n  {}", seed,
                  at.first == lines[0].end() ? "(the end)" : *at.first,
                  at.second == lines[1].end() ? "(the end)" : *at.second));
}

bool is_deterministic(const drill::Drill& drill, std::uint64_t seed, const DrillRun& run) {
  const auto again = run_drill(drill, seed);
  if (again.outcome.trace_hash == run.outcome.trace_hash) {
    return true;
  }
  tell_divergence(drill, seed, run.trace_marks, again.trace_marks);
  return false;
}

void tell(const drill::Report& report) {
  const auto& drill = report.input.drill;
  fmt::print("{}: {}, {} of {} seeds\n", drill.name, drill::name_of(report.verdict),
             report.input.runs.size() - report.failed_runs(), report.input.runs.size());
  for (std::size_t i = 0; i < report.input.runs.size(); ++i) {
    if (report.verdicts[i] == drill::Verdict::held) {
      continue;
    }
    const auto& run = report.input.runs[i];
    fmt::print("  seed {}: {}\n", run.seed, drill::failures_of(drill, run).front());
    if (!run.violations.empty()) {
      const auto& one = run.violations.front();
      fmt::print("    {} at {} ms, {}: {}\n", one.promise, one.at.count(), one.node, one.message);
    }
    fmt::print("    {}\n", drill::replay_command(report.input.source, run.seed));
  }
}

}  // namespace

int list_drills(bool json) {
  const auto drills = drill::list_drills(folders);
  if (json) {
    fmt::print("{}\n", drill::to_json(drills));
    return 0;
  }
  for (const auto& each : drills) {
    fmt::print("{:<30} {}\n", each.name,
               each.runnable ? each.says : fmt::format("waits for {}", each.waits_for));
  }
  return 0;
}

int run_drills(const RunSettings& settings) {
  const auto drill = load(settings.drill);
  if (!drill) {
    return 2;
  }
  drill::ReportInput input;
  input.drill = *drill;
  input.source = settings.drill;
  input.build = HEARTH_VERSION;
  input.profile = "built in";
  input.checked = checked_promises();
  bool deterministic = true;
  const auto last = settings.seeds.last == 0 ? drill->sim.seeds : settings.seeds.last;
  for (auto seed = settings.seeds.first; seed <= last; ++seed) {
    auto run = run_drill(*drill, seed);
    if (settings.check_determinism) {
      deterministic = is_deterministic(*drill, seed, run) && deterministic;
    }
    input.runs.push_back(std::move(run.outcome));
  }
  const auto report = drill::make_report(std::move(input));
  if (settings.json) {
    fmt::print("{}\n", drill::to_json(report));
  } else {
    tell(report);
  }
  if (!settings.report.empty() && !write_report(report, settings.report)) {
    return 1;
  }
  return report.verdict == drill::Verdict::held && deterministic ? 0 : 1;
}

int replay_drill(const ReplaySettings& settings) {
  const auto drill = load(settings.drill);
  if (!drill) {
    return 2;
  }
  const auto print = [&settings](const Trace::Line& line) {
    if (line.node.find(settings.node) != std::string_view::npos &&
        line.kind.find(settings.kind) != std::string_view::npos) {
      fmt::print("{}\n", line_of(line));
    }
  };
  const auto run = run_drill(*drill, settings.seed, print);
  return drill::verdict_of(*drill, run.outcome) == drill::Verdict::held ? 0 : 1;
}

int shrink_drill(const ShrinkSettings& settings) {
  const auto drill = load(settings.drill);
  if (!drill) {
    return 2;
  }
  const auto trial = [&settings](const drill::Drill& one) -> std::optional<std::string> {
    const auto failures = drill::failures_of(one, run_drill(one, settings.seed).outcome);
    return failures.empty() ? std::nullopt : std::optional(failures.front());
  };
  drill::ShrinkOptions options;
  options.trials_max = settings.trials;
  const auto shrunk = drill::shrink(*drill, trial, options);
  if (shrunk.reason.empty()) {
    say(fmt::format("{} holds with seed {}: there is nothing to shrink", settings.drill,
                    settings.seed));
    return 1;
  }
  fmt::print("# fails: {}\n{}", shrunk.reason, drill::to_toml(shrunk.drill));
  return 0;
}

}  // namespace hearth::sim
