#include "sim/drill/outcome_json.hpp"
#include "sim/drill/parser.hpp"
#include "sim/drill/report.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

Error wrong(std::string what) {
  return {ErrorCode::value_invalid, std::move(what)};
}

/// Those that somebody looked at: `held` is null for the others.
std::vector<std::string> checked_in(JsonReader& root) {
  std::vector<std::string> checked;
  root.objects("promises", [&checked](JsonReader entry) {
    std::string promise;
    entry.read("promise", promise);
    const auto* held = entry.find("held");
    if (held != nullptr && held->is_boolean()) {
      checked.push_back(std::move(promise));
    }
  });
  return checked;
}

void read_drill(JsonReader& root, Drill& drill) {
  std::string text;
  root.read("drillFile", text);
  auto parsed = parse_drill(text, "drillFile");
  if (parsed.ok()) {
    drill = std::move(parsed.drill);
  } else {
    root.wrong("drillFile", fmt::format("a drill ({})", parsed.problems.front()));
  }
}

ReportInput read_input(JsonReader& root) {
  ReportInput input;
  read_drill(root, input.drill);
  root.read("source", input.source);
  root.read("build", input.build);
  root.read("profile", input.profile);
  input.checked = checked_in(root);
  root.objects("runs", [&input](JsonReader entry) { input.runs.push_back(read_outcome(entry)); });
  root.objects("live", [&input](JsonReader entry) { input.live.push_back(read_outcome(entry)); });
  if (const auto* speed = root.find("speed"); speed != nullptr && !speed->is_null()) {
    root.object("speed").read("wallMs", input.wall_time.emplace());
  }
  if (input.runs.empty()) {
    root.wrong("runs", "a list of at least one run");
    return input;
  }
  // Who met which is not in the file, and not on the page.
  auto coverage = root.object("coverage");
  coverage.read("met", input.runs.front().covered);
  input.known_coverage = input.runs.front().covered;
  coverage.read("notMet", input.known_coverage);
  return input;
}

void read_course(JsonReader& entry, std::vector<Spread>& course) {
  const auto* list = entry.list_of("course");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto& row = (*list)[i];
    const bool right =
        row.is_array() && row.size() == 6 && row[0].is_number_integer() &&
        std::all_of(row.begin(), row.end(), [](const Json& number) { return number.is_number(); });
    if (!right) {
      return entry.wrong("course", "lists of six numbers");
    }
    course.push_back({Millis(row[0].get<std::int64_t>()), row[1].get<double>(),
                      row[2].get<double>(), row[3].get<double>(), row[4].get<double>(),
                      row[5].get<double>()});
  }
}

/// What the runs without samples cannot give again.
void read_samples(JsonReader& root, Report& report) {
  std::size_t next = 0;
  root.objects("steadyState", [&report, &next](JsonReader entry) {
    if (next < report.steady_state.size()) {
      read_course(entry, report.steady_state[next++].course);
    }
  });
  auto worst = root.object("worst");
  report.input.runs[report.worst].probes = read_probes(worst);
}

}  // namespace

Result<Report> report_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return wrong("it is no JSON");
  }
  std::string problem;
  JsonReader root(json, "", problem);
  std::uint64_t format = 0;
  root.read("format", format);
  if (problem.empty() && format != report_format) {
    return Error{ErrorCode::format_newer,
                 fmt::format("format {} is not known to this version, which reads {}", format,
                             report_format)};
  }
  auto input = read_input(root);
  if (!problem.empty()) {
    return wrong(std::move(problem));
  }
  auto report = make_report(std::move(input));
  read_samples(root, report);
  return problem.empty() ? Result<Report>(std::move(report)) : wrong(std::move(problem));
}

}  // namespace hearth::drill
