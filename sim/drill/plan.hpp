#pragma once
// A drill: one disaster as a value, the same in the simulator and on a live cluster.
//
// It says what stands (topology), what people do (workload), what must hold before, and again after
// (steady state), what goes wrong and when (method), and what that may cost (objectives, promises).
// The simulator ignores `live`, a live cluster ignores `sim`. Files: docs/drills/format.md.
// Times count from the moment when the steady state was first reached.

#include "sim/drill/faults.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::drill {

/// Something that goes wrong at a time.
struct Fault {
  Millis at{0};
  Millis lasts{0};          ///< `for` in files. 0: until `all.heal`.
  Millis every{0};          ///< Strikes again that often (flapping). 0: once.
  std::uint32_t times = 1;  ///< How often in all; with `every`.
  FaultAction action;

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// In the order of time.
using FaultPlan = std::vector<Fault>;

struct Workload {
  std::uint32_t streams = 0;       ///< Open at any time, over all clients.
  double rate_mbit = 4;            ///< Of each.
  double browse_per_s = 0;         ///< Pages asked of homes.
  double commands_per_s = 0;       ///< Sign-ups, enrolments, revocations; to directories.
  double share_changes_per_s = 0;  ///< And looks at what neighbours share.
  double rescans_per_s = 0;        ///< Of homes whose media change.
  std::uint32_t revocations = 0;   ///< Of clients in use, in the first seconds.

  friend bool operator==(const Workload&, const Workload&) = default;
};

/// What a probe's numbers are. In files and reports: 0.999, "400ms", 3.
enum class ProbeUnit : std::uint8_t { ratio, duration_ms, count };

/// Something measured all through a run.
struct Probe {
  std::string_view name;
  ProbeUnit unit;
  std::string_view says;
};

/// Every probe there is.
[[nodiscard]] const std::vector<Probe>& probes();
[[nodiscard]] const Probe* find_probe(std::string_view name);

enum class Side : std::uint8_t { at_least, at_most };

/// A probe's bound: over every `window`.
struct SteadyState {
  std::string probe;
  Side side = Side::at_least;
  double bound = 0;  ///< Durations in ms.
  Millis window{10'000};

  [[nodiscard]] bool holds(double value) const {
    return side == Side::at_least ? value >= bound : value <= bound;
  }
  friend bool operator==(const SteadyState&, const SteadyState&) = default;
};

/// What the disaster may cost. Absent: not judged.
struct Objectives {
  /// From injection to the first moment after which every probe holds for `hold`.
  std::optional<Millis> rto;
  Millis hold{10'000};
  std::optional<std::uint64_t> rpo_events;  ///< Acknowledged events that may be lost.
  std::optional<Millis> presence_staleness;
  std::optional<double> sessions_resumed_ratio;

  friend bool operator==(const Objectives&, const Objectives&) = default;
};

/// After the run.
struct Verification {
  std::vector<std::string> promises;  ///< "P1" to "P14"; empty: all that have a checker.
  Millis converge_within{60'000};     ///< After the last fault ended.
  Millis without_directories{0};      ///< And then so long without any: P7.

  friend bool operator==(const Verification&, const Verification&) = default;
};

struct SimSettings {
  std::uint64_t seeds = 100;           ///< 1 to that.
  std::string profile = "calibrated";  ///< Of service times.
  Millis duration{0};  ///< 0: to the end of the last fault, `hold` and `converge_within`.
  // Limits of the nodes, 0: as deployed. A credit that is not given back is invisible at the limits
  // of a deployed node, and what happens at 10,000 records happens in no short run.
  std::uint32_t link_credit = 0;     ///< Requests to one peer without an answer.
  std::uint32_t link_queue = 0;      ///< Those that wait for that.
  std::uint32_t link_backlog = 0;    ///< Bytes for one peer from which on it is not read.
  std::uint32_t link_strangers = 0;  ///< Connections that have not proven a key.
  std::uint32_t accounts_held = 0;   ///< In the memory of a directory.
  std::uint32_t snapshot_after = 0;  ///< Records, of super-peers and homes.

  friend bool operator==(const SimSettings&, const SimSettings&) = default;
};

enum class Approval : std::uint8_t { required, none };

struct AbortIf {
  std::string probe;
  Side side = Side::at_most;  ///< Leaving this side of `bound` aborts.
  double bound = 0;

  friend bool operator==(const AbortIf&, const AbortIf&) = default;
};

struct LiveSettings {
  std::uint32_t repeats = 1;
  Approval approval = Approval::required;
  Millis fault_ttl{300'000};  ///< Every fault heals itself when its driver dies.
  std::vector<AbortIf> abort_if;

  friend bool operator==(const LiveSettings&, const LiveSettings&) = default;
};

/// `within` what Hearth promises to survive, or `beyond`: it must then fail safe, and the report
/// lists exactly what was lost.
enum class Tolerance : std::uint8_t { within, beyond };

struct Drill {
  std::string name;  ///< Lower case, digits, hyphens.
  std::string says;
  Tolerance tolerance = Tolerance::within;
  std::vector<std::string> waits_for;  ///< What has to be built before it can run; empty: runnable.
  Topology topology;
  Workload workload;
  std::vector<SteadyState> steady_state;
  FaultPlan method;
  FaultPlan rollback;  ///< All `at` 0: done at `rollback_at`, in this order.
  Objectives objectives;
  Verification verify;
  SimSettings sim;
  LiveSettings live;

  [[nodiscard]] bool runnable() const { return waits_for.empty(); }
  friend bool operator==(const Drill&, const Drill&) = default;
};

// ---- what happens when ----

/// A fault begins or ends.
struct Moment {
  Millis at{0};
  bool begins = true;
  std::size_t fault = 0;    ///< Index in the plan.
  std::uint32_t round = 0;  ///< 0 to `times` - 1.

  friend bool operator==(const Moment&, const Moment&) = default;
};

/// All beginnings and ends of `plan` in the order of time; at one time ends come first, then the
/// plan's own order. Faults without `lasts` have no end here.
[[nodiscard]] std::vector<Moment> moments_of(const FaultPlan& plan);

/// When the last moment of `method` is.
[[nodiscard]] Millis last_moment(const FaultPlan& method);

/// How long a simulated run is: `sim.duration`, or what follows from the rest.
[[nodiscard]] Millis duration_of(const Drill& drill);

/// When the faults that still last are rolled back: from here on there are none, and all has to
/// converge by `duration_of`.
[[nodiscard]] Millis rollback_at(const Drill& drill);

}  // namespace hearth::drill
