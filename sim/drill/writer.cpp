#include "sim/drill/writer.hpp"

#include "sim/drill/fault_fields.hpp"
#include "sim/drill/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>
#include <vector>

namespace hearth::drill {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string quoted(Millis duration) {
  return quoted(duration_text(duration));
}

std::string list_of(const std::vector<std::string>& texts) {
  std::vector<std::string> elements;
  for (const auto& text : texts) {
    elements.push_back(quoted(text));
  }
  return fmt::format("[{}]", fmt::join(elements, ", "));
}

std::string inline_table(const Pairs& pairs) {
  std::vector<std::string> elements;
  for (const auto& [key, value] : pairs) {
    elements.push_back(key + " = " + value);
  }
  return pairs.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(elements, ", "));
}

Pairs pairs_of(const NodeChoice& choice) {
  Pairs pairs;
  if (!choice.names.empty()) {
    pairs.emplace_back("nodes", list_of(choice.names));
  }
  if (choice.role) {
    pairs.emplace_back("role", quoted(name_of(*choice.role)));
  }
  if (!choice.region.empty()) {
    pairs.emplace_back("region", quoted(choice.region));
  }
  if (choice.count > 0) {
    pairs.emplace_back("count", std::to_string(choice.count));
  }
  if (choice.percent > 0) {
    pairs.emplace_back("percent", std::to_string(choice.percent));
  }
  return pairs;
}

/// "eu" where one word says it.
std::string shortest(const NodeChoice& choice) {
  const auto pairs = pairs_of(choice);
  if (pairs.size() == 1 && choice.names.size() == 1) {
    return quoted(choice.names.front());
  }
  const bool word = pairs.size() == 1 && (choice.role || !choice.region.empty());
  return word ? pairs.front().second : inline_table(pairs);
}

/// Writes the fields of a fault that are not as in a fresh one of its sort.
class FieldWriter final : public FieldVisitor {
 public:
  void nodes(NodeChoice& choice, Roles /*allowed*/) override {
    for (auto& pair : pairs_of(choice)) {
      pairs_.push_back(std::move(pair));
    }
  }
  void links(LinkChoice& choice) override {
    part("from", choice.from, {});
    part("to", choice.to, {});
    if (choice.one_way) {
      pairs_.emplace_back("one_way", "true");
    }
  }
  void part(std::string_view key, NodeChoice& choice, Roles /*allowed*/) override {
    if (choice != NodeChoice{}) {
      pairs_.emplace_back(key, shortest(choice));
    }
  }
  void region(std::string_view key, std::string& name) override {
    pairs_.emplace_back(key, quoted(name));
  }
  void node(std::string_view key, std::string& name, Role /*role*/) override {
    pairs_.emplace_back(key, quoted(name));
  }
  void number(std::string_view key, double& number, NumberRule /*rule*/) override {
    pairs_.emplace_back(key, number_text(number));
  }
  void integer(std::string_view key, std::uint64_t& number, NumberRule /*rule*/) override {
    pairs_.emplace_back(key, std::to_string(number));
  }
  void duration(std::string_view key, Millis& duration, DurationRule /*rule*/) override {
    pairs_.emplace_back(key, quoted(duration));
  }
  void flag(std::string_view key, bool& flag) override {
    pairs_.emplace_back(key, flag ? "true" : "false");
  }
  void word(std::string_view key, std::size_t& index, std::span<const std::string_view> words,
            bool /*required*/) override {
    pairs_.emplace_back(key, quoted(words[index]));
  }
  void kinds(std::string_view key, std::vector<std::string>& kinds) override {
    pairs_.emplace_back(key, list_of(kinds));
  }

  Pairs take() { return std::move(pairs_); }

 private:
  Pairs pairs_;
};

Pairs fields_of(FaultAction action) {
  FieldWriter writer;
  visit_fields(action, writer);
  return writer.take();
}

/// `[name]` with its keys in columns; nothing without keys.
std::string section(std::string_view header, const Pairs& pairs) {
  std::size_t width = 0;
  for (const auto& pair : pairs) {
    width = std::max(width, pair.first.size());
  }
  std::string out = header.empty() || pairs.empty() ? "" : fmt::format("\n{}\n", header);
  for (const auto& [key, value] : pairs) {
    out += fmt::format("{:<{}} = {}\n", key, width, value);
  }
  return out;
}

Pairs head_of(const Drill& drill) {
  Pairs pairs = {{"drill", quoted(drill.name)},
                 {"says", quoted(drill.says)},
                 {"tolerance", drill.tolerance == Tolerance::within ? "\"within\"" : "\"beyond\""}};
  if (!drill.waits_for.empty()) {
    pairs.emplace_back("waits_for", list_of(drill.waits_for));
  }
  return pairs;
}

Pairs topology_of(const Topology& topology) {
  Pairs pairs = {{"regions", list_of(topology.regions)},
                 {"directories_per_region", std::to_string(topology.directories_per_region)},
                 {"super_peers_per_region", std::to_string(topology.super_peers_per_region)}};
  if (topology.gateways > 0) {
    pairs.emplace_back("gateways", std::to_string(topology.gateways));
  }
  pairs.emplace_back("homes", std::to_string(topology.homes));
  pairs.emplace_back("clients", std::to_string(topology.clients));
  if (topology.rocks_homes > 0) {
    pairs.emplace_back("rocks_homes", std::to_string(topology.rocks_homes));
  }
  return pairs;
}

