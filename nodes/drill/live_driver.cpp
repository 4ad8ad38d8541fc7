#include "nodes/drill/live_driver.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hearth::drill {
namespace {

using Json = nlohmann::ordered_json;

/// An order outlives its fault by that, so that the driver ends it and not the clock.
constexpr Millis grace{2000};
constexpr Millis at_once{1};
constexpr Millis order_lasts_max = std::chrono::hours(1);

Millis lasts_of(const Fault& fault, Millis ttl) {
  const auto most = std::min(ttl, order_lasts_max);
  return fault.lasts.count() > 0 ? std::min(fault.lasts + grace, most) : most;
}

std::string process_order(const std::string& order, const std::string& process, Millis lasts) {
  Json json = {{"order", order}, {"process", process}};
  if (lasts.count() > 0) {
    json["for_ms"] = lasts.count();
  }
  return json.dump();
}

}  // namespace

LiveDriver::LiveDriver(const LivePlan& plan, ClusterOrders cluster, std::uint64_t seed)
    : plan_(plan), cluster_(std::move(cluster)), random_(seed) {}

bool LiveDriver::supports(const FaultAction& action) const {
  return has_live_form(action);
}

Result<void> LiveDriver::begin(const Fault& fault, const Moment& moment) {
  lasts_ = lasts_of(fault, plan_.drill.live.fault_ttl);
  name_ = fmt::format("{}.{}", moment.fault, moment.round);
  auto& lasting = lasting_[{moment.fault, moment.round}];
  return std::visit([&](const auto& action) { return on(action, lasting); }, fault.action);
}

void LiveDriver::end(const Fault& /*fault*/, const Moment& moment) {
  const auto ended = lasting_.extract({moment.fault, moment.round});
  for (const auto& one : ended.empty() ? std::vector<Lasting>{} : ended.mapped()) {
    // Where that fails, the order's own end comes.
    static_cast<void>(one.is_network
                          ? give(true, Json{{"order", "end"}, {"name", one.target}}.dump())
                          : release(one.target));
  }
}

void LiveDriver::heal_all() {
  lasting_.clear();
  static_cast<void>(cluster_.processes(R"({"order":"heal"})"));
  if (std::any_of(plan_.drill.method.begin(), plan_.drill.method.end(),
                  [](const Fault& fault) { return links_of(fault.action) != nullptr; })) {
    static_cast<void>(cluster_.network(R"({"order":"heal"})"));
  }
}

Result<void> LiveDriver::renew() {
  for (const auto& [key, lasting] : lasting_) {
    for (const auto& one : lasting) {
      if (auto given = give(one.is_network, one.order); !given) {
        return given;
      }
    }
  }
  return {};
}

Result<void> LiveDriver::give(bool is_network, const std::string& order) {
  const auto answer = is_network ? cluster_.network(order) : cluster_.processes(order);
  return answer ? Result<void>() : answer.error();
}

Result<void> LiveDriver::release(const std::string& process) {
  for (auto& [key, lasting] : lasting_) {
    std::erase_if(lasting, [&process](const Lasting& one) {
      return !one.is_network && one.target == process;
    });
  }
  return give(false, process_order("end", process, Millis{0}));
}

// ---- choices ----

/// Clients have none.
std::vector<std::string> LiveDriver::processes_of(const std::vector<Node>& nodes) const {
  std::vector<std::string> processes;
  for (const auto& node : nodes) {
    if (const auto found = plan_.process_by_node.find(node.name);
        found != plan_.process_by_node.end()) {
      processes.push_back(found->second);
    }
  }
  return processes;
}

std::vector<std::string> LiveDriver::all_processes() const {
  return processes_of(nodes_of(plan_.drill.topology));
}

std::vector<std::string> LiveDriver::chosen(const NodeChoice& choice) {
  return processes_of(choose(choice, plan_.drill.topology,
                             [this](std::uint64_t bound) { return random_.below(bound); }));
}

// ---- processes ----

Result<void> LiveDriver::hold(const std::string& order, const std::string& process,
                              std::vector<Lasting>& lasting) {
  if (auto given = give(false, process_order(order, process, lasts_)); !given) {
    return given;
  }
  // A disk is emptied once; what has to go on is that the process is down.
  lasting.push_back(
      {false, process, process_order(order == "wipe" ? "kill" : order, process, lasts_)});
  return {};
}

