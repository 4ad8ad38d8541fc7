#include "sim/drill/fault_fields.hpp"

#include "messages/envelope/message_kind.hpp"
#include "sim/drill/words.hpp"

#include <array>
#include <concepts>
#include <string>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

constexpr Role any_role[] = {Role::directory, Role::super_peer, Role::home, Role::client,
                             Role::gateway};
constexpr Role with_disk[] = {Role::directory, Role::super_peer, Role::home};
constexpr Role with_applier[] = {Role::directory, Role::home};
constexpr Role services[] = {Role::directory, Role::super_peer};
constexpr Role super_peers[] = {Role::super_peer};
constexpr Role homes[] = {Role::home};
constexpr Role clients[] = {Role::client};
constexpr Role with_household[] = {Role::home, Role::client, Role::gateway};

constexpr NumberRule share = {0, 1, false};
constexpr NumberRule share_required = {0, 1, true};
constexpr Millis century = 24h * 36'500;

template <class E, std::size_t N>
void word(FieldVisitor& visitor, std::string_view key, E& value,
          const std::array<std::string_view, N>& words, bool required) {
  auto index = static_cast<std::size_t>(value);
  visitor.word(key, index, words, required);
  value = static_cast<E>(index);
}

template <std::unsigned_integral T>
void integer(FieldVisitor& visitor, std::string_view key, T& value, NumberRule rule) {
  std::uint64_t wide = value;
  visitor.integer(key, wide, rule);
  value = static_cast<T>(wide);
}

// Those that have nothing but their nodes.
template <class T>
concept OnlyNodes = std::same_as<T, KillProcess> || std::same_as<T, RestartProcess> ||
    std::same_as<T, PauseProcess>;
template <class T>
concept OnlyServices = std::same_as<T, ReplaceNode> || std::same_as<T, StrikeNode>;
template <class T>
concept OnlyLinks = std::same_as<T, PartitionLinks> || std::same_as<T, HalfOpenLinks>;
template <class T>
concept OnlyRegion = std::same_as<T, RestoreRegion> || std::same_as<T, DrainRegion>;
template <class T>
concept SomeFrames = std::same_as<T, LoseFrames> || std::same_as<T, DuplicateFrames>;
template <class T>
concept WrongClock = std::same_as<T, OffsetClock> || std::same_as<T, StepClock>;

struct Fields {
  FieldVisitor& v;

  void operator()(OnlyNodes auto& f) const { v.nodes(f.nodes, any_role); }
  void operator()(OnlyServices auto& f) const { v.nodes(f.nodes, services); }
  void operator()(OnlyLinks auto& f) const { v.links(f.links); }
  void operator()(OnlyRegion auto& f) const { v.region("region", f.region); }
  void operator()(HealAll&) const {}

