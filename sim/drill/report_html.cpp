#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"
#include "sim/drill/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hearth::drill {
namespace {

constexpr std::size_t seeds_shown = 12;
constexpr std::size_t lost_rows_max = 1000;
constexpr std::size_t violation_rows_max = 200;

std::string some_seeds(const std::vector<std::uint64_t>& seeds) {
  const auto shown = std::min(seeds.size(), seeds_shown);
  const std::vector<std::uint64_t> first(seeds.begin(),
                                         seeds.begin() + static_cast<std::ptrdiff_t>(shown));
  return fmt::format("{}{}", fmt::join(first, ", "), shown < seeds.size() ? ", …" : "");
}

std::string fact(std::string_view name, std::string_view value) {
  return value.empty() ? std::string{}
                       : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, escaped(value));
}

std::string speed_of(const ReportInput& input) {
  if (!input.wall_time || input.wall_time->count() == 0) {
    return {};
  }
  Millis simulated{0};
  for (const auto& run : input.runs) {
    simulated += run.simulated;
  }
  return fmt::format("{} in {}, {} times real time", spoken(simulated), spoken(*input.wall_time),
                     simulated.count() / input.wall_time->count());
}

std::string seeds_of(const ReportInput& input) {
  const auto first = input.runs.front().seed;
  const auto last = input.runs.back().seed;
  return first == last ? fmt::format("{}", first)
                       : fmt::format("{} to {} ({} runs)", first, last, input.runs.size());
}

std::size_t failed_of_all(const Report& report) {
  const auto& live = report.live_verdicts;
  return report.failed_runs() +
         static_cast<std::size_t>(std::count(live.begin(), live.end(), Verdict::failed));
}

std::string head(const Report& report) {
  const auto& input = report.input;
  const bool held = report.verdict == Verdict::held;
  const auto all = input.runs.size() + input.live.size();
  const auto small = held ? fmt::format("all {} runs", all)
                          : fmt::format("{} of {} runs", failed_of_all(report), all);
  const auto tolerance = input.drill.tolerance == Tolerance::within
                             ? "within what is promised"
                             : "beyond what is promised: must fail safe";
  return fmt::format(
      R"(<header><div><div class="eyebrow">Hearth drill</div><h1>{}</h1><p class="lead">{}</p></div>
<div class="verdict {}">{}<small>{}</small></div></header>
<dl class="facts">{}{}{}{}{}{}</dl>
)",
      escaped(input.drill.name), escaped(input.drill.says), held ? "good" : "bad",
      held ? "Held" : "Failed", small, fact("Seeds", seeds_of(input)), fact("Tolerance", tolerance),
      fact("Simulated", speed_of(input)), fact("Service times", input.profile),
      fact("Build", input.build), fact("Drill", report.drill_hash));
}

std::string failures(const Report& report) {
  if (report.failures.empty()) {
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& group : report.failures) {
    rows.push_back({escaped(group.failure),
                    fmt::format("{} of {}", group.seeds.size(), report.input.runs.size()),
                    some_seeds(group.seeds)});
  }
  return section("What failed", "", table({"failure", "runs", "seeds"}, rows));
}

std::string objective_verdict(const ObjectiveResult& result) {
  if (!result.objective) {
    return R"(<span class="pill plain">not judged</span>)";
  }
  if (result.predicted.runs() == 0) {
    return R"(<span class="pill plain">not measured</span>)";
  }
  return pill(result.failed_runs == 0, result.failed_runs == 0 ? "held" : "failed");
}

std::string measured_text(const ObjectiveResult& result) {
  if (!result.measured) {
    return R"(<span class="soft">not run live yet</span>)";
  }
  if (result.measured->runs() == 0) {
    return R"(<span class="soft">not measured</span>)";
  }
  return fmt::format("<span>{} <small>worst {}</small></span>",
                     shown(result.unit, result.measured->percentile(50), "never"),
                     shown(result.unit, result.measured->worst(), "never"));
}

std::string objectives(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& result : report.objectives) {
    const auto& predicted = result.predicted;
    const auto at = [&result, &predicted](double percent) {
      return shown(result.unit, predicted.percentile(percent),
                   predicted.runs() == 0 ? "–" : "never");
    };
    const auto goal = !result.objective
                          ? std::string("–")
                          : fmt::format("{} {}", result.side == Side::at_most ? "≤" : "≥",
                                        shown(result.unit, result.objective));
    rows.push_back({fmt::format("<b>{}</b>", escaped(result.says)), goal, at(50), at(95), at(99),
                    at(100), measured_text(result), objective_verdict(result)});
  }
  const auto content =
      table({"objective", "goal", "P50", "P95", "P99", "worst", "measured live", "verdict"}, rows,
            "numbers");
  std::string charts;
  for (const auto& result : report.objectives) {
    if (result.name != "rto_from_detection" && result.predicted.runs() > 0) {
      charts += histogram(result);
    }
  }
  return section("Objectives",
                 "Predicted by the simulator, over the seeds. A recovery that never came counts as "
                 "worse than any; what no run met, such as a broken session, is not measured.",
                 content + R"(<div class="grid" style="margin-top:16px">)" + charts + "</div>");
}