Pairs workload_of(const Workload& workload) {
  Pairs pairs;
  if (workload.streams > 0 || workload.rate_mbit != Workload{}.rate_mbit) {
    pairs.emplace_back("streams", inline_table({{"count", std::to_string(workload.streams)},
                                                {"rate_mbit", number_text(workload.rate_mbit)}}));
  }
  for (const auto& [key, rate] : {std::pair{"browse_per_s", workload.browse_per_s},
                                  {"commands_per_s", workload.commands_per_s},
                                  {"share_changes_per_s", workload.share_changes_per_s},
                                  {"rescans_per_s", workload.rescans_per_s}}) {
    if (rate > 0) {
      pairs.emplace_back(key, number_text(rate));
    }
  }
  if (workload.revocations > 0) {
    pairs.emplace_back("revocations", std::to_string(workload.revocations));
  }
  return pairs;
}

std::string bound_text(const std::string& probe, double bound) {
  const auto* known = find_probe(probe);
  return known != nullptr && known->unit == ProbeUnit::duration_ms
             ? quoted(Millis(static_cast<std::int64_t>(bound)))
             : number_text(bound);
}

Pairs steady_state_of(const SteadyState& state) {
  return {
      {"probe", quoted(state.probe)},
      {state.side == Side::at_least ? "at_least" : "at_most", bound_text(state.probe, state.bound)},
      {"window", quoted(state.window)}};
}

Pairs objectives_of(const Objectives& objectives) {
  Pairs pairs;
  if (objectives.rto) {
    pairs.emplace_back("rto", quoted(*objectives.rto));
  }
  pairs.emplace_back("hold", quoted(objectives.hold));
  if (objectives.rpo_events) {
    pairs.emplace_back("rpo_events", std::to_string(*objectives.rpo_events));
  }
  if (objectives.presence_staleness) {
    pairs.emplace_back("presence_staleness", quoted(*objectives.presence_staleness));
  }
  if (objectives.sessions_resumed_ratio) {
    pairs.emplace_back("sessions_resumed_ratio", number_text(*objectives.sessions_resumed_ratio));
  }
  return pairs;
}

Pairs verify_of(const Verification& verify) {
  Pairs pairs = {{"promises", verify.promises.empty() ? "\"all\"" : list_of(verify.promises)},
                 {"converge_within", quoted(verify.converge_within)}};
  if (verify.without_directories.count() > 0) {
    pairs.emplace_back("without_directories", quoted(verify.without_directories));
  }
  return pairs;
}

Pairs sim_of(const SimSettings& sim) {
  Pairs pairs = {{"seeds", std::to_string(sim.seeds)}, {"profile", quoted(sim.profile)}};
  if (sim.duration.count() > 0) {
    pairs.emplace_back("duration", quoted(sim.duration));
  }
  const std::pair<const char*, std::uint32_t> limits[] = {
      {"link_credit", sim.link_credit},     {"link_queue", sim.link_queue},
      {"link_backlog", sim.link_backlog},   {"link_strangers", sim.link_strangers},
      {"accounts_held", sim.accounts_held}, {"snapshot_after", sim.snapshot_after}};
  for (const auto& [key, limit] : limits) {
    if (limit > 0) {
      pairs.emplace_back(key, std::to_string(limit));
    }
  }
  return pairs;
}

Pairs live_of(const LiveSettings& live) {
  Pairs pairs = {{"repeats", std::to_string(live.repeats)},
                 {"approval", live.approval == Approval::required ? "\"required\"" : "\"none\""},
                 {"fault_ttl", quoted(live.fault_ttl)}};
  std::vector<std::string> tables;
  for (const auto& abort : live.abort_if) {
    tables.push_back(inline_table({{"probe", quoted(abort.probe)},
                                   {abort.side == Side::at_least ? "below" : "above",
                                    bound_text(abort.probe, abort.bound)}}));
  }
  if (!tables.empty()) {
    pairs.emplace_back("abort_if", fmt::format("[{}]", fmt::join(tables, ", ")));
  }
  return pairs;
}

Pairs fault_of(const Fault& fault, bool timed) {
  Pairs pairs;
  if (timed) {
    pairs.emplace_back("at", quoted(fault.at));
  }
  pairs.emplace_back("fault", quoted(name_of(fault.action)));
  for (auto& pair : fields_of(fault.action)) {
    pairs.push_back(std::move(pair));
  }
  if (fault.lasts.count() > 0) {
    pairs.emplace_back("for", quoted(fault.lasts));
  }
  if (fault.times > 1) {
    pairs.emplace_back("every", quoted(fault.every));
    pairs.emplace_back("times", std::to_string(fault.times));
  }
  return pairs;
}

}  // namespace

std::string to_toml(const Drill& drill) {
  auto out = section("", head_of(drill));
  out += section("[topology]", topology_of(drill.topology));
  out += section("[workload]", workload_of(drill.workload));
  for (const auto& state : drill.steady_state) {
    out += section("[[steady_state]]", steady_state_of(state));
  }
  for (const auto& fault : drill.method) {
    out += section("[[method]]", fault_of(fault, true));
  }
  for (const auto& fault : drill.rollback) {
    out += section("[[rollback]]", fault_of(fault, false));
  }
  out += section("[objectives]", objectives_of(drill.objectives));
  out += section("[verify]", verify_of(drill.verify));
  out += section("[sim]", sim_of(drill.sim));
  return out + section("[live]", live_of(drill.live));
}

std::string one_line(const FaultAction& action) {
  std::string out(name_of(action));
  auto separator = " ";
  for (const auto& [key, value] : fields_of(action)) {
    auto plain = value;
    std::erase(plain, '"');
    out += fmt::format("{}{} = {}", separator, key, plain);
    separator = ", ";
  }
  return out;
}

}  // namespace hearth::drill
