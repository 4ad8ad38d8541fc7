#include "sim/drill/outcome_json.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr Phase phases[] = {Phase::inject, Phase::detect, Phase::reroute, Phase::reconnect,
                            Phase::converge};

Json json_of(const LostEvent& event) {
  return {{"stream", event.stream},
          {"kind", event.kind},
          {"id", event.id},
          {"atMs", event.at.count()},
          {"text", event.text}};
}

Json json_of(const Violation& violation) {
  return {{"promise", violation.promise},
          {"atMs", violation.at.count()},
          {"node", violation.node},
          {"message", violation.message}};
}

Json json_of(const FaultBand& band) {
  return {
      {"label", band.label}, {"fromMs", band.begin.count()}, {"toMs", drill::json_of(band.end)}};
}

Json json_of(const PhaseSpan& span) {
  return {
      {"phase", name_of(span.phase)}, {"fromMs", span.begin.count()}, {"toMs", span.end.count()}};
}

template <class Items>
Json list_of(const Items& items) {
  auto list = Json::array();
  for (const auto& item : items) {
    list.push_back(json_of(item));
  }
  return list;
}

std::vector<Sample> read_samples(JsonReader& reader) {
  std::vector<Sample> samples;
  if (reader.find("samples") == nullptr) {
    return samples;
  }
  const auto* list = reader.list_of("samples");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto& pair = (*list)[i];
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() ||
        !pair[1].is_number()) {
      reader.wrong("samples", "pairs of whole milliseconds and a number");
      break;
    }
    samples.push_back({Millis(pair[0].get<std::int64_t>()), pair[1].get<double>()});
  }
  return samples;
}

void read_timeline(JsonReader timeline, RunOutcome& run) {
  timeline.objects("faults", [&run](JsonReader entry) {
    FaultBand band;
    entry.read("label", band.label);
    entry.read("fromMs", band.begin);
    entry.read("toMs", band.end);
    run.faults.push_back(std::move(band));
  });
  timeline.objects("phases", [&run](JsonReader entry) {
    PhaseSpan span;
    std::string name;
    entry.read("phase", name);
    entry.read("fromMs", span.begin);
    entry.read("toMs", span.end);
    const auto found = std::find_if(std::begin(phases), std::end(phases),
                                    [&name](Phase phase) { return name_of(phase) == name; });
    if (found == std::end(phases)) {
      entry.wrong("phase", "inject, detect, reroute, reconnect or converge");
    } else {
      span.phase = *found;
      run.phases.push_back(span);
    }
  });
}

void read_losses(JsonReader& reader, RunOutcome& run) {
  reader.objects("lostEvents", [&run](JsonReader entry) {
    LostEvent event;
    entry.read("stream", event.stream);
    entry.read("kind", event.kind);
    entry.read("id", event.id);
    entry.read("atMs", event.at);
    entry.read("text", event.text);
    run.lost_events.push_back(std::move(event));
  });
  reader.objects("violations", [&run](JsonReader entry) {
    Violation violation;
    entry.read("promise", violation.promise);
    entry.read("atMs", violation.at);
    entry.read("node", violation.node);
    entry.read("message", violation.message);
    run.violations.push_back(std::move(violation));
  });
}

void read_trace_hash(JsonReader& reader, std::uint64_t& hash) {
  std::string text;
  reader.read("traceHash", text);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (failure != std::errc{} || end != text.data() + text.size() || text.size() != 16) {
    reader.wrong("traceHash", "16 hexadecimal digits");
  }
}

void read_counters(JsonReader counters, RunOutcome& run) {
  for (const auto& [name, count] : counters.json().items()) {
    if (count.is_number_unsigned()) {
      run.counters[name] = count.get<std::uint64_t>();
    } else {
      counters.wrong(name, "a whole number from 0");
    }
  }
}

}  // namespace

Json json_of(std::optional<double> number) {
  return number ? Json(*number) : Json(nullptr);
}

