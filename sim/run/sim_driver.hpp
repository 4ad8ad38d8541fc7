#pragma once
// Makes the faults of a drill happen in a simulated world.

#include "sim/drill/driver.hpp"
#include "sim/random.hpp"
#include "sim/world/world.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hearth::sim {

class Record;

/// False: a drill with this fault cannot run yet.
[[nodiscard]] bool can_be_simulated(const drill::FaultAction& action);

/// Calls from outside of actors only: between two messages.
class SimDriver final : public drill::FaultDriver {
 public:
  /// The others outlive the driver.
  SimDriver(World& world, Record& record, Random random);

  [[nodiscard]] bool supports(const drill::FaultAction& action) const override;
  Result<void> begin(const drill::Fault& fault, const drill::Moment& moment) override;
  void end(const drill::Fault& fault, const drill::Moment& moment) override;
  void heal_all() override;

  /// Plays of a hot item that were ordered since the last call: client and home.
  [[nodiscard]] std::vector<std::pair<SimNode*, SimNode*>> take_rush() {
    return std::exchange(rush_, {});
  }

 private:
  using Nodes = std::vector<SimNode*>;
  /// What undoes one fault.
  using Undo = std::vector<std::function<void()>>;

  [[nodiscard]] Nodes chosen(const drill::NodeChoice& choice);
  [[nodiscard]] Nodes of_region(const std::string& region);
  using Hosts = std::function<bool(HostId)>;
  [[nodiscard]] Hosts hosts_of(const Nodes& nodes) const;
  /// From whom to whom.
  [[nodiscard]] std::pair<Hosts, Hosts> ends_of(const drill::LinkChoice& choice);
  void kill(SimNode& node, Undo& undo);
  void start_again(SimNode& node);
  void on_links(const drill::LinkChoice& choice, const std::function<void(Way&)>& change,
                Undo& undo);

  void on(const drill::KillProcess& fault, Undo& undo);
  void on(const drill::RestartProcess& fault, Undo& undo);
  void on(const drill::ResetProcess& fault, Undo& undo);
  void on(const drill::PauseProcess& fault, Undo& undo);
  void on(const drill::SlowProcess& fault, Undo& undo);
  void on(const drill::KillRegion& fault, Undo& undo);
  void on(const drill::RestoreRegion& fault, Undo& undo);
  void on(const drill::PartitionLinks& fault, Undo& undo);
  void on(const drill::DelayLinks& fault, Undo& undo);
  void on(const drill::LoseFrames& fault, Undo& undo);
  void on(const drill::DuplicateFrames& fault, Undo& undo);
  void on(const drill::ReorderFrames& fault, Undo& undo);
  void on(const drill::LimitBandwidth& fault, Undo& undo);
  void on(const drill::ClogLinks& fault, Undo& undo);
  void on(const drill::FilterMessages& fault, Undo& undo);
  void on(const drill::HalfOpenLinks& fault, Undo& undo);
  void on(const drill::RebindNat& fault, Undo& undo);
  void on(const drill::TamperSplice& fault, Undo& undo);
  void on(const drill::PowerLoss& fault, Undo& undo);
  void on(const drill::WipeDisk& fault, Undo& undo);
  void on(const drill::RotBits& fault, Undo& undo);
  void on(const drill::FillDisk& fault, Undo& undo);
  void on(const drill::FailDisk& fault, Undo& undo);
  void on(const drill::StallDisk& fault, Undo& undo);
  void on(const drill::OffsetClock& fault, Undo& undo);
  void on(const drill::DriftClock& fault, Undo& undo);
  void on(const drill::StepClock& fault, Undo& undo);
  void on(const drill::ReconnectHerd& fault, Undo& undo);
  void on(const drill::HotItem& fault, Undo& undo);
  void on(const drill::PoisonEvent& fault, Undo& undo);
  void poison(SimNode& node, storage::EventLog& log, std::uint32_t records);
  void on(const drill::HealAll& fault, Undo& undo);
  void on(const drill::DrainRegion&, Undo&) {}  // never begun
  void on(const drill::ReplaceNode& fault, Undo& undo);
  void on(const drill::StrikeNode& fault, Undo& undo);

  World& world_;
  Record& record_;
  Random random_;
  Millis lasts_{0};                                             ///< Of the fault that begins.
  std::map<std::pair<std::size_t, std::uint32_t>, Undo> undo_;  ///< By fault and round.
  std::map<std::string, Nodes> dead_by_region_;
  std::vector<std::pair<SimNode*, SimNode*>> rush_;
};

}  // namespace hearth::sim
