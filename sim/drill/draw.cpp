#include "sim/drill/atlas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace hearth::drill {
namespace {

constexpr int attempts_max = 8;  ///< For a fault that the atlas refuses.
constexpr double faults_at_full_intensity = 8;

/// Draws one fault. Knows the topology, so that what it draws has a target.
class Artist final {
 public:
  Artist(const Chance& chance, const Topology& topology, Millis horizon)
      : chance_(chance), topology_(topology), horizon_(horizon) {}

  /// Nothing where the drawn sort needs a role that is not there.
  std::optional<Fault> fault() {
    Fault fault;
    fault.at = upto(horizon_ * 2 / 3);
    fault.lasts = std::max(upto(horizon_ - fault.at), Millis{1});
    switch (chance_(4)) {
      case 0: return process(fault);
      case 1: return link(fault);
      case 2: return disk(fault);
      default: return rest(fault);
    }
  }

 private:
  Millis upto(Millis bound) {
    return Millis(static_cast<std::int64_t>(
        chance_(static_cast<std::uint64_t>(std::max<std::int64_t>(bound.count(), 1)))));
  }

  double ratio(double most) { return most * static_cast<double>(1 + chance_(100)) / 100; }

  const std::string& region() { return topology_.regions[chance_(topology_.regions.size())]; }

  /// One to three of a role, by name: what the seed drew can be read.
  NodeChoice some(Role role) {
    NodeChoice all;
    all.role = role;
    all.count = static_cast<std::uint32_t>(1 + chance_(3));
    NodeChoice named;
    for (const auto& node : choose(all, topology_, chance_)) {
      named.names.push_back(node.name);
    }
    return named;
  }

  NodeChoice some_server() {
    constexpr std::array roles = {Role::directory, Role::super_peer, Role::home};
    return some(roles[chance_(roles.size())]);
  }

  NodeChoice anybody() {
    constexpr std::array roles = {Role::directory, Role::super_peer, Role::home, Role::client};
    return some(roles[chance_(roles.size())]);
  }

  LinkChoice links() {
    LinkChoice links;
    if (topology_.regions.size() > 1 && chance_(2) == 0) {
      links.from.region = region();
    } else {
      links.from = anybody();
    }
    links.one_way = chance_(3) == 0;
    return links;
  }

  static std::optional<Fault> with(Fault fault, FaultAction action, const NodeChoice& target) {
    fault.action = std::move(action);
    return target.empty() ? std::nullopt : std::optional(std::move(fault));
  }

  static std::optional<Fault> momentary(Fault fault, FaultAction action, const NodeChoice& target) {
    fault.lasts = Millis{0};
    return with(std::move(fault), std::move(action), target);
  }

  std::optional<Fault> process(const Fault& fault) {
    const auto nodes = anybody();
    switch (chance_(6)) {
      case 0: return with(fault, PauseProcess{nodes}, nodes);
      case 1: return momentary(fault, RestartProcess{nodes}, nodes);
      case 2: return with(fault, SlowProcess{nodes, 1 + ratio(50)}, nodes);
      case 3: {
        NodeChoice target;
        target.region = region();
        return with(fault, KillRegion{target.region, Disks::keep}, target);
      }
      default: return with(fault, KillProcess{nodes}, nodes);
    }
  }

  std::optional<Fault> link(const Fault& fault) {
    const auto chosen = links();
    const auto& from = chosen.from;
    switch (chance_(8)) {
      case 0: return with(fault, DelayLinks{chosen, upto(Millis{1000}), upto(Millis{500})}, from);
      case 1: return with(fault, LoseFrames{chosen, ratio(0.3)}, from);
      case 2: return with(fault, DuplicateFrames{chosen, ratio(0.3)}, from);
      case 3:
        return with(fault, ReorderFrames{chosen, ratio(0.5), Millis{1} + upto(Millis{500})}, from);
      case 4: return with(fault, LimitBandwidth{chosen, 0.5 + ratio(20)}, from);
      case 5: return with(fault, ClogLinks{chosen, chance_(2) == 0}, from);
      case 6: return momentary(fault, HalfOpenLinks{chosen}, from);
      default: return with(fault, PartitionLinks{chosen}, from);
    }
  }

  std::optional<Fault> disk(const Fault& fault) {
    const auto nodes = some_server();
    switch (chance_(5)) {
      case 0: return with(fault, FillDisk{nodes, chance_(1U << 16U)}, nodes);
      case 1:
        return with(fault, FailDisk{nodes, static_cast<DiskOperation>(chance_(3)), ratio(1)},
                    nodes);
      case 2: {
        const auto least = upto(Millis{1000});
        return with(fault,
                    StallDisk{nodes, least, least + Millis{1} + upto(Millis{5000}), ratio(1)},
                    nodes);
      }
      default: return with(fault, PowerLoss{nodes, static_cast<LostTail>(chance_(4))}, nodes);
    }
  }

  std::optional<Fault> rest(const Fault& fault) {
    const auto home = some(Role::home);
    const auto super_peer = some(Role::super_peer);
    const auto back = upto(Millis{7'200'000}) - Millis{3'600'000};
    switch (chance_(6)) {
      case 0: return momentary(fault, RebindNat{home, chance_(2) == 0}, home);
      case 1:
        return with(fault, TamperSplice{super_peer, static_cast<Tampering>(chance_(4)), ratio(0.1)},
                    super_peer);
      case 2: return with(fault, OffsetClock{home, back}, home);
      case 3: return momentary(fault, StepClock{home, back}, home);
      case 4: return with(fault, DriftClock{home, ratio(1000)}, home);
      default: return momentary(fault, ReconnectHerd{home, upto(Millis{2000})}, home);
    }
  }

  const Chance& chance_;
  const Topology& topology_;
  Millis horizon_;
};

void insert(FaultPlan& plan, Fault fault) {
  const auto later = std::find_if(plan.begin(), plan.end(),
                                  [&fault](const Fault& other) { return other.at > fault.at; });
  plan.insert(later, std::move(fault));
}

}  // namespace

FaultPlan draw_faults(const Chance& chance, const Topology& topology, const DrawOptions& options) {
  Fault heal;
  heal.at = options.horizon;
  heal.action = HealAll{};
  FaultPlan plan = {heal};
  Artist artist(chance, topology, options.horizon);
  const auto most = std::lround(options.intensity * faults_at_full_intensity);
  const auto count = 1 + chance(static_cast<std::uint64_t>(std::max(most, 1L)));
  for (std::uint64_t i = 0; i < count; ++i) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      auto fault = artist.fault();
      if (!fault) {
        continue;
      }
      auto candidate = plan;
      insert(candidate, std::move(*fault));
      if (excesses(topology, candidate, {}).empty()) {
        plan = std::move(candidate);
        break;
      }
    }
  }
  return plan;
}

}  // namespace hearth::drill
