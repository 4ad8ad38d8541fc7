#include "sim/drill/atlas.hpp"

#include "sim/drill/fault_fields.hpp"
#include "sim/drill/fault_rules.hpp"
#include "sim/drill/words.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr auto never = Millis::max();

/// One round of a fault.
struct Span {
  std::size_t fault = 0;
  Millis begin{0};
  Millis end{0};  ///< `never` where nothing ends it.
};

std::vector<Span> spans_of(const FaultPlan& method) {
  std::vector<Span> spans;
  for (const auto& moment : moments_of(method)) {
    const auto& fault = method[moment.fault];
    if (moment.begins) {
      const auto healed = remedied_at(method, fault.action, moment.at).value_or(never);
      const auto over = fault.lasts.count() > 0 ? moment.at + fault.lasts : never;
      spans.push_back({moment.fault, moment.at, std::min(healed, over)});
    }
  }
  return spans;
}

/// Which nodes a choice means, by their place in `nodes_of`.
std::vector<bool> mask_of(const NodeChoice& choice, const Topology& topology,
                          const std::vector<Node>& nodes) {
  const auto meant = candidates(choice, topology);
  std::vector<bool> mask(nodes.size(), false);
  std::size_t next = 0;
  for (std::size_t i = 0; i < nodes.size() && next < meant.size(); ++i) {
    if (nodes[i].name == meant[next].name) {
      mask[i] = true;
      ++next;
    }
  }
  return mask;
}

bool draws(const NodeChoice& choice) {
  return choice.count > 0 || choice.percent > 0;
}

/// Who can still play while some faults last, at worst.
class Survey final {
 public:
  explicit Survey(const Topology& topology)
      : topology_(topology), nodes_(nodes_of(topology)), down_(nodes_.size(), false) {}

  void add(const FaultAction& action) {
    if (const auto taken = taken_by(action)) {
      take(*taken);
    }
    if (auto cut = cut_by(action)) {
      cut_.push_back(mask(std::move(*cut)));
    }
  }

  /// Empty: enough people can.
  [[nodiscard]] std::string problem() const {
    const auto none = std::vector<Cut>{};
    if (total(Role::super_peer) > 0 && paths(nullptr, none) <= drawn_) {
      return "no super-peer is left";
    }
    for (const auto role : {Role::home, Role::client}) {
      const auto people = total(role);
      if (people > 0 && total(Role::super_peer) > 0 && 2 * stranded(role) > people) {
        return fmt::format("more than half of the {}s are left without a super-peer",
                           name_of(role));
      }
    }
    return {};
  }

 private:
  struct Cut {
    std::vector<bool> from;
    std::vector<bool> to;
    std::size_t from_count = 0;  ///< Of those of `from`, so many are drawn; 0: all.
  };

  void take(const NodeChoice& choice) {
    const auto meant = mask_of(choice, topology_, nodes_);
    std::size_t super_peers = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool hit = meant[i] && nodes_[i].role == Role::super_peer;
      super_peers += hit ? 1 : 0;
      down_[i] = down_[i] || (hit && !draws(choice));
    }
    if (draws(choice)) {
      const auto all = static_cast<std::size_t>(std::count(meant.begin(), meant.end(), true));
      drawn_ += std::min(super_peers, chosen_count(choice, all));
    }
  }

  [[nodiscard]] Cut mask(LinkChoice links) const {
    Cut cut{mask_of(links.from, topology_, nodes_), mask_of(links.to, topology_, nodes_), 0};
    if (links.to.empty() && !links.from.empty()) {
      cut.to = cut.from;
      cut.to.flip();
    }
    if (draws(links.from)) {
      const auto all = std::count(cut.from.begin(), cut.from.end(), true);
      cut.from_count = chosen_count(links.from, static_cast<std::size_t>(all));
    }
    return cut;
  }

  [[nodiscard]] std::size_t total(Role role) const {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(), nodes_.end(), [role](const Node& node) { return node.role == role; }));
  }

  static bool severs(const Cut& cut, std::size_t a, std::size_t b) {
    return (cut.from[a] && cut.to[b]) || (cut.from[b] && cut.to[a]);
  }

  /// Super-peers that are up and that `person` reaches; of all, if there is none.
  [[nodiscard]] std::size_t paths(const std::size_t* person, const std::vector<Cut>& cuts) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].role == Role::super_peer && !down_[i]) {
        found += std::any_of(cuts.begin(), cuts.end(),
                             [person, i](const Cut& cut) { return severs(cut, *person, i); })
                     ? 0
                     : 1;
      }
    }
    return found;
  }

  /// Homes or clients without a path. A cut that draws its near end strands at most those drawn.
  [[nodiscard]] std::size_t stranded(Role role) const {
    std::vector<Cut> whole;
    std::size_t drawn_people = 0;
    for (const auto& cut : cut_) {
      if (cut.from_count == 0) {
        whole.push_back(cut);
      } else {
        drawn_people += cut.from_count;
      }
    }
    std::size_t count = 0;
    std::size_t at_risk = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].role == role) {
        const bool lost = paths(&i, whole) <= drawn_;
        count += lost ? 1 : 0;
        at_risk += !lost && paths(&i, cut_) <= drawn_ ? 1 : 0;
      }
    }
    return count + std::min(at_risk, drawn_people);
  }

  const Topology& topology_;
  std::vector<Node> nodes_;
  std::vector<bool> down_;  ///< Super-peers that are certainly down.
  std::size_t drawn_ = 0;   ///< And so many more, drawn.
  std::vector<Cut> cut_;
};

