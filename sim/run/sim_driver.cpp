#include "sim/run/sim_driver.hpp"

#include "sim/disk/sim_disk.hpp"
#include "sim/run/record.hpp"

#include <algorithm>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;
using drill::FaultAction;

constexpr std::size_t poison_bytes = 64;
constexpr std::uint8_t poison_byte = 0xFF;  ///< No record of any type begins like that.

/// Nobody can be told to drain yet, and media on a disk have no checksum that would tell.
bool is_supported(const drill::DrainRegion&) {
  return false;
}
bool is_supported(const drill::RotBits& fault) {
  return fault.where != drill::RotPlace::media;
}
template <class Action>
bool is_supported(const Action&) {
  return true;
}

PowerLossOptions options_of(drill::LostTail tail) {
  PowerLossOptions options;
  options.lost = tail == drill::LostTail::dropped ? 1 : 0;
  options.torn = tail == drill::LostTail::torn ? 1 : 0;
  options.mixed = tail == drill::LostTail::zeroed || tail == drill::LostTail::shuffled ? 1 : 0;
  options.kept = 0;
  return options;
}

}  // namespace

SimDriver::SimDriver(World& world, Record& record, Random random)
    : world_(world), record_(record), random_(std::move(random)) {}

bool can_be_simulated(const FaultAction& action) {
  return std::visit([](const auto& each) { return is_supported(each); }, action);
}

bool SimDriver::supports(const FaultAction& action) const {
  return can_be_simulated(action);
}

Result<void> SimDriver::begin(const drill::Fault& fault, const drill::Moment& moment) {
  if (!supports(fault.action)) {
    return Error{ErrorCode::value_invalid,
                 std::string(drill::name_of(fault.action)) + " cannot be simulated yet"};
  }
  world_.trace().note(world_.engine().now(), "world", "fault", drill::name_of(fault.action),
                      moment.fault);
  lasts_ = fault.lasts;
  auto& undo = undo_[{moment.fault, moment.round}];
  std::visit([&](const auto& action) { on(action, undo); }, fault.action);
  return {};
}

void SimDriver::end(const drill::Fault& fault, const drill::Moment& moment) {
  const auto found = undo_.find({moment.fault, moment.round});
  if (found == undo_.end()) {
    return;
  }
  world_.trace().note(world_.engine().now(), "world", "fault ends", drill::name_of(fault.action),
                      moment.fault);
  const auto undo = std::move(found->second);
  undo_.erase(found);
  for (const auto& each : undo) {
    each();
  }
}

void SimDriver::heal_all() {
  for (auto& [key, undo] : std::exchange(undo_, {})) {
    for (const auto& each : undo) {
      each();
    }
  }
  for (const auto& node : world_.nodes()) {
    node->disk().faults().clear();
    node->disk().set_capacity(SimDisk::unlimited);
    node->clock().set_right();
    start_again(*node);
  }
}

// ---- choices ----

SimDriver::Nodes SimDriver::chosen(const drill::NodeChoice& choice) {
  Nodes nodes;
  for (const auto& node : drill::choose(choice, world_.topology(),
                                        [this](std::uint64_t end) { return random_.below(end); })) {
    nodes.push_back(world_.find(node.name));
  }
  return nodes;
}

SimDriver::Nodes SimDriver::of_region(const std::string& region) {
  Nodes nodes;
  for (const auto& node : world_.nodes()) {
    const auto role = node->spec().role;
    if (node->spec().region == region &&
        (role == drill::Role::directory || role == drill::Role::super_peer)) {
      nodes.push_back(node.get());
    }
  }
  return nodes;
}

// ---- processes ----

void SimDriver::start_again(SimNode& node) {
  world_.let_start(node);
  node.boot();
}

void SimDriver::kill(SimNode& node, Undo& undo) {
  world_.keep_down(node);
  node.crash();
  undo.push_back([this, &node] { start_again(node); });
}

void SimDriver::on(const drill::KillProcess& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    kill(*node, undo);
  }
}

void SimDriver::on(const drill::RestartProcess& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    node->crash();
    start_again(*node);
  }
}

void SimDriver::on(const drill::ResetProcess& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    node->crash();
    node->disk().wipe();
    start_again(*node);
  }
}

/// All that it would say and hear waits until it goes on.
void SimDriver::on(const drill::PauseProcess& fault, Undo& undo) {
  for (const auto* node : chosen(fault.nodes)) {
    drill::LinkChoice all;
    all.from.names = {node->name()};
    on_links(
        all, [](Way& way) { way.blocked = true; }, undo);
  }
}

void SimDriver::on(const drill::SlowProcess& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    auto slow = world_.service_times();
    slow.factor = fault.factor;
    world_.network().set_service(node->host(), slow);
    undo.push_back(
        [this, node] { world_.network().set_service(node->host(), world_.service_times()); });
  }
}

