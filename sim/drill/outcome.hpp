#pragma once
// What one run of a drill measured. Filled by whoever runs it; judged here.
// All times count as in the drill: from the moment when the steady state was first reached.

#include "messages/base/result.hpp"
#include "sim/drill/plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::drill {

enum class Verdict : std::uint8_t { held, failed };
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// Something acknowledged that is not there any more.
struct LostEvent {
  std::string stream;  ///< "us/directory/1 accounts"
  std::string kind;    ///< "device_enrolled"
  std::string id;
  Millis at{0};      ///< Acknowledged then.
  std::string text;  ///< For people: what it was.
};

struct Violation {
  std::string promise;  ///< "P5"
  Millis at{0};
  std::string node;
  std::string message;
};

struct Sample {
  Millis at{0};
  double value = 0;
};

/// A probe all through the run, and its mean over three parts of it: until the first fault, until
/// the RTO (or the end), and from there.
struct ProbeSeries {
  std::string probe;
  std::vector<Sample> samples;  ///< In the order of time; about one a second is enough.
  std::optional<double> before;
  std::optional<double> during;
  std::optional<double> after;
};

/// What the system did about the first fault, in this order. A phase that did not happen is absent.
enum class Phase : std::uint8_t { inject, detect, reroute, reconnect, converge };
[[nodiscard]] std::string_view name_of(Phase phase);

struct PhaseSpan {
  Phase phase = Phase::inject;
  Millis begin{0};
  Millis end{0};
};

struct FaultBand {
  std::string label;  ///< `one_line(action)`
  Millis begin{0};
  std::optional<Millis> end;  ///< Nothing: to the end of the run.
};

struct RunOutcome {
  std::uint64_t seed = 0;
  std::uint64_t trace_hash = 0;
  Millis simulated{0};  ///< How long the run was.
  /// Why the simulator's process ended before the run did: a signal, and what it said last.
  /// Nothing else was measured then.
  std::optional<std::string> crashed;
  /// Where two runs of the seed part that ought to be the same one.
  std::optional<std::string> diverged;
  /// Why a live run was ended before its time: all was healed, and what was measured stands.
  std::optional<std::string> aborted;
  /// Of a live run: objectives and probes that cannot be seen from outside, by their names.
  std::vector<std::string> not_measured;

  /// From the first injection, or its detection, to the first moment after which every probe held.
  /// Nothing: that moment never came.
  std::optional<Millis> rto;
  std::optional<Millis> rto_from_detection;
  std::vector<LostEvent> lost_events;
  std::optional<Millis> staleness;  ///< The worst of presence. Nothing: not measured.
  std::optional<double> sessions_resumed_ratio;

  /// Whether it looked at that objective or probe at all.
  [[nodiscard]] bool measures(std::string_view name) const;

  std::vector<ProbeSeries> probes;
  std::vector<Violation> violations;
  std::vector<std::string> waiting_for;  ///< Who waits for what, where the run did not converge.
  std::vector<FaultBand> faults;
  std::vector<PhaseSpan> phases;
  std::map<std::string, std::uint64_t> counters;  ///< Messages, frames, syncs, ...
  std::vector<std::string> covered;               ///< Texts of the HEARTH_PROBEs that were met.
};

/// What `outcome` breaks, the gravest first, in words without numbers: two runs that fail for the
/// same reason have the same ones. Empty: it held.
[[nodiscard]] std::vector<std::string> failures_of(const Drill& drill, const RunOutcome& outcome);

[[nodiscard]] Verdict verdict_of(const Drill& drill, const RunOutcome& outcome);

/// All of a run, samples included, and back. Errors: `value_invalid`, with the member that is
/// wrong.
[[nodiscard]] std::string to_json(const RunOutcome& run);
[[nodiscard]] Result<RunOutcome> outcome_from_json(std::string_view text);

/// The bands of a method as planned; a driver that draws nodes labels them better.
[[nodiscard]] std::vector<FaultBand> planned_bands(const FaultPlan& method);

/// Fills `before`, `during` and `after` from the samples.
void split_series(ProbeSeries& series, Millis first_fault, std::optional<Millis> restored);

}  // namespace hearth::drill
