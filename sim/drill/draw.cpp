#include "messages/base/limits.hpp"
#include "sim/drill/atlas.hpp"
#include "sim/drill/fault_fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace hearth::drill {
namespace {

constexpr int attempts_max = 8;  ///< For a fault that the atlas refuses.
constexpr double faults_at_full_intensity = 8;

/// A fault and what remedies it: drawn, refused or taken together.
using Drawn = std::vector<Fault>;

/// Draws one disaster. Knows the topology, so that what it draws has a target.
///
/// What it never draws is not survived today, or is nothing of its own: lost disks of homes (each
/// is the only copy, P1), `event.poison` of the service (all directories apply it), bit rot of
/// media (nothing could tell), `region.drain` (waits for drain), `region.restore` (a remedy, as the
/// end of `region.kill` is).
class Artist final {
 public:
  Artist(const Chance& chance, const Topology& topology, Millis horizon)
      : chance_(chance), topology_(topology), horizon_(horizon) {}

  /// Nothing where the drawn sort needs a role that is not there.
  Drawn disaster() {
    Fault fault;
    fault.at = upto(horizon_ * 2 / 3);
    fault.lasts = std::max(upto(horizon_ - fault.at), Millis{1});
    return (this->*sorts[chance_(sorts.size())])(fault);
  }

 private:
  Millis upto(Millis bound) {
    return Millis(static_cast<std::int64_t>(
        chance_(static_cast<std::uint64_t>(std::max<std::int64_t>(bound.count(), 1)))));
  }
  /// As much before as after.
  Millis around(Millis bound) { return upto(2 * bound) - bound; }

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

  template <std::size_t N>
  NodeChoice some_of(const std::array<Role, N>& roles) {
    return some(roles[chance_(N)]);
  }
  NodeChoice some_server() { return some_of(servers); }
  NodeChoice anybody() { return some_of(everybody); }

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

  static Drawn with(Fault fault, FaultAction action, const NodeChoice& target) {
    fault.action = std::move(action);
    return target.empty() ? Drawn{} : Drawn{std::move(fault)};
  }

  static Drawn momentary(Fault fault, FaultAction action, const NodeChoice& target) {
    fault.lasts = Millis{0};
    return with(std::move(fault), std::move(action), target);
  }

