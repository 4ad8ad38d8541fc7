#pragma once
// A world with people in it: founds the households' accounts, and keeps them browsing, playing and
// managing as a drill's workload says.

#include "sim/drill/plan.hpp"
#include "sim/random.hpp"
#include "sim/run/record.hpp"
#include "sim/world/world.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

namespace hearth::sim {

/// Calls from outside of actors only.
class Town final {
 public:
  explicit Town(const WorldOptions& options);
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;
  ~Town();

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] Record& record() { return record_; }

  /// Starts every node, creates the accounts and enrols all devices. False: not by `patience`.
  bool found(Millis patience);
  /// Every client asks its household's homes for pages until all come. False: not by `patience`.
  bool everybody_browses(Millis patience);

  /// Every client begins another track of each of its homes. False: not all begin by `patience`.
  bool everybody_plays(Millis patience);
  /// Every home knows all its files.
  void rescan_everything(Millis patience);

  /// From now on; called once.
  void begin(const drill::Workload& workload);
  void stop();
  /// `client` plays something of `home` at `rate_mbit`.
  void play(SimNode& client, SimNode& home, double rate_mbit);
  /// Every manager lists its devices; the record compares. False: not all answered by `patience`.
  bool list_devices(Millis patience);

 private:
  template <class Request>
  void command(SimNode& manager, Request request) {
    if (manager.client() != nullptr) {
      manager.client()->send({++command_last_, std::move(request)});
    }
  }
  void approve_offers();
  void try_used_codes();
  void covet_neighbours_devices();
  void every(double per_second, const std::function<void()>& act);
  void browse();
  void manage();
  void rescan();
  void revoke();
  void change_shares();
  void share(SimNode& manager, SimNode& home, const AccountId& grantee);
  void look_next_door(SimNode& guest, SimNode& home);
  void top_up_streams(const drill::Workload& workload);
  [[nodiscard]] SimNode* drawn_client();

  Record record_;  // outlives the world, which tells it
  World world_;
  Random random_;
  std::uint64_t command_last_ = 0;
  PlaybackId playback_last_ = 0;
  std::uint64_t spare_last_ = 0;
  std::vector<std::pair<SimNode*, NodeId>> spares_;  ///< Devices that may be revoked, by manager.
  std::set<NodeId> renamed_;  ///< Of the spares: once is enough to tell old names from new ones.
  std::shared_ptr<int> going_;
};

}  // namespace hearth::sim
