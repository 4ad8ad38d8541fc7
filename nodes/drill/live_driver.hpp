#pragma once
// Makes the faults of a drill happen in a cluster that runs, by orders that end by themselves.

#include "nodes/drill/live_plan.hpp"
#include "sim/drill/driver.hpp"
#include "sim/random.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hearth::drill {

/// One thread. Whoever runs the drill calls `renew` more often than `fault_ttl` passes.
class LiveDriver final : public FaultDriver {
 public:
  /// `plan` outlives the driver; `seed` is that of the draws.
  LiveDriver(const LivePlan& plan, ClusterOrders cluster, std::uint64_t seed);

  [[nodiscard]] bool supports(const FaultAction& action) const override;
  /// Errors also: what the cluster says of the orders.
  Result<void> begin(const Fault& fault, const Moment& moment) override;
  void end(const Fault& fault, const Moment& moment) override;
  void heal_all() override;

  /// Gives the orders that last again, so that they go on lasting.
  Result<void> renew();

 private:
  /// What lasts until it is ended.
  struct Lasting {
    bool is_network = false;
    std::string target;  ///< A process, or the name of a disturbance.
    std::string order;   ///< Given again, it goes on lasting.
  };
  using Key = std::pair<std::size_t, std::uint32_t>;  ///< Fault and round.

  Result<void> give(bool is_network, const std::string& order);
  Result<void> hold(const std::string& order, const std::string& process,
                    std::vector<Lasting>& lasting);
  Result<void> restart(const std::string& order, const std::vector<std::string>& processes);
  /// `effect`: what an order to the network says beside names and times, as JSON members.
  Result<void> disturb(const LinkChoice& links, const std::string& effect,
                       std::vector<Lasting>& lasting);
  Result<void> keep_down(const std::vector<std::string>& processes, bool wipe,
                         std::vector<Lasting>& lasting);
  [[nodiscard]] std::vector<std::string> chosen(const NodeChoice& choice);
  [[nodiscard]] std::vector<std::string> processes_of(const std::vector<Node>& nodes) const;
  /// It runs again, whichever faults hold it, as in the simulator.
  Result<void> release(const std::string& process);
  [[nodiscard]] std::vector<std::string> all_processes() const;

  Result<void> on(const KillProcess& fault, std::vector<Lasting>& lasting);
  Result<void> on(const RestartProcess& fault, std::vector<Lasting>& lasting);
  Result<void> on(const ResetProcess& fault, std::vector<Lasting>& lasting);
  Result<void> on(const PauseProcess& fault, std::vector<Lasting>& lasting);
  Result<void> on(const WipeDisk& fault, std::vector<Lasting>& lasting);
  Result<void> on(const KillRegion& fault, std::vector<Lasting>& lasting);
  Result<void> on(const RestoreRegion& fault, std::vector<Lasting>& lasting);
  Result<void> on(const PartitionLinks& fault, std::vector<Lasting>& lasting);
  Result<void> on(const DelayLinks& fault, std::vector<Lasting>& lasting);
  Result<void> on(const LoseFrames& fault, std::vector<Lasting>& lasting);
  Result<void> on(const DuplicateFrames& fault, std::vector<Lasting>& lasting);
  Result<void> on(const ReorderFrames& fault, std::vector<Lasting>& lasting);
  Result<void> on(const LimitBandwidth& fault, std::vector<Lasting>& lasting);
  Result<void> on(const HealAll& fault, std::vector<Lasting>& lasting);
  /// What has no live form.
  template <class Action>
  Result<void> on(const Action& fault, std::vector<Lasting>& lasting);

  const LivePlan& plan_;
  ClusterOrders cluster_;
  sim::Random random_;
  Millis lasts_{0};   ///< Of the orders of the fault that begins.
  std::string name_;  ///< Of what it does to the network.
  std::map<Key, std::vector<Lasting>> lasting_;
};

}  // namespace hearth::drill