Result<void> LiveDriver::keep_down(const std::vector<std::string>& processes, bool wipe,
                                   std::vector<Lasting>& lasting) {
  if (processes.empty()) {
    return Error{ErrorCode::not_found, "the fault means no node"};
  }
  Result<void> held;
  for (const auto& process : processes) {
    held = held ? hold(wipe ? "wipe" : "kill", process, lasting) : held;
  }
  return held;
}

Result<void> LiveDriver::restart(const std::string& order,
                                 const std::vector<std::string>& processes) {
  Result<void> given;
  for (const auto& process : processes) {
    given = given ? give(false, order == "wipe" ? process_order(order, process, at_once)
                                                : process_order(order, process, Millis{0}))
                  : given;
  }
  return given;
}

Result<void> LiveDriver::on(const KillProcess& fault, std::vector<Lasting>& lasting) {
  return keep_down(chosen(fault.nodes), false, lasting);
}

Result<void> LiveDriver::on(const WipeDisk& fault, std::vector<Lasting>& lasting) {
  return keep_down(chosen(fault.nodes), true, lasting);
}

Result<void> LiveDriver::on(const RestartProcess& fault, std::vector<Lasting>& /*lasting*/) {
  return restart("restart", chosen(fault.nodes));
}

/// What an operator does by hand: the log goes, the keys stay, and it starts anew.
Result<void> LiveDriver::on(const ResetProcess& fault, std::vector<Lasting>& /*lasting*/) {
  return restart("wipe", chosen(fault.nodes));
}

Result<void> LiveDriver::on(const PauseProcess& fault, std::vector<Lasting>& lasting) {
  Result<void> held;
  for (const auto& process : chosen(fault.nodes)) {
    held = held ? hold("pause", process, lasting) : held;
  }
  return held;
}

Result<void> LiveDriver::on(const KillRegion& fault, std::vector<Lasting>& lasting) {
  return keep_down(processes_of(struck_by(fault, plan_.drill.topology)), fault.disks == Disks::wipe,
                   lasting);
}

Result<void> LiveDriver::on(const RestoreRegion& fault, std::vector<Lasting>& /*lasting*/) {
  Result<void> given;
  for (const auto& process : processes_of(struck_by(fault, plan_.drill.topology))) {
    given = given ? release(process) : given;
  }
  return given;
}

// ---- links ----

Result<void> LiveDriver::disturb(const LinkChoice& links, const std::string& effect,
                                 std::vector<Lasting>& lasting) {
  const auto from = links.from.empty() ? all_processes() : chosen(links.from);
  auto to = links.to.empty() ? all_processes() : chosen(links.to);
  if (links.to.empty() && !links.from.empty()) {
    std::erase_if(to, [&from](const std::string& process) {
      return std::find(from.begin(), from.end(), process) != from.end();
    });
  }
  if (from.empty() || to.empty()) {
    return Error{ErrorCode::not_found, "the fault means no link"};
  }
  Json order = {{"order", "disturb"}, {"name", name_}, {"for_ms", lasts_.count()},
                {"from", from},       {"to", to},      {"one_way", links.one_way}};
  order.update(Json::parse(effect));
  const auto text = order.dump();
  auto given = give(true, text);
  if (given) {
    lasting.push_back({true, name_, text});
  }
  return given;
}

Result<void> LiveDriver::on(const PartitionLinks& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links, R"({"block":true})", lasting);
}

Result<void> LiveDriver::on(const DelayLinks& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links,
                 Json{{"delay_ms", fault.add.count()}, {"jitter_ms", fault.jitter.count()}}.dump(),
                 lasting);
}

Result<void> LiveDriver::on(const LoseFrames& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links, Json{{"loss", fault.ratio}}.dump(), lasting);
}

Result<void> LiveDriver::on(const DuplicateFrames& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links, Json{{"duplicate", fault.ratio}}.dump(), lasting);
}

Result<void> LiveDriver::on(const ReorderFrames& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links,
                 Json{{"reorder", fault.ratio}, {"reorder_within_ms", fault.within.count()}}.dump(),
                 lasting);
}

Result<void> LiveDriver::on(const LimitBandwidth& fault, std::vector<Lasting>& lasting) {
  return disturb(fault.links, Json{{"rate_mbit", fault.rate_mbit}}.dump(), lasting);
}

Result<void> LiveDriver::on(const HealAll& /*fault*/, std::vector<Lasting>& /*lasting*/) {
  heal_all();
  return {};
}

template <class Action>
Result<void> LiveDriver::on(const Action& /*fault*/, std::vector<Lasting>& /*lasting*/) {
  return Error{ErrorCode::value_invalid, fmt::format("{} has no live form", Action::name)};
}

}  // namespace hearth::drill