/// What is wrong at the beginning of `span`, all faults that last then together.
std::string excess_at(const Topology& topology, const FaultPlan& method,
                      const std::vector<Span>& spans, const Span& span) {
  Survey survey(topology);
  for (const auto& other : spans) {
    if (other.begin <= span.begin && span.begin < other.end) {
      survey.add(method[other.fault].action);
    }
  }
  const auto problem = survey.problem();
  return problem.empty() ? problem : fmt::format("{} at {}", problem, duration_text(span.begin));
}

bool ends_in(const FaultPlan& rollback, const FaultAction& action) {
  return std::any_of(rollback.begin(), rollback.end(),
                     [&action](const Fault& remedy) { return ends(remedy.action, action); });
}

bool holds(const std::vector<Node>& nodes, const Node& wanted) {
  return ranges::find(nodes, wanted.name, &Node::name) != nodes.end();
}

/// Nodes whose log cannot be read any more, and what nobody does about it later.
std::string stays_damaged(const Topology& topology, const FaultPlan& method, std::size_t index,
                          const FaultPlan& rollback) {
  const auto damaged = damaged_by(method[index].action);
  if (!damaged) {
    return {};
  }
  FaultPlan later(method.begin() + static_cast<std::ptrdiff_t>(index), method.end());
  later.insert(later.end(), rollback.begin(), rollback.end());
  const auto is_reset = [&damaged](const Fault& other) {
    const auto* reset = std::get_if<ResetProcess>(&other.action);
    return reset != nullptr && reset->nodes == *damaged;
  };
  const bool are_reset = std::any_of(later.begin(), later.end(), is_reset);
  const auto is_replaced = [&later, &topology](const Node& node) {
    return std::any_of(later.begin(), later.end(), [&](const Fault& other) {
      const auto* replaced = std::get_if<ReplaceNode>(&other.action);
      return replaced != nullptr && !draws(replaced->nodes) &&
             holds(candidates(replaced->nodes, topology), node);
    });
  };
  std::size_t directories = 0;
  for (const auto& node : candidates(*damaged, topology)) {
    if (node.role == Role::home && !are_reset &&
        !std::holds_alternative<KillRegion>(method[index].action)) {
      return "its log stays unreadable: let a process.reset of the same nodes follow (P6)";
    }
    const bool serves = node.role == Role::directory || node.role == Role::super_peer;
    if (serves && !is_replaced(node)) {
      return fmt::format("{} cannot come back without its disk: let a node.replace follow (P1)",
                         node.name);
    }
    directories += node.role == Role::directory ? 1 : 0;
  }
  const auto all = topology.regions.size() * topology.directories_per_region;
  return 2 * directories < all || directories == 0
             ? std::string{}
             : "only the loss of a minority of the directories is survived (P1)";
}

}  // namespace

std::vector<Excess> excesses(const Topology& topology, const FaultPlan& method,
                             const FaultPlan& rollback) {
  const auto spans = spans_of(method);
  std::vector<Excess> found;
  for (std::size_t i = 0; i < method.size(); ++i) {
    auto why = excess_of(method[i], topology);
    for (const auto& span : spans) {
      const bool strikes =
          span.fault == i && (taken_by(method[i].action) || cut_by(method[i].action));
      if (why.empty() && strikes) {
        why = excess_at(topology, method, spans, span);
      }
      if (why.empty() && span.fault == i && span.end == never && !is_momentary(method[i].action) &&
          !ends_in(rollback, method[i].action)) {
        why = "it never ends: give it a \"for\", or heal it in the rollback (P6)";
      }
    }
    if (why.empty()) {
      why = stays_damaged(topology, method, i, rollback);
    }
    if (!why.empty()) {
      found.push_back({i, std::move(why)});
    }
  }
  return found;
}

}  // namespace hearth::drill
