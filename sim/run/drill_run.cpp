#include "sim/run/drill_run.hpp"

#include "messages/base/probe.hpp"
#include "sim/drill/recovery.hpp"
#include "sim/run/aftermath.hpp"
#include "sim/run/sim_driver.hpp"
#include "sim/run/town.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis founding_patience{60'000};
constexpr int looks_per_sample = 5;      ///< At what directories say of homes.
constexpr double seconds_per_file = 40;  ///< That a track lasts at the drill's rate.

/// The others of the link follow its backlog as they do in a deployed node.
void set_backlog(std::size_t bytes, link::LinkLimits& link) {
  const link::LinkLimits deployed;
  const auto scaled = [&](std::size_t limit) {
    return std::max<std::size_t>(limit * bytes / deployed.backlog_high, 1);
  };
  link.backlog_high = bytes;
  link.backlog_low = scaled(deployed.backlog_low);
  link.backlog_max = scaled(deployed.backlog_max);
  link.unsent_max = scaled(deployed.unsent_max);
  link.tunnel_window = scaled(deployed.tunnel_window);
}

void set_limits(const drill::SimSettings& sim, NodeLimits& limits) {
  if (sim.link_credit > 0) {
    limits.link.requests_in_flight = sim.link_credit;
  }
  if (sim.link_queue > 0) {
    limits.link.requests_queued = sim.link_queue;
  }
  if (sim.link_backlog > 0) {
    set_backlog(sim.link_backlog, limits.link);
  }
  if (sim.link_strangers > 0) {
    limits.link.strangers = sim.link_strangers;
    limits.link.strangers_per_source = std::max(sim.link_strangers / 2, 1U);
  }
  if (sim.accounts_held > 0) {
    limits.directory.accounts_held = sim.accounts_held;
  }
  if (sim.snapshot_after > 0) {
    limits.relay.snapshot_after = sim.snapshot_after;
    limits.library.snapshot_after = sim.snapshot_after;
    limits.directory.group.entries_kept = sim.snapshot_after;
  }
}

WorldOptions options_of(const drill::Drill& drill, std::uint64_t seed,
                        const drill::Profile& profile) {
  WorldOptions options;
  options.seed = seed;
  options.profile = profile;
  options.topology = drill.topology;
  options.bytes_per_file = static_cast<std::uint64_t>(std::max(drill.workload.rate_mbit, 0.1) *
                                                      125'000 * seconds_per_file);
  set_limits(drill.sim, options.limits);
  return options;
}

std::vector<std::string> met_since(const std::vector<ProbeCount>& before) {
  std::vector<std::string> met;
  const auto now = probe_counts();
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].hits > before[i].hits) {
      met.emplace_back(now[i].text);
    }
  }
  return met;
}

/// One drill, once.
class Run final {
 public:
  Run(const drill::Drill& drill, std::uint64_t seed, const drill::Profile& profile)
      : drill_(drill),
        town_(options_of(drill, seed, profile)),
        driver_(town_.world(), town_.record(), town_.world().fork("faults")) {
    outcome_.seed = seed;
  }

  DrillRun play(const Trace::Reader& reader, std::uint64_t read_from) {
    auto& trace = town_.world().trace();
    trace.read(reader, read_from);
    const auto probes_before = probe_counts();
    if (town_.found(founding_patience) && town_.everybody_browses(founding_patience)) {
      disturb();
      finish();
    } else {
      town_.record().violate("steady state", "world", "was never reached");
    }
    outcome_.violations = town_.record().violations();
    outcome_.lost_events = town_.record().accounts().lost();
    outcome_.counters = town_.record().counters();
    outcome_.counters["steps"] = town_.world().engine().steps();
    for (const auto& node : town_.world().nodes()) {
      outcome_.counters["envelopes"] += node->link_counters().of(link::LinkCount::envelopes);
      outcome_.counters["durable events"] += node->durable_events();
    }
    outcome_.simulated = since_zero();
    outcome_.trace_hash = trace.hash();
    outcome_.covered = met_since(probes_before);
    return {std::move(outcome_), trace.marks()};
  }

 private:
  [[nodiscard]] Millis since_zero() {
    return std::chrono::duration_cast<Millis>(town_.world().engine().now() - zero_);
  }