  void operator()(SlowProcess& f) const {
    v.nodes(f.nodes, any_role);
    v.number("factor", f.factor, {1, 10'000, true});
  }
  void operator()(ResetProcess& f) const { v.nodes(f.nodes, homes); }
  void operator()(KillRegion& f) const {
    static constexpr std::array<std::string_view, 2> words = {"keep", "wipe"};
    v.region("region", f.region);
    word(v, "disks", f.disks, words, false);
  }
  void operator()(DelayLinks& f) const {
    v.links(f.links);
    v.duration("add", f.add, {0ms, 1h, true});
    v.duration("jitter", f.jitter, {0ms, 1h, false});
  }
  void operator()(SomeFrames auto& f) const {
    v.links(f.links);
    v.number("ratio", f.ratio, share_required);
  }
  void operator()(ReorderFrames& f) const {
    v.links(f.links);
    v.number("ratio", f.ratio, share_required);
    v.duration("within", f.within, {1ms, 1min, false});
  }
  void operator()(LimitBandwidth& f) const {
    v.links(f.links);
    v.number("rate_mbit", f.rate_mbit, {0.001, 100'000, true});
  }
  void operator()(ClogLinks& f) const {
    v.links(f.links);
    v.flag("swizzle", f.swizzle);
  }
  void operator()(FilterMessages& f) const {
    v.links(f.links);
    v.kinds("kinds", f.kinds);
  }
  void operator()(RebindNat& f) const {
    v.nodes(f.nodes, with_household);
    v.flag("new_address", f.new_address);
  }
  void operator()(TamperSplice& f) const {
    static constexpr std::array<std::string_view, 4> words = {"flip", "replay", "truncate",
                                                              "reorder"};
    v.nodes(f.nodes, super_peers);
    word(v, "how", f.how, words, true);
    v.number("ratio", f.ratio, share);
  }
  void operator()(PowerLoss& f) const {
    static constexpr std::array<std::string_view, 4> words = {"dropped", "torn", "zeroed",
                                                              "shuffled"};
    v.nodes(f.nodes, with_disk);
    word(v, "tail", f.tail, words, false);
  }
  void operator()(WipeDisk& f) const { v.nodes(f.nodes, with_disk); }
  void operator()(RotBits& f) const {
    static constexpr std::array<std::string_view, 3> words = {"wal", "sst", "media"};
    v.nodes(f.nodes, with_disk);
    word(v, "where", f.where, words, true);
    integer(v, "flips", f.flips, {1, 1'000'000, false});
  }
  void operator()(FillDisk& f) const {
    v.nodes(f.nodes, with_disk);
    integer(v, "free_bytes", f.free_bytes, {0, 1e15, false});
  }
  void operator()(FailDisk& f) const {
    static constexpr std::array<std::string_view, 3> words = {"read", "write", "sync"};
    v.nodes(f.nodes, with_disk);
    word(v, "operation", f.operation, words, true);
    v.number("ratio", f.ratio, share);
  }
  void operator()(StallDisk& f) const {
    v.nodes(f.nodes, with_disk);
    v.duration("at_least", f.at_least, {0ms, 1h, false});
    v.duration("at_most", f.at_most, {1ms, 1h, true});
    v.number("ratio", f.ratio, share);
  }
  void operator()(WrongClock auto& f) const {
    v.nodes(f.nodes, any_role);
    v.duration("by", f.by, {-century, century, true});
  }
  void operator()(DriftClock& f) const {
    v.nodes(f.nodes, any_role);
    v.number("ppm", f.ppm, {-500'000, 500'000, true});
  }
  void operator()(ReconnectHerd& f) const {
    v.nodes(f.nodes, with_household);
    v.duration("within", f.within, {0ms, 1h, false});
  }
  void operator()(HotItem& f) const {
    v.node("home", f.home, Role::home);
    v.part("clients", f.clients, clients);
    v.number("rate_mbit", f.rate_mbit, {0.001, 100'000, false});
  }
  void operator()(PoisonEvent& f) const {
    v.nodes(f.nodes, with_applier);
    integer(v, "records", f.records, {1, 1000, false});
  }
};

template <std::size_t... I>
std::vector<FaultAction> one_of_each(std::index_sequence<I...>) {
  return {FaultAction(std::in_place_index<I>)...};
}

}  // namespace

void visit_fields(FaultAction& action, FieldVisitor& visitor) {
  std::visit(Fields{visitor}, action);
}

const std::vector<FaultAction>& all_faults() {
  static const auto all = one_of_each(std::make_index_sequence<std::variant_size_v<FaultAction>>{});
  return all;
}

const std::vector<std::string>& names_of_kinds() {
  static const auto all = [] {
    std::vector<std::string> names;
    for (const auto kind : message_kinds()) {
      names.emplace_back(name_of(kind));
    }
    return names;
  }();
  return all;
}

bool is_momentary(const FaultAction& action) {
  static constexpr std::string_view names[] = {
      RestartProcess::name, ResetProcess::name, RestoreRegion::name, DrainRegion::name,
      ReplaceNode::name,    StrikeNode::name,   HalfOpenLinks::name, RebindNat::name,
      RotBits::name,        StepClock::name,    ReconnectHerd::name, PoisonEvent::name,
      HealAll::name};
  for (const auto name : names) {
    if (name == name_of(action)) {
      return true;
    }
  }
  return false;
}

}  // namespace hearth::drill
