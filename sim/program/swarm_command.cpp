#include "messages/base/probe.hpp"
#include "sim/drill/report.hpp"
#include "sim/drill/words.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/places.hpp"
#include "sim/program/progress.hpp"
#include "sim/program/workers.hpp"
#include "sim/swarm/swarm.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hearth::sim {
namespace {

/// So many drills a job are drawn at a time: the clock is looked at in between.
constexpr std::uint64_t flock = 8;

struct Failed {
  std::uint64_t seed = 0;
  std::uint64_t trace_hash = 0;
  std::vector<std::string> failures;
};

/// What a swarm has come to.
class Swarm final {
 public:
  explicit Swarm(const SwarmSettings& settings) : settings_(settings) {
    for (const auto& probe : probe_counts()) {
      seeds_by_probe_[std::string(probe.text)] = 0;
    }
  }

  /// Errors: as of `sim::play`; what ended before stays.
  Result<void> play() {
    const Progress progress("seeds", settings_.seeds.last - settings_.seeds.first + 1);
    const auto show = [this, &progress] {
      progress.show(seeds_, fmt::format("{} failed", failed_.size()));
    };
    auto next = settings_.seeds.first;
    while (
        next <= settings_.seeds.last &&
        (settings_.seconds == 0 || progress.elapsed() < std::chrono::seconds(settings_.seconds))) {
      const auto end = std::min(next + flock * settings_.jobs, settings_.seeds.last + 1);
      if (auto played = play(next, end, show); !played) {
        return played;
      }
      next = end;
    }
    return {};
  }

  [[nodiscard]] bool held() const { return failed_.empty(); }

  void tell() const {
    fmt::print("{} seeds, {} failed, {} simulated\n", seeds_, failed_.size(),
               drill::spoken(simulated_));
    for (const auto& one : failed_) {
      fmt::print("  seed {}: {}\n    {}\n", one.seed, fmt::join(one.failures, "\n    "),
                 replay_of(one));
    }
    const auto never = std::count_if(seeds_by_probe_.begin(), seeds_by_probe_.end(),
                                     [](const auto& each) { return each.second == 0; });
    fmt::print("{} probes, {} never met; each by so many seeds:\n", seeds_by_probe_.size(), never);
    for (const auto& [text, seeds] : seeds_by_probe_) {
      fmt::print("  {:>8} {}\n", seeds, text);
    }
  }

  void tell_json() const {
    nlohmann::json json{{"seeds", seeds_},
                        {"simulatedMs", simulated_.count()},
                        {"failed", nlohmann::json::array()},
                        {"probes", seeds_by_probe_}};
    for (const auto& one : failed_) {
      json["failed"].push_back({{"seed", one.seed},
                                {"failures", one.failures},
                                {"traceHash", fmt::format("{:016x}", one.trace_hash)},
                                {"replay", replay_of(one)}});
    }
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  }

 private:
  Result<void> play(std::uint64_t from, std::uint64_t end, const std::function<void()>& show) {
    std::vector<WorkOrder> orders;
    for (auto seed = from; seed < end; ++seed) {
      orders.push_back({draw_swarm(seed), {}, seed});
    }
    return sim::play(
        orders, settings_.jobs,
        [this, &orders](std::size_t order, WorkResult result) {
          take(orders[order].drill, result.outcome);
        },
        show);
  }

  void take(const drill::Drill& drill, const drill::RunOutcome& outcome) {
    ++seeds_;
    simulated_ += outcome.simulated;
    for (const auto& probe : outcome.covered) {
      ++seeds_by_probe_[probe];
    }
    auto failures = drill::failures_of(drill, outcome);
    if (failures.empty()) {
      return;
    }
    for (const auto& one : outcome.violations) {
      failures.push_back(fmt::format("{} at {}, {}: {}", one.promise, drill::spoken(one.at),
                                     one.node, one.message));
    }
    failed_.push_back({outcome.seed, outcome.trace_hash, std::move(failures)});
    // At once as well: a soak goes on for hours, and need not end in peace.
    say(fmt::format("seed {} failed: {}", outcome.seed, failed_.back().failures.front()));
  }

  static std::string replay_of(const Failed& one) {
    return drill::replay_command(swarm_name(one.seed), one.seed);
  }

  const SwarmSettings& settings_;
  std::uint64_t seeds_ = 0;
  Millis simulated_{0};
  std::vector<Failed> failed_;
  std::map<std::string, std::uint64_t> seeds_by_probe_;
};

}  // namespace

DrillExit run_swarm(const SwarmSettings& settings) {
  Swarm swarm(settings);
  const auto played = swarm.play();
  if (!played) {
    say(played.error().detail);
  }
  settings.json ? swarm.tell_json() : swarm.tell();
  if (!played && played.error().code == ErrorCode::stopping) {
    return DrillExit::interrupted;
  }
  return played && swarm.held() ? DrillExit::held : DrillExit::failed;
}

}  // namespace hearth::sim