  void disturb() {
    auto& engine = town_.world().engine();
    zero_ = engine.now();
    town_.record().begin(zero_, drill_.method, drill_.tolerance);
    town_.begin(drill_.workload);
    for (const auto& moment : drill::moments_of(drill_.method)) {
      engine.befall(moment.at, [this, moment] { on_moment(moment); });
    }
    engine.befall(drill::rollback_at(drill_), [this] { roll_back(); });
    const auto end = zero_ + drill::duration_of(drill_);
    while (engine.now() < end) {
      for (int look = 0; look < looks_per_sample; ++look) {
        town_.world().run_for(sampled_.every / looks_per_sample);
        town_.record().look_at_presence();
      }
      sample();
    }
  }

  void on_moment(const drill::Moment& moment) {
    const auto& fault = drill_.method[moment.fault];
    if (!moment.begins) {
      driver_.end(fault, moment);
      return;
    }
    if (const auto began = driver_.begin(fault, moment); !began) {
      town_.record().violate("plan", "world", began.error().detail);
    }
    const bool is_last = moment.fault + 1 == drill_.method.size();
    if (is_last && std::holds_alternative<drill::HealAll>(fault.action)) {
      town_.record().healed();
    }
    for (const auto& [client, home] : driver_.take_rush()) {
      town_.play(*client, *home, std::get<drill::HotItem>(fault.action).rate_mbit);
    }
  }

  void roll_back() {
    for (std::size_t i = 0; i < drill_.rollback.size(); ++i) {
      const auto began =
          driver_.begin(drill_.rollback[i], {Millis{0}, true, drill_.method.size() + i, 0});
      if (!began) {
        town_.record().violate("plan", "world", began.error().detail);
      }
    }
    driver_.heal_all();
    town_.record().healed();
  }

  void sample() {
    for (const auto& probe : drill::probes()) {
      if (const auto value = town_.record().probe(probe.name)) {
        sampled_.by_probe[std::string(probe.name)].push_back({since_zero(), *value});
      }
    }
  }

  void finish() {
    town_.stop();
    auto& record = town_.record();
    town_.world().run_for(5s);
    if (!town_.everybody_browses(30s)) {
      record.violate("P6", "world", "a home is not reachable 30 s after the faults' end");
    } else {
      town_.rescan_everything(10s);  // a file may have come while nobody could ask for a scan
      if (!town_.everybody_plays(10s)) {
        record.violate("P6", "world", "a stream does not begin 30 s after the faults' end");
      }
    }
    if (!town_.list_devices(30s)) {
      record.violate("P1", "world", "a directory does not answer after the faults' end");
    }
    if (!town_.world().operator_finishes(60s)) {
      record.violate("P1", "world", "a lost directory cannot be replaced after the faults' end");
    }
    outcome_.sessions_resumed_ratio = record.resumed_ratio();  // what comes now is no fault of it
    outcome_.waiting_for = record.waiting();
    if (outcome_.waiting_for.empty()) {
      if (drill_.verify.without_directories.count() > 0) {
        live_without_directories(town_, drill_.verify.without_directories);
      }
      restart_everybody(town_);
    }
    record.finish();
    outcome_.staleness = record.staleness();
    sampled_.end = drill::duration_of(drill_);
    drill::judge_recovery(drill_, std::move(sampled_), outcome_);
  }

  const drill::Drill& drill_;
  Town town_;
  SimDriver driver_;
  Instant zero_{};
  drill::Sampled sampled_;
  drill::RunOutcome outcome_;
};

}  // namespace

std::vector<std::string> checked_promises(const drill::Drill& drill) {
  const bool commands = drill.workload.commands_per_s > 0;
  const bool streams = drill.workload.streams > 0 ||
                       std::any_of(drill.method.begin(), drill.method.end(), [](const auto& fault) {
                         return std::holds_alternative<drill::HotItem>(fault.action);
                       });
  const std::pair<const char*, bool> looked_after[] = {
      {"P1", commands},
      {"P2", commands},
      {"P3", true},
      {"P4", true},
      {"P5", streams},
      {"P6", true},
      {"P7", drill.verify.without_directories.count() > 0},
      {"P9", streams},
      {"P10", true}};
  std::vector<std::string> checked;
  for (const auto& [promise, is_looked_after] : looked_after) {
    if (is_looked_after) {
      checked.emplace_back(promise);
    }
  }
  return checked;
}

DrillRun run_drill(const drill::Drill& drill, std::uint64_t seed, const drill::Profile& profile,
                   const Trace::Reader& reader, std::uint64_t read_from) {
  return Run(drill, seed, profile).play(reader, read_from);
}

}  // namespace hearth::sim