Json json_of(std::optional<Millis> duration) {
  return duration ? Json(duration->count()) : Json(nullptr);
}

Json json_of(const std::vector<ProbeSeries>& probes, Samples samples) {
  auto list = Json::array();
  for (const auto& series : probes) {
    Json json = {{"probe", series.probe},
                 {"before", json_of(series.before)},
                 {"during", json_of(series.during)},
                 {"after", json_of(series.after)}};
    if (samples == Samples::with) {
      json["samples"] = Json::array();
      for (const auto& sample : series.samples) {
        json["samples"].push_back({sample.at.count(), sample.value});
      }
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json json_of(const RunOutcome& run, Samples samples) {
  Json json;
  json["traceHash"] = fmt::format("{:016x}", run.trace_hash);
  json["rtoMs"] = json_of(run.rto);
  json["rtoFromDetectionMs"] = json_of(run.rto_from_detection);
  json["lostEvents"] = list_of(run.lost_events);
  json["stalenessMs"] = json_of(run.staleness);
  json["sessionsResumedRatio"] = json_of(run.sessions_resumed_ratio);
  json["crashed"] = run.crashed ? Json(*run.crashed) : Json(nullptr);
  json["diverged"] = run.diverged ? Json(*run.diverged) : Json(nullptr);
  json["aborted"] = run.aborted ? Json(*run.aborted) : Json(nullptr);
  json["notMeasured"] = run.not_measured;
  json["violations"] = list_of(run.violations);
  json["waitingFor"] = run.waiting_for;
  json["probes"] = json_of(run.probes, samples);
  json["timeline"] = {{"faults", list_of(run.faults)}, {"phases", list_of(run.phases)}};
  json["counters"] = Json(run.counters);
  if (samples == Samples::with) {
    json["covered"] = run.covered;
  }
  json["simulatedMs"] = run.simulated.count();
  return json;
}

std::vector<ProbeSeries> read_probes(JsonReader& reader) {
  std::vector<ProbeSeries> probes;
  reader.objects("probes", [&probes](JsonReader entry) {
    ProbeSeries series;
    entry.read("probe", series.probe);
    entry.read("before", series.before);
    entry.read("during", series.during);
    entry.read("after", series.after);
    series.samples = read_samples(entry);
    probes.push_back(std::move(series));
  });
  return probes;
}

RunOutcome read_outcome(JsonReader& reader) {
  RunOutcome run;
  reader.read("seed", run.seed);
  read_trace_hash(reader, run.trace_hash);
  reader.read("rtoMs", run.rto);
  reader.read("rtoFromDetectionMs", run.rto_from_detection);
  reader.read("stalenessMs", run.staleness);
  reader.read("sessionsResumedRatio", run.sessions_resumed_ratio);
  reader.read("crashed", run.crashed);
  if (reader.find("diverged") != nullptr) {
    reader.read("diverged", run.diverged);
  }
  if (reader.find("notMeasured") != nullptr) {  // Reports of before live runs have neither.
    reader.read("aborted", run.aborted);
    reader.read("notMeasured", run.not_measured);
  }
  reader.read("waitingFor", run.waiting_for);
  if (reader.find("covered") != nullptr) {
    reader.read("covered", run.covered);
  }
  reader.read("simulatedMs", run.simulated);
  run.probes = read_probes(reader);
  read_losses(reader, run);
  read_timeline(reader.object("timeline"), run);
  read_counters(reader.object("counters"), run);
  return run;
}

std::string to_json(const RunOutcome& run) {
  Json json;
  json["seed"] = run.seed;
  json.update(json_of(run, Samples::with));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RunOutcome> outcome_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  std::string problem = json.is_discarded() ? "it is no JSON" : "";
  JsonReader reader(json, "", problem);
  auto run = read_outcome(reader);
  return problem.empty() ? Result<RunOutcome>(std::move(run))
                         : Error{ErrorCode::value_invalid, std::move(problem)};
}

}  // namespace hearth::drill
