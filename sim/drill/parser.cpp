#include "sim/drill/parser.hpp"

#include "sim/drill/atlas.hpp"
#include "sim/drill/fault_reader.hpp"
#include "sim/drill/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

constexpr Millis day = 24h;
constexpr std::size_t regions_max = 16;
constexpr int promises_count = 14;

bool is_name(const std::string& text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// Reads the sections of one file, topology first: targets are checked against it.
class Parser final {
 public:
  explicit Parser(const TomlTable& root) : root_(root, {}, "the drill", problems_) {}

  Drill read() {
    read_head();
    read_section("topology", true, [this](TableReader& reader) { read_topology(reader); });
    read_section("workload", false, [this](TableReader& reader) { read_workload(reader); });
    read_section("objectives", false, [this](TableReader& reader) { read_objectives(reader); });
    read_section("verify", false, [this](TableReader& reader) { read_verify(reader); });
    read_section("sim", false, [this](TableReader& reader) { read_sim(reader); });
    read_section("live", false, [this](TableReader& reader) { read_live(reader); });
    for (const auto* entry : root_.tables("steady_state")) {
      read_steady_state(*entry);
    }
    read_faults("method", drill_.method, true);
    read_faults("rollback", drill_.rollback, false);
    root_.finish();
    check_sense();
    return std::move(drill_);
  }

  [[nodiscard]] std::vector<Problem> take_problems() { return std::move(problems_); }

 private:
  template <class Read>
  void read_section(std::string_view key, bool required, const Read& read) {
    const auto* entry = required ? root_.need(key) : root_.find(key);
    const auto* table = root_.table(key);
    if (entry != nullptr && table != nullptr) {
      TableReader reader(*table, entry->place, fmt::format("[{}]", key), problems_);
      read(reader);
      reader.finish();
    }
  }

  void read_head() {
    static constexpr std::string_view tolerances[] = {"within", "beyond"};
    if (root_.text("drill", drill_.name, true) && !is_name(drill_.name, 64)) {
      root_.problem(root_.find("drill")->value.place,
                    "\"drill\" must be 1 to 64 lower-case letters, digits and hyphens");
    }
    root_.text("says", drill_.says, true);
    auto tolerance = static_cast<std::size_t>(drill_.tolerance);
    root_.word("tolerance", tolerance, tolerances, true);
    drill_.tolerance = static_cast<Tolerance>(tolerance);
    root_.texts("waits_for", drill_.waits_for);
  }

  void read_topology(TableReader& reader) {
    auto& topology = drill_.topology;
    if (reader.need("regions") != nullptr && reader.texts("regions", topology.regions)) {
      check_regions(reader, topology.regions);
    }
    reader.integer("directories_per_region", topology.directories_per_region, {0, 16});
    reader.integer("super_peers_per_region", topology.super_peers_per_region, {0, 64});
    reader.integer("gateways", topology.gateways, {0, 100'000});
    reader.integer("homes", topology.homes, {0, 100'000});
    reader.integer("clients", topology.clients, {0, 100'000});
    reader.integer("rocks_homes", topology.rocks_homes, {0, static_cast<double>(topology.homes)});
  }

  static void check_regions(TableReader& reader, const std::vector<std::string>& regions) {
    const auto place = reader.find("regions")->value.place;
    if (regions.empty() || regions.size() > regions_max) {
      reader.problem(place, fmt::format("\"regions\" must be 1 to {} names", regions_max));
    }
    for (auto region = regions.begin(); region != regions.end(); ++region) {
      if (!is_name(*region, 16) || role_from(*region)) {
        reader.problem(place, fmt::format("a region is 1 to 16 lower-case letters, digits and "
                                          "hyphens, and no role: not \"{}\"",
                                          *region));
      } else if (std::find(regions.begin(), region, *region) != region) {
        reader.problem(place, fmt::format("region \"{}\" is there twice", *region));
      }
    }
  }

  void read_workload(TableReader& reader) {
    auto& workload = drill_.workload;
    const auto* entry = reader.find("streams");
    if (const auto* table = reader.table("streams")) {
      TableReader streams(*table, entry->place, "\"streams\"", problems_);
      streams.integer("count", workload.streams, {0, 1e6, true});
      streams.number("rate_mbit", workload.rate_mbit, {0.001, 10'000});
      streams.finish();
    }
    reader.number("browse_per_s", workload.browse_per_s, {0, 1e6});
    reader.number("commands_per_s", workload.commands_per_s, {0, 1e6});
    reader.integer("revocations", workload.revocations, {0, 100'000});
    reader.number("share_changes_per_s", workload.share_changes_per_s, {0, 1e6});
    reader.number("rescans_per_s", workload.rescans_per_s, {0, 1e6});
    const auto& topology = drill_.topology;
    if (workload.streams > 0 && (topology.homes == 0 || topology.clients == 0)) {
      reader.problem(entry->place, "streams need a home and a client, and the topology lacks one");
    }
  }

  void read_objectives(TableReader& reader) {
    auto& objectives = drill_.objectives;
    Millis rto{0};
    Millis staleness{0};
    std::uint64_t lost = 0;
    double resumed = 0;
    if (reader.duration("rto", rto, {1ms, day})) {
      objectives.rto = rto;
    }
    reader.duration("hold", objectives.hold, {1ms, day});
    if (reader.integer("rpo_events", lost, {0, 1e15})) {
      objectives.rpo_events = lost;
    }
    if (reader.duration("presence_staleness", staleness, {1ms, day})) {
      objectives.presence_staleness = staleness;
    }
    if (reader.number("sessions_resumed_ratio", resumed, {0, 1})) {
      objectives.sessions_resumed_ratio = resumed;
    }
  }

  void read_verify(TableReader& reader) {
    reader.duration("converge_within", drill_.verify.converge_within, {1ms, day});
    reader.duration("without_directories", drill_.verify.without_directories, {1ms, day});
    const auto* entry = reader.find("promises");
    const auto* word = entry == nullptr ? nullptr : std::get_if<std::string>(&entry->value.content);
    if (entry == nullptr || (word != nullptr && *word == "all")) {
      return;
    }
    std::vector<std::string> known;
    for (int i = 1; i <= promises_count; ++i) {
      known.push_back(fmt::format("P{}", i));
    }
    if (word != nullptr) {
      reader.problem(entry->value.place, "\"promises\" must be \"all\" or a list such as [\"P1\"]");
    } else if (reader.texts("promises", drill_.verify.promises)) {
      for (const auto& promise : drill_.verify.promises) {
        if (std::find(known.begin(), known.end(), promise) == known.end()) {
          reader.problem(entry->value.place, "no such promise " + not_one_of(promise, known));
        }
      }
    }
  }

  void read_sim(TableReader& reader) {
    reader.integer("seeds", drill_.sim.seeds, {1, 1e9});
    reader.text("profile", drill_.sim.profile);
    reader.duration("duration", drill_.sim.duration, {1ms, 365 * day});
    reader.integer("link_credit", drill_.sim.link_credit, {0, 65'536});
    reader.integer("link_queue", drill_.sim.link_queue, {0, 65'536});
    reader.integer("link_backlog", drill_.sim.link_backlog, {0, 1U << 30U});
    reader.integer("link_strangers", drill_.sim.link_strangers, {0, 65'536});
    reader.integer("accounts_held", drill_.sim.accounts_held, {0, 1e6});
    reader.integer("snapshot_after", drill_.sim.snapshot_after, {0, 1e6});
  }

  void read_live(TableReader& reader) {
    static constexpr std::string_view approvals[] = {"required", "none"};
    reader.integer("repeats", drill_.live.repeats, {1, 1000});
    auto approval = static_cast<std::size_t>(drill_.live.approval);
    reader.word("approval", approval, approvals);
    drill_.live.approval = static_cast<Approval>(approval);
    reader.duration("fault_ttl", drill_.live.fault_ttl, {1s, day});
    for (const auto* entry : reader.tables("abort_if")) {
      TableReader inner(std::get<TomlTable>(entry->content), entry->place, "\"abort_if\"",
                        problems_);
      AbortIf abort;
      if (const auto* probe = read_probe(inner, abort.probe)) {
        abort.side = read_bound(inner, *probe, {"below", "above"}, abort.bound);
      }
      inner.finish();
      drill_.live.abort_if.push_back(std::move(abort));
    }
  }

  void read_steady_state(const TomlValue& entry) {
    TableReader reader(std::get<TomlTable>(entry.content), entry.place, "[[steady_state]]",
                       problems_);
    SteadyState state;
    reader.duration("window", state.window, {100ms, day});
    if (const auto* probe = read_probe(reader, state.probe)) {
      state.side = read_bound(reader, *probe, {"at_least", "at_most"}, state.bound);
      reader.finish();
    }
    drill_.steady_state.push_back(std::move(state));
  }

  static const Probe* read_probe(TableReader& reader, std::string& name) {
    if (!reader.text("probe", name, true)) {
      return nullptr;
    }
    const auto* probe = find_probe(name);
    if (probe == nullptr) {
      std::vector<std::string> known;
      for (const auto& one : probes()) {
        known.emplace_back(one.name);
      }
      reader.problem(reader.find("probe")->value.place, "unknown probe " + not_one_of(name, known));
    }
    return probe;
  }

  /// One of the two keys, as the probe's unit is written. The first one is a lower bound.
  static Side read_bound(TableReader& reader, const Probe& probe,
                         std::pair<std::string_view, std::string_view> keys, double& bound) {
    const bool low = reader.find(keys.first) != nullptr;
    const bool high = reader.find(keys.second) != nullptr;
    const auto key = low ? keys.first : keys.second;
    if (low == high) {
      reader.problem(reader.place(), fmt::format("{} needs \"{}\" or \"{}\", and not both",
                                                 reader.name(), keys.first, keys.second));
    } else if (probe.unit == ProbeUnit::duration_ms) {
      Millis duration{0};
      reader.duration(key, duration, {0ms, day});
      bound = static_cast<double>(duration.count());
    } else {
      reader.number(key, bound, {0, probe.unit == ProbeUnit::ratio ? 1 : 1e15});
    }
    return low ? Side::at_least : Side::at_most;
  }

  void read_faults(std::string_view key, FaultPlan& plan, bool timed) {
    for (const auto* entry : root_.tables(key)) {
      const auto& table = std::get<TomlTable>(entry->content);
      TableReader reader(table, entry->place, name_of_fault(table), problems_);
      const auto fault = read_fault(reader, drill_.topology, timed);
      if (!fault) {
        continue;
      }
      if (!plan.empty() && fault->at < plan.back().at) {
        reader.problem(reader.find("at")->value.place,
                       fmt::format("\"at\" is {}, and the fault before it is at {}: write them in "
                                   "the order of time",
                                   duration_text(fault->at), duration_text(plan.back().at)));
      }
      if (std::holds_alternative<DrainRegion>(fault->action) && drill_.runnable()) {
        reader.problem(entry->place,
                       "region.drain cannot be done yet: say waits_for = [\"drain\"]");
      }
      if (timed) {
        places_.push_back(entry->place);
      }
      plan.push_back(*fault);
    }
  }

  static std::string name_of_fault(const TomlTable& table) {
    for (const auto& entry : table) {
      const auto* name = std::get_if<std::string>(&entry.value.content);
      if (entry.key == "fault" && name != nullptr) {
        return *name;
      }
    }
    return "a fault";
  }

  /// What only the whole file shows. A drill that cannot run yet may need what is not promised yet.
  void check_sense() {
    if (drill_.objectives.rto && drill_.steady_state.empty()) {
      root_.problem({}, "an objective \"rto\" needs at least one [[steady_state]]");
    }
    if (drill_.sim.duration.count() > 0 && drill_.sim.duration < last_moment(drill_.method)) {
      root_.problem({}, fmt::format("the run lasts {}, and its faults go on until {}",
                                    duration_text(drill_.sim.duration),
                                    duration_text(last_moment(drill_.method))));
    }
    if (!problems_.empty() || drill_.tolerance == Tolerance::beyond || !drill_.runnable()) {
      return;
    }
    for (const auto& excess : excesses(drill_.topology, drill_.method, drill_.rollback)) {
      root_.problem(places_[excess.fault],
                    fmt::format("{} is beyond what is promised: {}",
                                name_of(drill_.method[excess.fault].action), excess.why));
    }
  }

  Drill drill_;
  std::vector<Problem> problems_;
  std::vector<Place> places_;  ///< Of the faults in the method.
  TableReader root_;
};

std::vector<std::string> texts_of(std::vector<Problem> problems, const std::string& file) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tuple(a.place.line, a.place.column) < std::tuple(b.place.line, b.place.column);
  });
  std::vector<std::string> texts;
  for (const auto& problem : problems) {
    texts.push_back(
        fmt::format("{}:{}:{}: {}", file, problem.place.line, problem.place.column, problem.what));
  }
  return texts;
}

}  // namespace

ParsedDrill parse_drill(std::string_view text, const std::string& file) {
  if (text.size() > drill_file_bytes_max) {
    return {{}, {fmt::format("{}:1:1: longer than {} bytes", file, drill_file_bytes_max)}};
  }
  const auto parsed = parse_toml(text);
  if (const auto* problem = std::get_if<Problem>(&parsed)) {
    return {{}, texts_of({*problem}, file)};
  }
  Parser parser(std::get<TomlTable>(parsed));
  ParsedDrill result;
  result.drill = parser.read();
  result.problems = texts_of(parser.take_problems(), file);
  return result;
}

}  // namespace hearth::drill
