#include "messages/base/probe.hpp"
#include "sim/drill/report.hpp"
#include "sim/drill/words.hpp"
#include "sim/program/divergence.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/inputs.hpp"
#include "sim/program/places.hpp"
#include "sim/program/progress.hpp"
#include "sim/program/workers.hpp"
#include "sim/run/drill_run.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace hearth::sim {
namespace {

constexpr std::size_t failures_told_max = 10;

/// All runs of one command.
class Rehearsal final {
 public:
  Rehearsal(const RunSettings& settings, drill::Drill drill, drill::Profile profile)
      : settings_(settings), drill_(std::move(drill)), profile_(std::move(profile)) {
    const auto last = settings.seeds.last == 0 ? drill_.sim.seeds : settings.seeds.last;
    for (auto seed = settings.seeds.first; seed <= last; ++seed) {
      orders_.insert(orders_.end(), copies(), WorkOrder{drill_, profile_, seed});
    }
    results_.resize(orders_.size());
  }

  /// Errors: as of `sim::play`; what ended before stays.
  Result<void> play() {
    const Progress progress("seeds", orders_.size() / copies());
    const auto show = [this, &progress] {
      progress.show(ended_ / copies(), fmt::format("{} failed", failed_ / copies()));
    };
    show();
    auto played = sim::play(
        orders_, settings_.jobs,
        [this](std::size_t order, WorkResult result) { keep(order, std::move(result)); }, show);
    wall_time_ = progress.elapsed();
    return played;
  }

  /// Nothing: no run ended.
  std::optional<drill::Report> report() {
    drill::ReportInput input;
    for (std::size_t i = 0; i < results_.size(); i += copies()) {
      if (results_[i]) {
        input.runs.push_back(results_[i]->outcome);
      }
    }
    if (input.runs.empty()) {
      return std::nullopt;
    }
    input.drill = drill_;
    input.source = settings_.drill;
    input.build = HEARTH_VERSION;
    input.profile = profile_.name;
    input.checked = checked_promises();
    for (const auto& probe : probe_counts()) {
      input.known_coverage.emplace_back(probe.text);
    }
    input.wall_time = std::chrono::duration_cast<Millis>(wall_time_);
    return drill::make_report(std::move(input));
  }

  /// Whether both runs of every seed were the same; says where they part.
  [[nodiscard]] bool is_deterministic() const {
    bool same = true;
    for (std::size_t i = 0; copies() == 2 && i < results_.size(); i += 2) {
      if (results_[i] && results_[i + 1]) {
        same = are_the_same(orders_[i], *results_[i], *results_[i + 1]) && same;
      }
    }
    return same;
  }

  [[nodiscard]] std::size_t seeds() const { return orders_.size() / copies(); }

 private:
  [[nodiscard]] std::size_t copies() const { return settings_.check_determinism ? 2 : 1; }

  void keep(std::size_t order, WorkResult result) {
    ++ended_;
    failed_ += drill::verdict_of(drill_, result.outcome) == drill::Verdict::failed ? 1 : 0;
    results_[order] = std::move(result);
  }

  const RunSettings& settings_;
  drill::Drill drill_;
  drill::Profile profile_;
  std::vector<WorkOrder> orders_;  ///< By seed; with `check_determinism` each twice.
  std::vector<std::optional<WorkResult>> results_;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::chrono::milliseconds wall_time_{0};
};

bool write_report(const drill::Report& report, const std::filesystem::path& folder) {
  return write_file(folder / "report.json", drill::to_json(report)) &&
         write_file(folder / "report.html", drill::to_html(report));
}

void tell_objectives(const drill::Report& report) {
  for (const auto& result : report.objectives) {
    const auto text = [&result](std::optional<double> value) {
      return value ? drill::value_text(result.unit, *value) : std::string("never");
    };
    const auto goal =
        result.objective
            ? fmt::format("{} {}", result.side == drill::Side::at_most ? "at most" : "at least",
                          text(result.objective))
            : std::string("-");
    if (result.predicted.runs() > 0) {
      fmt::print("  {:<32} P50 {:<10} P95 {:<10} worst {:<10} goal {}\n", result.says,
                 text(result.predicted.percentile(50)), text(result.predicted.percentile(95)),
                 text(result.predicted.worst()), goal);
    }
  }
}

void tell_failure(const drill::Report& report, const drill::RunOutcome& run) {
  fmt::print("  seed {}: {}\n", run.seed, drill::failures_of(report.input.drill, run).front());
  if (!run.violations.empty()) {
    const auto& one = run.violations.front();
    fmt::print("    {} at {}, {}: {}\n", one.promise, drill::spoken(one.at), one.node, one.message);
  }
  fmt::print("    {}\n", drill::replay_command(report.input.source, run.seed));
}

void tell(const drill::Report& report) {
  const auto& runs = report.input.runs;
  fmt::print("{}: {}, {} of {} seeds\n", report.input.drill.name, drill::name_of(report.verdict),
             runs.size() - report.failed_runs(), runs.size());
  tell_objectives(report);
  std::size_t told = 0;
  for (std::size_t i = 0; i < runs.size() && told < failures_told_max; ++i) {
    if (report.verdicts[i] == drill::Verdict::failed) {
      tell_failure(report, runs[i]);
      ++told;
    }
  }
  if (report.failed_runs() > told) {
    fmt::print("  and {} more; --report or --json has all\n", report.failed_runs() - told);
  }
}

}  // namespace

DrillExit run_drills(const RunSettings& settings) {
  auto drill = load_drill(settings.drill);
  auto profile = load_profile(settings.profile);
  // Before hours of runs, not after them.
  if (!drill || !profile || !(settings.report.empty() || make_folder(settings.report))) {
    return DrillExit::usage;
  }
  Rehearsal rehearsal(settings, std::move(*drill), std::move(*profile));
  const auto played = rehearsal.play();
  const auto report = rehearsal.report();
  if (!played) {
    say(fmt::format("{} after {} of {} seeds", played.error().detail,
                    report ? report->input.runs.size() : 0, rehearsal.seeds()));
  }
  const bool deterministic = rehearsal.is_deterministic();
  bool written = true;
  if (report) {
    settings.json ? fmt::print("{}\n", drill::to_json(*report)) : tell(*report);
    written = settings.report.empty() || write_report(*report, settings.report);
  }
  if (!played && played.error().code == ErrorCode::stopping) {
    return DrillExit::interrupted;
  }
  const bool held = report && report->verdict == drill::Verdict::held;
  return played && held && deterministic && written ? DrillExit::held : DrillExit::failed;
}

}  // namespace hearth::sim