  Drawn process(const Fault& fault) {
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

  Drawn link(const Fault& fault) {
    const auto chosen = links();
    const auto& from = chosen.from;
    switch (chance_(8)) {
      case 0: return with(fault, DelayLinks{chosen, upto(Millis{1000}), upto(Millis{500})}, from);
      case 1: return with(fault, LoseFrames{chosen, ratio(0.3)}, from);
      case 2: return with(fault, DuplicateFrames{chosen, ratio(0.3)}, from);
      case 3:
        return with(fault, ReorderFrames{chosen, ratio(0.5), Millis{1} + upto(Millis{500})}, from);
      case 4:
        return with(fault, LimitBandwidth{chosen, chance_(2) == 0 ? ratio(1) : ratio(20)}, from);
      case 5: return with(fault, ClogLinks{chosen, chance_(2) == 0}, from);
      case 6: return momentary(fault, HalfOpenLinks{chosen}, from);
      default: return with(fault, PartitionLinks{chosen}, from);
    }
  }

  /// One or two kinds of message: what waits for just these must do without.
  Drawn filter(const Fault& fault) {
    const auto& kinds = names_of_kinds();
    FilterMessages action{links(), {}};
    for (auto left = 1 + chance_(2); left > 0; --left) {
      action.kinds.push_back(kinds[chance_(kinds.size())]);
    }
    return with(fault, action, action.links.from);
  }

  Drawn disk(const Fault& fault) {
    const auto nodes = some_server();
    switch (chance_(6)) {
      case 0: return with(fault, FillDisk{nodes, chance_(1U << 16U)}, nodes);
      case 1:
        return with(fault, FailDisk{nodes, static_cast<DiskOperation>(chance_(3)), ratio(1)},
                    nodes);
      case 2:
      case 3: {
        const auto least = upto(Millis{1000});
        return with(fault,
                    StallDisk{nodes, least, least + Millis{1} + upto(Millis{8000}), ratio(1)},
                    nodes);
      }
      default: return with(fault, PowerLoss{nodes, static_cast<LostTail>(chance_(4))}, nodes);
    }
  }

  /// A home loses its log, and its operator moves that aside, sooner or later.
  Drawn damage(const Fault& fault) {
    const auto home = some(Role::home);
    Fault reset;
    reset.at = fault.at + fault.lasts;
    reset.action = ResetProcess{home};
    Drawn drawn;
    switch (chance_(4)) {
      case 0: break;  // There was nothing to see, and somebody did it all the same.
      case 1:
        drawn =
            momentary(fault, PoisonEvent{home, static_cast<std::uint32_t>(1 + chance_(3))}, home);
        break;
      default:
        drawn = momentary(fault,
                          RotBits{home, chance_(2) == 0 ? RotPlace::wal : RotPlace::sst,
                                  static_cast<std::uint32_t>(1 + chance_(64))},
                          home);
    }
    if (!home.empty()) {
      drawn.push_back(std::move(reset));
    }
    return drawn;
  }

  /// A directory loses its disk, and soon another one takes its place.
  Drawn loss(const Fault& fault) {
    auto lost = some(Role::directory);
    if (lost.empty()) {
      return {};
    }
    lost.names.resize(1);
    Fault replaced;
    replaced.at = fault.at + upto(horizon_ / 4);
    replaced.action = ReplaceNode{lost};
    auto drawn = chance_(2) == 0
                     ? momentary(fault, WipeDisk{lost}, lost)
                     : momentary(fault,
                                 RotBits{lost, chance_(2) == 0 ? RotPlace::wal : RotPlace::sst,
                                         static_cast<std::uint32_t>(1 + chance_(1024))},
                                 lost);
    drawn.push_back(std::move(replaced));
    return drawn;
  }

  /// A super-peer's key is in others' hands.
  Drawn strike(const Fault& fault) {
    auto super_peer = some(Role::super_peer);
    super_peer.names.resize(std::min<std::size_t>(super_peer.names.size(), 1));
    return momentary(fault, StrikeNode{super_peer}, super_peer);
  }

  /// Of few chunks, or of most.
  Drawn tamper(const Fault& fault) {
    const auto super_peer = some(Role::super_peer);
    return with(fault,
                TamperSplice{super_peer, static_cast<Tampering>(chance_(4)),
                             chance_(2) == 0 ? ratio(0.1) : ratio(1)},
                super_peer);
  }

  /// Homes may be off by anything; the service by what its nodes bear with each other.
  Drawn clock(const Fault& fault) {
    const bool of_home = chance_(2) == 0;
    const auto nodes = of_home ? some(Role::home) : some_of(service);
    const auto off = around(of_home ? Millis{3'600'000} : limits::clock_tolerance / 4);
    switch (chance_(3)) {
      case 0: return with(fault, OffsetClock{nodes, off}, nodes);
      case 1: return momentary(fault, StepClock{nodes, off}, nodes);
      default: return with(fault, DriftClock{nodes, ratio(2000) - 1000}, nodes);
    }
  }

  Drawn load(const Fault& fault) {
    const auto people = some_of(households);
    switch (chance_(4)) {
      case 0: {
        const auto home = some(Role::home);
        const auto clients = some(Role::client);
        return home.empty() || clients.empty()
                   ? Drawn{}
                   : momentary(fault, HotItem{home.names.front(), clients, ratio(8)}, clients);
      }
      case 1: return momentary(fault, RebindNat{people, chance_(2) == 0}, people);
      default: return momentary(fault, ReconnectHerd{people, upto(Millis{2000})}, people);
    }
  }

  using Sort = Drawn (Artist::*)(const Fault&);
  static constexpr std::array<Sort, 17> sorts = {
      &Artist::process, &Artist::process, &Artist::process, &Artist::link,   &Artist::link,
      &Artist::link,    &Artist::filter,  &Artist::disk,    &Artist::disk,   &Artist::disk,
      &Artist::damage,  &Artist::loss,    &Artist::tamper,  &Artist::tamper, &Artist::strike,
      &Artist::clock,   &Artist::load};

  static constexpr std::array everybody = {Role::directory, Role::super_peer, Role::home,
                                           Role::client};
  static constexpr std::array servers = {Role::directory, Role::super_peer, Role::home};
  static constexpr std::array service = {Role::directory, Role::super_peer};
  static constexpr std::array households = {Role::home, Role::client};

  const Chance& chance_;
  const Topology& topology_;
  Millis horizon_;
};

/// Of directories: while others are cut off, a first one may not be replaced before the second.
std::ptrdiff_t losses(const FaultPlan& plan) {
  return std::count_if(plan.begin(), plan.end(), [](const Fault& fault) {
    return std::holds_alternative<ReplaceNode>(fault.action);
  });
}

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
      auto drawn = artist.disaster();
      auto candidate = plan;
      for (auto& fault : drawn) {
        insert(candidate, std::move(fault));
      }
      if (!drawn.empty() && losses(candidate) <= 1 && excesses(topology, candidate, {}).empty()) {
        plan = std::move(candidate);
        break;
      }
    }
  }
  return plan;
}

}  // namespace hearth::drill