std::string steady_state(const Report& report) {
  std::string charts;
  for (const auto& result : report.steady_state) {
    charts += series_chart(report, result);
  }
  if (charts.empty()) {
    return {};
  }
  return section(
      "Steady state", "Medians before the first fault, during, and after recovery.",
      fmt::format(R"(<ul class="keys" style="margin:0 0 14px"><li class="kmid">median</li>)"
                  R"(<li class="kband">P5 to P95</li><li class="kmax">worst run, seed {}</li>)"
                  R"(<li class="kgoal">bound</li><li class="kfault">fault</li></ul>)"
                  R"(<div class="grid">{}</div>)",
                  report.worst_run().seed, charts));
}

std::string counters(const RunOutcome& run) {
  std::vector<std::string> texts;
  for (const auto& [name, count] : run.counters) {
    texts.push_back(fmt::format("{} {}", count, name));
  }
  return texts.empty()
             ? std::string{}
             : "<details><summary>Counters</summary>" + list_of(texts, "plain") + "</details>";
}

std::string worst_seed(const Report& report) {
  const auto& run = report.worst_run();
  const auto reasons = failures_of(report.input.drill, run);
  const auto why = reasons.empty() ? std::string("It held, with the slowest recovery of all.")
                                   : escaped(fmt::format("{}.", fmt::join(reasons, "; ")));
  const auto waiting = run.waiting_for.empty()
                           ? std::string{}
                           : "<p style=\"margin-top:12px\">It was waiting for:</p>" +
                                 list_of(run.waiting_for, "plain");
  const auto card = fmt::format(
      R"(<section class="card"><div class="head"><h3>Seed {}</h3>{}</div><p>{}</p>
<pre>{}</pre>{}{}<p class="soft" style="margin:12px 0 0">Trace hash
<code>{:016x}</code>: the same build and seed give the same one.</p></section>
)",
      run.seed, pill(reasons.empty(), reasons.empty() ? "held" : "failed"), why,
      escaped(replay_command(report.input.source, run.seed)), waiting, counters(run),
      run.trace_hash);
  return section("The worst seed", "", "<div class=\"stack\">" + card + timeline(run) + "</div>");
}

std::string violations(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  std::size_t all = 0;
  for (const auto& run : report.input.runs) {
    for (const auto& violation : run.violations) {
      if (++all <= violation_rows_max) {
        rows.push_back({std::to_string(run.seed), escaped(violation.promise), spoken(violation.at),
                        fmt::format("<code>{}</code>", escaped(violation.node)),
                        escaped(violation.message)});
      }
    }
  }
  if (rows.empty()) {
    return {};
  }
  const auto more = all > rows.size()
                        ? fmt::format("The first {} of {}; all are in the JSON.", rows.size(), all)
                        : std::string{};
  return section("Broken promises, one by one", more,
                 table({"seed", "promise", "at", "node", "what"}, rows));
}

std::string lost_events(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  std::size_t all = 0;
  for (const auto& run : report.input.runs) {
    for (const auto& event : run.lost_events) {
      if (++all <= lost_rows_max) {
        rows.push_back({std::to_string(run.seed), spoken(event.at), escaped(event.stream),
                        escaped(event.kind), fmt::format("<code>{}</code>", escaped(event.id)),
                        escaped(event.text)});
      }
    }
  }
  if (rows.empty()) {
    return section("Lost events", "",
                   R"(<section class="card">No acknowledged event was lost in any run.</section>)");
  }
  const auto more = all > rows.size()
                        ? fmt::format("The first {} of {}; all are in the JSON.", rows.size(), all)
                        : std::string("Each was acknowledged, and is gone.");
  return section("Lost events", more,
                 table({"seed", "acknowledged at", "stream", "kind", "id", "what it was"}, rows));
}

std::string promises(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& result : report.promises) {
    const bool held = result.broken_by.empty();
    const auto verdict = result.checked
                             ? pill(held, held ? "held" : "broken")
                             : std::string(R"(<span class="pill plain">nobody looked</span>)");
    const auto seeds =
        held ? std::string("–")
             : fmt::format("{} runs: {}", result.broken_by.size(), some_seeds(result.broken_by));
    rows.push_back(
        {fmt::format("<b>{}</b>", escaped(result.promise)), escaped(result.says), verdict, seeds});
  }
  return section("Promises", "Checked in every run, where the drill puts them to the test.",
                 table({"promise", "what it says", "verdict", "broken by seeds"}, rows));
}

std::string coverage(const Report& report) {
  const auto all = report.covered.size() + report.not_covered.size();
  if (all == 0) {
    return {};
  }
  const auto missed =
      report.not_covered.empty()
          ? std::string{}
          : fmt::format("<details><summary>{} that no seed met</summary>{}</details>",
                        report.not_covered.size(), list_of(report.not_covered, "plain"));
  return section(
      "Coverage", "",
      fmt::format(R"(<section class="card">The seeds met <b>{} of {}</b> marked places of )"
                  R"(the code.{}</section>)",
                  report.covered.size(), all, missed));
}

}  // namespace

std::string to_html(const Report& report) {
  std::string out = fmt::format(
      R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{}: {}</title><style>{}</style></head><body><main>
)",
      escaped(report.input.drill.name), name_of(report.verdict), report_style());
  out += head(report) + failures(report) + objectives(report);
  out += steady_state(report) + worst_seed(report) + violations(report) + lost_events(report);
  out += promises(report) + live_part(report) + coverage(report);
  return out +
         "<footer>How to read this page: docs/drills/report.md. The same numbers for programs "
         "are in report.json beside it.</footer>\n</main></body></html>\n";
}

}  // namespace hearth::drill
