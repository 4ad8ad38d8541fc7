#include "sim/drill/fault_rules.hpp"

#include "messages/base/limits.hpp"
#include "sim/drill/words.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr std::string_view only_copy = "what it acknowledged is on that one disk only (P1)";
constexpr double loss_is_a_cut = 0.9;

bool may_strike(const NodeChoice& choice, const Topology& topology,
                std::initializer_list<Role> roles) {
  const auto nodes = candidates(choice, topology);
  return std::any_of(nodes.begin(), nodes.end(), [&roles](const Node& node) {
    return std::find(roles.begin(), roles.end(), node.role) != roles.end();
  });
}

std::string clock_excess(const NodeChoice& nodes, const Topology& topology, Millis off) {
  const bool serves = may_strike(nodes, topology, {Role::directory, Role::super_peer});
  if (!serves || std::chrono::abs(off) <= limits::clock_tolerance) {
    return {};
  }
  return fmt::format(
      "directories and super-peers admit nobody when a clock is off by {}: at most {}",
      duration_text(off), duration_text(limits::clock_tolerance));
}

struct Rules {
  const Fault& fault;
  const Topology& topology;

  std::string operator()(const auto&) const { return {}; }

  std::string operator()(const WipeDisk& f) const {
    const bool lost = may_strike(f.nodes, topology, {Role::home});
    return lost ? std::string(only_copy) : std::string{};
  }
  std::string operator()(const PoisonEvent& f) const {
    const bool single = may_strike(f.nodes, topology, {Role::directory});
    return single ? "all replicas of a directory apply the same events: none could go on without it"
                  : std::string{};
  }
  std::string operator()(const OffsetClock& f) const {
    return clock_excess(f.nodes, topology, f.by);
  }
  std::string operator()(const StepClock& f) const { return clock_excess(f.nodes, topology, f.by); }
  std::string operator()(const DriftClock& f) const {
    const auto span = static_cast<double>(fault.lasts.count());
    return clock_excess(f.nodes, topology, Millis(std::llround(span * f.ppm / 1e6)));
  }
};

template <class T>
concept StopsNodes = std::same_as<T, KillProcess> || std::same_as<T, PauseProcess> ||
    std::same_as<T, PowerLoss> || std::same_as<T, WipeDisk> || std::same_as<T, TamperSplice> ||
    std::same_as<T, FailDisk> || std::same_as<T, FillDisk> || std::same_as<T, StrikeNode>;

struct Takes {
  std::optional<NodeChoice> operator()(const auto&) const { return std::nullopt; }
  std::optional<NodeChoice> operator()(const StopsNodes auto& f) const { return f.nodes; }
  std::optional<NodeChoice> operator()(const KillRegion& f) const {
    NodeChoice super_peers;
    super_peers.role = Role::super_peer;  // Directories are not needed to play.
    super_peers.region = f.region;
    return super_peers;
  }
};

struct Damages {
  std::optional<NodeChoice> operator()(const auto&) const { return std::nullopt; }
  std::optional<NodeChoice> operator()(const WipeDisk& f) const { return f.nodes; }
  std::optional<NodeChoice> operator()(const KillRegion& f) const {
    NodeChoice all;
    all.region = f.region;
    return f.disks == Disks::wipe ? std::optional(all) : std::nullopt;
  }
  std::optional<NodeChoice> operator()(const RotBits& f) const {
    return f.where == RotPlace::media ? std::nullopt : std::optional(f.nodes);
  }
  std::optional<NodeChoice> operator()(const PoisonEvent& f) const { return f.nodes; }
};

struct Cuts {
  std::optional<LinkChoice> operator()(const auto&) const { return std::nullopt; }
  std::optional<LinkChoice> operator()(const PartitionLinks& f) const { return f.links; }
  /// Which messages can be spared, nobody knows.
  std::optional<LinkChoice> operator()(const FilterMessages& f) const { return f.links; }
  std::optional<LinkChoice> operator()(const LoseFrames& f) const {
    return f.ratio >= loss_is_a_cut ? std::optional(f.links) : std::nullopt;
  }
};

struct Ends {
  const FaultAction& action;

  bool operator()(const auto&) const { return false; }
  bool operator()(const HealAll&) const { return true; }
  bool operator()(const RestoreRegion& remedy) const {
    const auto* killed = std::get_if<KillRegion>(&action);
    return killed != nullptr && killed->region == remedy.region;
  }
  bool operator()(const ReplaceNode& remedy) const {
    const auto* killed = std::get_if<KillRegion>(&action);
    const auto* wiped = std::get_if<WipeDisk>(&action);
    return (killed != nullptr && killed->region == remedy.nodes.region) ||
           (wiped != nullptr && wiped->nodes == remedy.nodes);
  }
  bool operator()(const RestartProcess& remedy) const {
    const auto* killed = std::get_if<KillProcess>(&action);
    const auto* dark = std::get_if<PowerLoss>(&action);
    return (killed != nullptr && killed->nodes == remedy.nodes) ||
           (dark != nullptr && dark->nodes == remedy.nodes);
  }
};

}  // namespace

std::string excess_of(const Fault& fault, const Topology& topology) {
  return std::visit(Rules{fault, topology}, fault.action);
}

std::optional<NodeChoice> taken_by(const FaultAction& action) {
  return std::visit(Takes{}, action);
}

std::optional<NodeChoice> damaged_by(const FaultAction& action) {
  return std::visit(Damages{}, action);
}

std::optional<LinkChoice> cut_by(const FaultAction& action) {
  return std::visit(Cuts{}, action);
}

bool ends(const FaultAction& remedy, const FaultAction& action) {
  return std::visit(Ends{action}, remedy);
}

std::optional<Millis> remedied_at(const FaultPlan& method, const FaultAction& action,
                                  Millis begin) {
  const auto found =
      std::find_if(method.begin(), method.end(), [&action, begin](const Fault& other) {
        return other.at >= begin && ends(other.action, action);
      });
  return found == method.end() ? std::nullopt : std::optional(found->at);
}

}  // namespace hearth::drill
