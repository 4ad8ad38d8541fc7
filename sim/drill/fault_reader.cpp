#include "sim/drill/fault_reader.hpp"

#include "sim/drill/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

constexpr Millis day = 24h;
constexpr std::string_view role_words[] = {"directory", "super-peer", "home", "client", "gateway"};

std::vector<std::string> names_of_nodes(const Topology& topology) {
  std::vector<std::string> names;
  for (const auto& node : nodes_of(topology)) {
    names.push_back(node.name);
  }
  return names;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Reads the fields of one fault.
class FieldReader final : public FieldVisitor {
 public:
  FieldReader(TableReader& reader, const Topology& topology)
      : reader_(reader), topology_(topology) {}

  void nodes(NodeChoice& choice, Roles allowed) override {
    read_choice(reader_, choice, allowed);
    if (allowed.size() == 1 && choice.names.empty() && !choice.role) {
      choice.role = allowed.front();
    }
    if (choice.names.empty() && !choice.role && !complained_) {
      reader_.problem(reader_.place(),
                      reader_.name() + " strikes nobody: give it a \"role\" or \"nodes\"");
    } else {
      check_meets_somebody(reader_, choice);
    }
  }

  void links(LinkChoice& choice) override {
    part("from", choice.from, {});
    part("to", choice.to, {});
    reader_.flag("one_way", choice.one_way);
    if (choice.from.empty() && !choice.to.empty()) {
      reader_.problem(reader_.place(), reader_.name() + " has a \"to\" but no \"from\"");
    }
  }

  void part(std::string_view key, NodeChoice& choice, Roles allowed) override {
    const auto* entry = reader_.find(key);
    if (entry != nullptr && std::holds_alternative<std::string>(entry->value.content)) {
      shorthand(*entry, choice);
    } else if (const auto* table = reader_.table(key)) {
      TableReader inner(*table, entry->value.place, fmt::format("\"{}\"", key), reader_.problems());
      read_choice(inner, choice, allowed);
      check_meets_somebody(inner, choice);
      inner.finish();
    }
    if (allowed.size() == 1 && choice.names.empty() && !choice.role) {
      choice.role = allowed.front();
      check_meets_somebody(reader_, choice);
    }
  }

  void region(std::string_view key, std::string& name) override {
    if (reader_.text(key, name, true)) {
      check_region(reader_, key, name);
    }
  }

  void node(std::string_view key, std::string& name, Role role) override {
    if (reader_.text(key, name, true)) {
      const Role allowed[] = {role};
      check_node(reader_.find(key)->value.place, name, allowed);
    }
  }

  void number(std::string_view key, double& number, NumberRule rule) override {
    reader_.number(key, number, rule);
  }
  void integer(std::string_view key, std::uint64_t& number, NumberRule rule) override {
    reader_.integer(key, number, rule);
  }
  void duration(std::string_view key, Millis& duration, DurationRule rule) override {
    reader_.duration(key, duration, rule);
  }
  void flag(std::string_view key, bool& flag) override { reader_.flag(key, flag); }
  void word(std::string_view key, std::size_t& index, std::span<const std::string_view> words,
            bool required) override {
    reader_.word(key, index, words, required);
  }

  void kinds(std::string_view key, std::vector<std::string>& kinds) override {
    if (reader_.need(key) == nullptr || !reader_.texts(key, kinds)) {
      return;
    }
    const auto& known = names_of_kinds();
    for (const auto& kind : kinds) {
      if (!has(known, kind)) {
        reader_.problem(reader_.find(key)->value.place,
                        "no such message kind " + not_one_of(kind, known));
      }
    }
    if (kinds.empty()) {
      reader_.problem(reader_.find(key)->value.place, "\"kinds\" is empty");
    }
  }

 private:
  void read_choice(TableReader& reader, NodeChoice& choice, Roles allowed) {
    std::size_t role = 0;
    reader.texts("nodes", choice.names);
    if (reader.word("role", role, role_words)) {
      choice.role = static_cast<Role>(role);
      check_role(reader.find("role")->value.place, *choice.role, allowed);
    } else {
      complained_ = complained_ || reader.find("role") != nullptr;
    }
    if (reader.text("region", choice.region)) {
      check_region(reader, "region", choice.region);
    }
    const bool count = reader.integer("count", choice.count, {1, 1e9});
    const bool percent = reader.integer("percent", choice.percent, {1, 100});
    if (count && percent) {
      reader.problem(reader.place(), reader.name() + " has both \"count\" and \"percent\"");
    }
    if (!choice.names.empty() && (choice.role || !choice.region.empty())) {
      reader.problem(reader.place(),
                     reader.name() + " has \"nodes\", and so no \"role\" or \"region\"");
    }
    for (const auto& name : choice.names) {
      check_node(reader.find("nodes")->value.place, name, allowed);
    }
  }

  void check_role(Place place, Role role, Roles allowed) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), role) == allowed.end()) {
      reader_.problem(place, fmt::format("{} cannot strike a {}", reader_.name(), name_of(role)));
      complained_ = true;
    }
  }

  void check_node(Place place, const std::string& name, Roles allowed) {
    const auto nodes = nodes_of(topology_);
    const auto found = std::find_if(nodes.begin(), nodes.end(),
                                    [&name](const Node& node) { return node.name == name; });
    if (found == nodes.end()) {
      reader_.problem(place,
                      "the topology has no node " + not_one_of(name, names_of_nodes(topology_)));
      complained_ = true;
    } else {
      check_role(place, found->role, allowed);
    }
  }

  void check_region(TableReader& reader, std::string_view key, const std::string& name) {
    if (!has(topology_.regions, name)) {
      reader.problem(reader.find(key)->value.place,
                     "the topology has no region " + not_one_of(name, topology_.regions));
      complained_ = true;
    }
  }

  /// A role that is there, in a region that is there, yet nobody.
  void check_meets_somebody(TableReader& reader, const NodeChoice& choice) {
    if (complained_ || !candidates(choice, topology_).empty()) {
      return;
    }
    complained_ = true;
    const auto where = choice.region.empty() ? std::string{} : " near " + choice.region;
    reader.problem(reader.place(),
                   fmt::format("{} needs a {}{}, and the topology has none", reader.name(),
                               choice.role ? name_of(*choice.role) : "node", where));
  }

  /// "eu", "super-peer" or "home/3" instead of a table.
  void shorthand(const TomlEntry& entry, NodeChoice& choice) {
    const auto& said = std::get<std::string>(entry.value.content);
    if (said.find('/') != std::string::npos) {
      choice.names = {said};
      check_node(entry.value.place, said, {});
    } else if (has(topology_.regions, said)) {
      choice.region = said;
    } else if (const auto role = role_from(said)) {
      choice.role = role;
    } else {
      auto known = strings(role_words);
      known.insert(known.end(), topology_.regions.begin(), topology_.regions.end());
      reader_.problem(
          entry.value.place,
          fmt::format("\"{}\" must be a region, a role or a node of the topology, not {}",
                      entry.key, not_one_of(said, known)));
      complained_ = true;
      return;
    }
    check_meets_somebody(reader_, choice);
  }

  TableReader& reader_;
  const Topology& topology_;
  bool complained_ = false;  ///< About the choice; what follows from that is not told as well.
};

