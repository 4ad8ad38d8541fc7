#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"
#include "sim/drill/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hearth::drill {
namespace {

/// One row a probe of the steady state: means over a run's three parts.
std::string live_probes(const Report& report, const RunOutcome& run) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& state : report.steady_state) {
    const auto found =
        std::find_if(run.probes.begin(), run.probes.end(),
                     [&state](const auto& series) { return series.probe == state.state.probe; });
    const auto text = [&state](std::optional<double> value) {
      return shown(state.unit, value, "not measured");
    };
    const ProbeSeries none;
    const auto& series = found == run.probes.end() ? none : *found;
    rows.push_back({fmt::format("<code>{}</code>", escaped(state.state.probe)), text(series.before),
                    text(series.during), text(series.after)});
  }
  return table({"probe", "before", "during", "after"}, rows);
}

std::string live_run(const Report& report, std::size_t index) {
  const auto& run = report.input.live[index];
  const bool held = report.live_verdicts[index] == Verdict::held;
  const auto failures = failures_of(report.input.drill, run);
  const auto why =
      failures.empty()
          ? std::string{}
          : fmt::format("<p>{}.</p>", escaped(fmt::format("{}", fmt::join(failures, "; "))));
  const auto unseen = run.not_measured.empty()
                          ? std::string{}
                          : "<p>Not measured, as it cannot be seen from outside:</p>" +
                                list_of(run.not_measured, "chips");
  const auto verdict = pill(held, held ? "held" : "failed");
  return fmt::format(
             R"(<section class="card"><div class="head"><h3>Live run {}</h3>{}</div>{}{}{})",
             index + 1, verdict, why, live_probes(report, run), unseen) +
         "</section>" + timeline(run);
}

}  // namespace

std::string live_part(const Report& report) {
  const auto intro = report.input.live.empty()
                         ? "This drill was not run live yet: all numbers are predictions."
                         : "Measured beside predicted, in the table of objectives.";
  const auto faults =
      report.simulated_only.empty()
          ? std::string("<p style=\"margin:0\">Every fault of this drill has a live form.</p>")
          : "<p>These faults exist in the simulator only; a live run leaves them out:</p>" +
                list_of(report.simulated_only, "chips");
  std::string runs;
  for (std::size_t i = 0; i < report.input.live.size(); ++i) {
    runs += live_run(report, i);
  }
  return section("On a live cluster", intro,
                 fmt::format(R"(<div class="stack"><section class="card">{}</section>{}</div>)",
                             faults, runs));
}

}  // namespace hearth::drill
