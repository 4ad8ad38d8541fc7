#include "messages/base/probe.hpp"
#include "sim/drill/report.hpp"
#include "sim/program/divergence.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/inputs.hpp"
#include "sim/program/live.hpp"
#include "sim/program/places.hpp"
#include "sim/program/progress.hpp"
#include "sim/program/report_text.hpp"
#include "sim/program/workers.hpp"
#include "sim/run/drill_run.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace hearth::sim {
namespace {

/// Of a drill that is to be run live: the prediction beside what will be measured.
constexpr std::uint64_t seeds_before_live = 10;
/// An order holds the whole drill: so many a job are made at a time.
constexpr std::size_t orders_at_a_time = 64;

std::uint64_t last_seed(const RunSettings& settings, const drill::Drill& drill) {
  if (settings.seeds.last != 0) {
    return settings.seeds.last;
  }
  return settings.on.empty() ? drill.sim.seeds : std::min(drill.sim.seeds, seeds_before_live);
}

/// All runs of one command.
class Rehearsal final {
 public:
  Rehearsal(const RunSettings& settings, drill::Drill drill, drill::Profile profile)
      : settings_(settings), drill_(std::move(drill)), profile_(std::move(profile)) {
    const auto seeds = last_seed(settings, drill_) - settings.seeds.first + 1;
    results_.resize(seeds * copies());
  }

  /// Errors: as of `sim::play`; what ended before stays.
  Result<void> play() {
    const Progress progress("seeds", seeds());
    const auto show = [this, &progress] {
      progress.show(ended_ / copies(), fmt::format("{} failed", failed_ / copies()));
    };
    show();
    Result<void> played;
    for (std::size_t from = 0; played && from < results_.size();) {
      std::vector<WorkOrder> orders;
      const auto end = std::min(from + orders_at_a_time * settings_.jobs, results_.size());
      for (auto i = from; i < end; ++i) {
        orders.push_back(order_of(i));
      }
      played = sim::play(
          orders, settings_.jobs,
          [this, from](std::size_t order, WorkResult result) {
            keep(from + order, std::move(result));
          },
          show);
      from = end;
    }
    wall_time_ = progress.elapsed();
    return played;
  }

  /// Nothing: no run ended. `live`: what was measured on a cluster.
  std::optional<drill::Report> report(std::vector<drill::RunOutcome> live) {
    drill::ReportInput input;
    input.live = std::move(live);
    for (std::size_t i = 0; i < results_.size(); i += copies()) {
      if (results_[i]) {
        input.runs.push_back(results_[i]->outcome);
      }
    }
    if (input.runs.empty()) {
      return std::nullopt;
    }
    input.drill = drill_;
    input.source = drill::quoted(settings_.drill);
    if (!settings_.profile.empty()) {
      input.source += " --profile " + drill::quoted(settings_.profile);
    }
    input.build = HEARTH_VERSION;
    input.profile = profile_.name;
    input.checked = checked_promises(drill_);
    for (const auto& probe : probe_counts()) {
      input.known_coverage.emplace_back(probe.text);
    }
    input.wall_time = std::chrono::duration_cast<Millis>(wall_time_);
    return drill::make_report(std::move(input));
  }

  /// Compares both runs of every seed, and says where they part. Call before `report`.
  void check_determinism() {
    for (std::size_t i = 0; copies() == 2 && i < results_.size(); i += 2) {
      if (!results_[i] || !results_[i + 1]) {
        continue;
      }
      auto parting = parting_of(order_of(i), *results_[i], *results_[i + 1]);
      if (parting) {
        say(fmt::format("seed {} is not deterministic: {}", seed_of(i), *parting));
        results_[i]->outcome.diverged = std::move(parting);
      }
    }
  }

  [[nodiscard]] std::size_t seeds() const { return results_.size() / copies(); }

 private:
  [[nodiscard]] std::uint64_t seed_of(std::size_t result) const {
    return settings_.seeds.first + result / copies();
  }
  [[nodiscard]] WorkOrder order_of(std::size_t result) const {
    return {drill_, profile_, seed_of(result)};
  }
  [[nodiscard]] std::size_t copies() const { return settings_.check_determinism ? 2 : 1; }

  void keep(std::size_t order, WorkResult result) {
    ++ended_;
    failed_ += drill::verdict_of(drill_, result.outcome) == drill::Verdict::failed ? 1 : 0;
    results_[order] = std::move(result);
  }

  const RunSettings& settings_;
  drill::Drill drill_;
  drill::Profile profile_;
  std::vector<std::optional<WorkResult>> results_;  ///< By seed; to compare them, each twice.
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::chrono::milliseconds wall_time_{0};
};

bool can_write_report(const std::filesystem::path& folder) {
  return can_write(folder / "report.json") && can_write(folder / "report.html");
}

bool write_report(const drill::Report& report, const std::filesystem::path& folder) {
  return write_file(folder / "report.json", drill::to_json(report)) &&
         write_file(folder / "report.html", drill::to_html(report));
}

}  // namespace

DrillExit run_drills(const RunSettings& settings) {
  auto drill = load_drill(settings.drill);
  auto profile = load_profile(settings.profile);
  // Before hours of runs, not after them.
  if (!drill || !profile || !(settings.report.empty() || can_write_report(settings.report))) {
    return DrillExit::usage;
  }
  const auto target = settings.on.empty() ? std::nullopt : live_target(settings, *drill);
  if (!settings.on.empty() && !target) {
    return DrillExit::usage;
  }
  Rehearsal rehearsal(settings, std::move(*drill), std::move(*profile));
  const auto played = rehearsal.play();
  LiveRuns live;
  if (played && target) {
    live = play_live(*target);
  }
  rehearsal.check_determinism();
  const auto report = rehearsal.report(std::move(live.outcomes));
  if (!played) {
    say(fmt::format("{} after {} of {} seeds", played.error().detail,
                    report ? report->input.runs.size() : 0, rehearsal.seeds()));
  }
  bool written = true;
  if (report) {
    settings.json ? fmt::print("{}\n", drill::to_json(*report)) : tell(*report);
    written = settings.report.empty() || write_report(*report, settings.report);
  }
  if (live.interrupted || (!played && played.error().code == ErrorCode::stopping)) {
    return DrillExit::interrupted;
  }
  const bool held = report && report->verdict == drill::Verdict::held;
  return played && held && written ? DrillExit::held : DrillExit::failed;
}

}  // namespace hearth::sim