std::optional<FaultAction> action_named(TableReader& reader) {
  std::string name;
  if (!reader.text("fault", name, true)) {
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (const auto& action : all_faults()) {
    if (name_of(action) == name) {
      return action;
    }
    known.emplace_back(name_of(action));
  }
  reader.problem(reader.find("fault")->value.place, "unknown fault " + not_one_of(name, known));
  return std::nullopt;
}

void read_times(TableReader& reader, Fault& fault) {
  reader.duration("at", fault.at, {0ms, day, true});
  reader.duration("for", fault.lasts, {1ms, day});
  const bool flaps = reader.duration("every", fault.every, {1ms, day});
  reader.integer("times", fault.times, {1, 10'000});
  if (flaps != (fault.times > 1)) {
    reader.problem(reader.place(),
                   reader.name() + " needs both \"every\" and \"times\" of 2 or more, or neither");
  }
  if (flaps && fault.lasts >= fault.every) {
    reader.problem(
        reader.place(),
        fmt::format("{} lasts {} and comes back every {}: \"for\" must be shorter", reader.name(),
                    duration_text(fault.lasts), duration_text(fault.every)));
  }
}

void check_sense(TableReader& reader, const Fault& fault) {
  const auto* clog = std::get_if<ClogLinks>(&fault.action);
  if (clog != nullptr && clog->swizzle && fault.lasts.count() == 0) {
    reader.problem(reader.place(), reader.name() + " swizzles: it needs a \"for\"");
  }
  const auto* stall = std::get_if<StallDisk>(&fault.action);
  if (stall != nullptr && stall->at_least > stall->at_most) {
    reader.problem(reader.place(), reader.name() + " has \"at_least\" above \"at_most\"");
  }
  if (fault.lasts.count() > 0 && is_momentary(fault.action)) {
    reader.problem(reader.find("for")->place,
                   reader.name() + " is over at once: it has no \"for\"");
  }
}

}  // namespace

std::optional<Fault> read_fault(TableReader& reader, const Topology& topology, bool timed) {
  Fault fault;
  if (timed) {
    read_times(reader, fault);
  }
  auto action = action_named(reader);
  if (!action) {
    return std::nullopt;
  }
  fault.action = std::move(*action);
  FieldReader fields(reader, topology);
  visit_fields(fault.action, fields);
  check_sense(reader, fault);
  reader.finish();
  return fault;
}

}  // namespace hearth::drill
