#pragma once
// Many runs of one drill, added up: what an operator reads. docs/drills/report.md explains it all.

#include "sim/drill/distribution.hpp"
#include "sim/drill/outcome.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hearth::drill {

/// What a report is made from.
struct ReportInput {
  Drill drill;
  /// The drill as the operator named it, and the profile that makes it another run: as a shell
  /// takes it, for the replay command.
  std::string source;
  std::string build;                 ///< Version and commit.
  std::string profile;               ///< Of service times, and when it was measured.
  std::vector<RunOutcome> runs;      ///< By seed, at least one.
  std::vector<RunOutcome> live;      ///< Measured on a cluster; empty: not run live yet.
  std::vector<std::string> checked;  ///< The promises that have a checker: "P1" and so on.
  /// Every HEARTH_PROBE that the build has, to tell those that no seed met.
  std::vector<std::string> known_coverage;
  std::optional<Millis> wall_time;  ///< That all runs took together.
};

/// One objective against what the runs came to. All values in the unit of `unit`.
struct ObjectiveResult {
  /// "rto", "rto_from_detection", "rpo_events", "presence_staleness" or "sessions_resumed_ratio".
  std::string name;
  std::string says;
  ProbeUnit unit = ProbeUnit::duration_ms;
  Side side = Side::at_most;
  std::optional<double> objective;  ///< Nothing: measured, not judged.
  Distribution predicted;
  std::optional<Distribution> measured;
  std::size_t failed_runs = 0;  ///< Predicted and live.
};

/// The values of a probe over all runs, in one part of the runs' time.
struct Spread {
  Millis at{0};  ///< Its middle.
  double least = 0;
  double low = 0;  ///< P5 by size.
  double median = 0;
  double high = 0;  ///< P95 by size.
  double most = 0;
};

struct SteadyStateResult {
  SteadyState state;
  ProbeUnit unit = ProbeUnit::ratio;
  // Medians over the runs.
  std::optional<double> before;
  std::optional<double> during;
  std::optional<double> after;
  std::vector<Spread> course;  ///< In the order of time; parts without a value are left out.
};

struct PromiseResult {
  std::string promise;
  std::string says;
  bool checked = false;                  ///< False: nobody looked, `broken_by` says nothing.
  std::vector<std::uint64_t> broken_by;  ///< Seeds.
};

/// A failure and the seeds that show it.
struct FailureGroup {
  std::string failure;
  std::vector<std::uint64_t> seeds;
};

struct Report {
  ReportInput input;
  Verdict verdict = Verdict::held;  ///< Held: every run did, predicted and live.
  std::string drill_hash;  ///< BLAKE2b of the drill's canonical text: says which drill this was.
  std::vector<Verdict> verdicts;       ///< As `input.runs`.
  std::vector<Verdict> live_verdicts;  ///< As `input.live`.
  std::vector<ObjectiveResult> objectives;
  std::vector<SteadyStateResult> steady_state;
  std::vector<PromiseResult> promises;
  std::vector<FailureGroup> failures;  ///< The most frequent first.
  std::size_t worst = 0;               ///< Index of the run to look at first.
  std::vector<std::string> simulated_only;
  std::vector<std::string> covered;
  std::vector<std::string> not_covered;

  [[nodiscard]] const RunOutcome& worst_run() const { return input.runs[worst]; }
  [[nodiscard]] std::size_t failed_runs() const;
  /// Of the longest run.
  [[nodiscard]] Millis length() const;
};

/// Precondition: `input.runs` is not empty.
[[nodiscard]] Report make_report(ReportInput input);

/// `word` as a shell takes it.
[[nodiscard]] std::string quoted(const std::string& word);

/// "hearth drill replay region-loss-hard --seed 42"
[[nodiscard]] std::string replay_command(const std::string& source, std::uint64_t seed);

/// What a promise says, in a few words; empty for a number that is none.
[[nodiscard]] std::string_view says_of_promise(std::string_view promise);

/// Of the JSON: grows when a program that read the old one could misread the new one.
inline constexpr std::uint64_t report_format = 1;

/// docs/drills/report.md, docs/drills/report.schema.json.
[[nodiscard]] std::string to_json(const Report& report);

/// The report that `to_json` wrote, but for what it leaves out: samples of runs other than the
/// worst. `to_html` makes the same page of it. Errors: `value_invalid`, with the member that is
/// wrong; `format_newer`.
[[nodiscard]] Result<Report> report_from_json(std::string_view text);

/// One page that needs nothing else, script included.
[[nodiscard]] std::string to_html(const Report& report);

}  // namespace hearth::drill