void SimDriver::on(const drill::KillRegion& fault, Undo& undo) {
  const auto nodes = of_region(fault.region);
  for (auto* node : nodes) {
    world_.keep_down(*node);
    node->lose_power();
    if (fault.disks == drill::Disks::wipe) {
      node->disk().wipe();
    }
  }
  dead_by_region_[fault.region] = nodes;
  undo.push_back([this, region = fault.region] {
    Undo none;
    on(drill::RestoreRegion{region}, none);
  });
}

void SimDriver::on(const drill::RestoreRegion& fault, Undo&) {
  for (auto* node : std::exchange(dead_by_region_[fault.region], {})) {
    start_again(*node);
  }
}

// ---- what operators do ----

void SimDriver::on(const drill::ReplaceNode& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    for (auto& [region, nodes] : dead_by_region_) {
      std::erase(nodes, node);
    }
    node->crash();
    world_.replace(*node);
  }
}

void SimDriver::on(const drill::StrikeNode& fault, Undo&) {
  for (const auto* node : chosen(fault.nodes)) {
    world_.strike(*node);
  }
}

// ---- disks ----

void SimDriver::on(const drill::PowerLoss& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    world_.keep_down(*node);
    node->disk().faults().set(options_of(fault.tail));
    node->lose_power();
    undo.push_back([this, node] { start_again(*node); });
  }
}

void SimDriver::on(const drill::WipeDisk& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    kill(*node, undo);
    node->disk().wipe();
  }
}

void SimDriver::on(const drill::RotBits& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    const bool was_up = node->up();
    node->crash();
    static_cast<void>(node->disk().rot(
        fault.where == drill::RotPlace::wal ? DiskPart::write_ahead_log : DiskPart::table,
        fault.flips));
    if (was_up) {
      start_again(*node);
    }
  }
}

void SimDriver::on(const drill::FillDisk& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    node->disk().set_capacity(node->disk().used_bytes() + fault.free_bytes);
    undo.push_back([node] { node->disk().set_capacity(SimDisk::unlimited); });
  }
}

void SimDriver::on(const drill::FailDisk& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    IoFaults faults;
    (fault.operation == drill::DiskOperation::read    ? faults.read_errors
     : fault.operation == drill::DiskOperation::write ? faults.write_errors
                                                      : faults.sync_errors) = fault.ratio;
    node->disk().faults().set(faults);
    undo.push_back([node] { node->disk().faults().clear(); });
  }
}

void SimDriver::on(const drill::StallDisk& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    auto times = world_.disk_times();
    times.sync_min = fault.at_least;
    times.sync_max = fault.at_most;
    times.slow_syncs = 0;  // the fault says how slow at most
    if (fault.ratio < 1) {
      times = world_.disk_times();
      times.slow_syncs = fault.ratio;
      times.slow_factor = static_cast<unsigned>(fault.at_most / Millis{1});
    }
    node->disk().faults().set(times);
    undo.push_back([this, node] { node->disk().faults().set(world_.disk_times()); });
  }
}

void SimDriver::on(const drill::PoisonEvent& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    world_.keep_down(*node);
    node->crash();
    if (auto log = node->disk().boot(); log && log.value()->last_batch() > 0) {
      poison(*node, *log.value(), fault.records);
    } else {
      start_again(*node);
    }
  }
}

/// The node starts when the records are durable.
void SimDriver::poison(SimNode& node, storage::EventLog& log, std::uint32_t records) {
  storage::Append append;
  static_cast<void>(log.streams([&append](storage::StreamId stream) { append.stream = stream; }));
  append.expected = log.last_sequence(append.stream).value();
  append.records.assign(records, Bytes(poison_bytes, poison_byte));
  log.commit({log.last_batch() + 1, {std::move(append)}}, [this, &node](const Result<void>&) {
    world_.engine().befall(0ns, [this, &node] { start_again(node); });
  });
}

// ---- clocks ----

void SimDriver::on(const drill::OffsetClock& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    node->clock().step(fault.by);
    undo.push_back([node, by = fault.by] { node->clock().step(-by); });
  }
}

void SimDriver::on(const drill::DriftClock& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    node->clock().set_drift(fault.ppm);
    undo.push_back([node] { node->clock().set_drift(0); });
  }
}

void SimDriver::on(const drill::StepClock& fault, Undo&) {
  for (auto* node : chosen(fault.nodes)) {
    node->clock().step(fault.by);
  }
}

// ---- load ----

void SimDriver::on(const drill::ReconnectHerd& fault, Undo&) {
  for (const auto* node : chosen(fault.nodes)) {
    const auto wait = random_.below(static_cast<std::uint64_t>(fault.within.count()) + 1);
    world_.engine().befall(Millis(wait), [this, host = node->host()] {
      for (const auto& other : world_.nodes()) {
        world_.network().reset(host, other->host());
      }
    });
  }
}

void SimDriver::on(const drill::HotItem& fault, Undo&) {
  auto* home = world_.find(fault.home);
  for (auto* client : chosen(fault.clients)) {
    rush_.emplace_back(client, home);
  }
}

void SimDriver::on(const drill::HealAll&, Undo&) {
  heal_all();
}

}  // namespace hearth::sim
