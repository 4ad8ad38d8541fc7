#include "nodes/drill/live_run.hpp"

#include "nodes/drill/live_driver.hpp"
#include "nodes/drill/live_record.hpp"
#include "nodes/drill/prober.hpp"
#include "sim/drill/recovery.hpp"
#include "sim/drill/words.hpp"
#include "sim/drill/writer.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <utility>

namespace hearth::drill {
namespace {

constexpr Millis start_patience{60'000};  ///< For all to serve, and for the steady state.
constexpr Millis look_every{100};
constexpr Millis renew_every_most{60'000};

Instant now() {
  return std::chrono::steady_clock::now();
}

class LiveRun final {
 public:
  explicit LiveRun(const LiveSetting& setting)
      : setting_(setting),
        drill_(setting.plan.drill),
        driver_(setting.plan, setting.cluster, setting.seed),
        moments_(moments_of(drill_.method)) {
    outcome_.seed = setting.seed;
    outcome_.not_measured = setting.plan.not_measured;
  }

  RunOutcome play() {
    const auto deadline = now() + start_patience;
    if (const auto library = reach(deadline)) {
      Prober prober(*library, drill_.topology, drill_.workload, record_);
      if (wait_for_steady_state(deadline)) {
        disturb();
      }
    }
    driver_.heal_all();
    outcome_.sessions_resumed_ratio = record_.resumed_ratio();
    outcome_.counters = record_.counters();
    return std::move(outcome_);
  }

 private:
  /// Nothing: the run is over.
  std::optional<Library> reach(Instant deadline) {
    while (true) {
      const auto status = status_of(setting_.cluster);
      if (!status) {
        return abort(status.error().detail);
      }
      if (status.value().all_serve()) {
        return find(status.value(), deadline);
      }
      if (!rest()) {
        return std::nullopt;
      }
      if (now() > deadline) {
        return abort("the cluster did not come up");
      }
    }
  }

  std::optional<Library> find(const ClusterStatus& status, Instant deadline) {
    auto library = find_library(status.gateway, status.token, drill_.workload, [this, deadline] {
      return now() < deadline && !is_asked_to_stop();
    });
    if (!library) {
      return abort(library.error().detail);
    }
    return std::move(library.value());
  }

  bool wait_for_steady_state(Instant deadline) {
    while (!holds(now())) {
      if (!rest()) {
        return false;
      }
      if (now() > deadline) {
        abort("the steady state was never reached");
        return false;
      }
    }
    return true;
  }

  /// Every bound that can be measured has a value, and keeps it.
  [[nodiscard]] bool holds(Instant at) {
    return std::all_of(drill_.steady_state.begin(), drill_.steady_state.end(),
                       [this, at](const SteadyState& bound) {
                         const auto value = record_.probe(bound.probe, at);
                         return !is_measured_live(bound.probe) || (value && bound.holds(*value));
                       });
  }

  void disturb() {
    zero_ = now();
    record_.begin();
    quiet_since_ = rollback_at(drill_);
    next_sample_ = sampled_.every;
    next_renewal_ = renew_every();
    setting_.tell(Millis{0}, "the steady state is reached");
    while (!outcome_.aborted && !is_over() && rest()) {
      const auto at = since_zero();
      strike(at);
      if (at >= rollback_at(drill_) && !std::exchange(rolled_back_, true)) {
        roll_back();
      }
      if (at >= next_renewal_) {
        next_renewal_ = at + renew_every();
        give_up_on(driver_.renew());
      }
      if (at >= next_sample_) {
        next_sample_ += sampled_.every;
        sample(at);
      }
    }
    finish();
  }

  /// All that should happen until `at`.
  void strike(Millis at) {
    for (; next_moment_ < moments_.size() && moments_[next_moment_].at <= at && !outcome_.aborted;
         ++next_moment_) {
      const auto& moment = moments_[next_moment_];
      const auto& fault = drill_.method[moment.fault];
      setting_.tell(at, fmt::format("{}{}", one_line(fault.action), moment.begins ? "" : " ends"));
      if (moment.begins) {
        give_up_on(driver_.begin(fault, moment));
      } else {
        driver_.end(fault, moment);
      }
    }
  }

  void roll_back() {
    for (std::size_t i = 0; i < drill_.rollback.size(); ++i) {
      give_up_on(driver_.begin(drill_.rollback[i], {Millis{0}, true, drill_.method.size() + i, 0}));
    }
    driver_.heal_all();
    setting_.tell(since_zero(), "all faults are over");
  }

  void sample(Millis at) {
    const auto status = status_of(setting_.cluster);
    if (!status) {
      abort(status.error().detail);
      return;
    }
    record_.saw_error_lines(status.value().error_lines);
    all_serve_ = status.value().all_serve();
    bool breached = !all_serve_;
    for (const auto& probe : probes()) {
      if (const auto value = record_.probe(probe.name, now())) {
        sampled_.by_probe[std::string(probe.name)].push_back({at, *value});
        breached = breached || leaves_a_bound(probe.name, *value);
        abort_if(probe.name, *value);
      }
    }
    if (breached) {
      quiet_since_ = std::max(quiet_since_, at + sampled_.every);
    }
  }

  [[nodiscard]] bool leaves_a_bound(std::string_view probe, double value) const {
    return std::any_of(
        drill_.steady_state.begin(), drill_.steady_state.end(),
        [&](const SteadyState& bound) { return bound.probe == probe && !bound.holds(value); });
  }

  void abort_if(std::string_view probe, double value) {
    for (const auto& condition : drill_.live.abort_if) {
      const bool leaves =
          condition.side == Side::at_most ? value > condition.bound : value < condition.bound;
      if (condition.probe == probe && leaves) {
        abort(fmt::format("{} went {} its bound", probe,
                          condition.side == Side::at_most ? "above" : "below"));
      }
    }
  }

  /// A cluster that has held long enough after the last fault need not be watched to the end.
  [[nodiscard]] bool is_over() const {
    const auto at = since_zero();
    return at >= duration_of(drill_) ||
           (rolled_back_ && all_serve_ && at >= quiet_since_ + drill_.objectives.hold);
  }

  void finish() {
    sampled_.end = since_zero();
    outcome_.simulated = sampled_.end;
    const auto status = status_of(setting_.cluster);
    for (const auto& process : status ? status.value().processes : std::vector<LiveProcess>{}) {
      if (!process.serves && !outcome_.aborted) {
        outcome_.waiting_for.push_back(fmt::format("{} to serve", process.name));
      }
    }
    judge_recovery(drill_, std::move(sampled_), outcome_);
  }

  std::nullopt_t abort(std::string why) {
    outcome_.aborted = outcome_.aborted.value_or(std::move(why));
    return std::nullopt;
  }

  void give_up_on(const Result<void>& done) {
    if (!done) {
      abort(done.error().detail);
    }
  }

  [[nodiscard]] bool is_asked_to_stop() const { return setting_.is_asked_to_stop(); }

  /// False: somebody wants the run to end.
  bool rest() {
    ::poll(nullptr, 0, static_cast<int>(look_every.count()));
    if (is_asked_to_stop()) {
      abort("interrupted");
    }
    return !outcome_.aborted;
  }

  [[nodiscard]] Millis since_zero() const {
    return std::chrono::duration_cast<Millis>(now() - zero_);
  }
  [[nodiscard]] Millis renew_every() const {
    return std::min(drill_.live.fault_ttl / 3, renew_every_most);
  }

  const LiveSetting& setting_;
  const Drill& drill_;
  LiveDriver driver_;
  LiveRecord record_;
  std::vector<Moment> moments_;
  std::size_t next_moment_ = 0;
  Instant zero_;
  Millis next_sample_{0};
  Millis next_renewal_{0};
  Millis quiet_since_{0};  ///< No bound was left since; not before the rollback.
  bool rolled_back_ = false;
  bool all_serve_ = true;
  Sampled sampled_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome run_live(const LiveSetting& setting) {
  return LiveRun(setting).play();
}

}  // namespace hearth::drill
