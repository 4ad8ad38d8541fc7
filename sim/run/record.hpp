#pragma once
// What the people of a world noticed: hands every observation to the checkers at the moment when it
// is made, and counts it for the probes.

#include "sim/drill/outcome.hpp"
#include "sim/drill/recovery.hpp"
#include "sim/drill/window.hpp"
#include "sim/promises/checker.hpp"
#include "sim/promises/scene.hpp"
#include "sim/run/presence_watch.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/world.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

class Record final : public Observer {
 public:
  /// Call before anything runs. `world` outlives the record's last call.
  void attach(World& world);
  /// The files of `home` are as they are from now on; what they were stays playable.
  void media_changed(SimNode& home);
  /// Times of outcomes count from `zero`; `method` is what will go wrong on purpose.
  void begin(Instant zero, const drill::FaultPlan& method,
             drill::Tolerance tolerance = drill::Tolerance::within);
  /// From now on things go wrong; from now on there are no faults.
  void disturbed() { scene_->healed_at.reset(); }
  void healed() { scene_->healed_at = scene_->healed_at.value_or(now()); }
  /// Compares what directories say of homes with what is so; call often.
  void look_at_presence();
  /// All nodes are up, and nobody asks for anything any more.
  void finish();

  void asked_page(const NodeId& client, const NodeId& home, ErrorCode outcome,
                  Millis took) override;
  void page_shown(const NodeId& client, const NodeId& home, const home::ItemsPage& page) override;
  void playback_asked(const PlaybackStart& start) override;
  void playback_began(PlaybackId playback, Millis took) override;
  void bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                    BytesView bytes) override;
  void playback_broke(PlaybackId playback, const Error& error) override;
  void playback_resumed(PlaybackId playback, Millis gap) override;
  void player_went_on(PlaybackId playback, bool waited) override;
  void playback_ended(PlaybackId playback) override;
  void playback_failed(PlaybackId playback, const Error& error) override;
  void command_sent(const NodeId& client, const client::AccountCommand& command) override;
  void command_answered(const NodeId& client, const client::AccountAnswer& answer) override;
  void node_died(const NodeId& node) override;
  void node_failed(const std::string& node, const Error& why) override;

  /// Of `drill::probes()`; nothing where there is nothing to measure yet.
  [[nodiscard]] std::optional<double> probe(std::string_view name);

  void violate(const std::string& promise, const std::string& node, const std::string& message) {
    scene_->violate(promise, node, message);
  }
  [[nodiscard]] const std::vector<drill::Violation>& violations() const {
    return scene_->violations();
  }
  [[nodiscard]] AccountRecord& accounts() { return scene_->accounts; }
  [[nodiscard]] const ShareRecord& shares() const { return scene_->shares; }
  [[nodiscard]] bool is_revoked(const NodeId& client) const { return scene_->is_revoked(client); }
  /// Forgets pages; then whether the household of every home has had one since. Revoked devices do
  /// not count.
  void expect_pages() { pages_by_pair_.clear(); }
  [[nodiscard]] bool all_have_pages() const;
  /// Playbacks that broke and went on, of those that broke. Nothing: none broke.
  [[nodiscard]] std::optional<double> resumed_ratio() const;
  /// The longest that a directory was wrong about a home since `begin`. Nothing: none served.
  [[nodiscard]] std::optional<Millis> staleness() const { return presence_->longest(); }
  /// Who waits for what: pages that did not come, playbacks that stand still, nodes that are down.
  [[nodiscard]] std::vector<std::string> waiting() const;
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counters() const { return counters_; }

 private:
  using Pair = std::pair<NodeId, NodeId>;

  [[nodiscard]] Instant now() const { return world_->engine().now(); }
  void every_second();
  template <class... Parameters, class... Arguments>
  void tell(void (Checker::*heard)(Parameters...), Arguments&&... arguments);
  void note(const NodeId& node, std::string_view kind, std::uint64_t number);
  [[nodiscard]] double stream_success(Instant at);

  World* world_ = nullptr;
  std::unique_ptr<Scene> scene_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  std::unique_ptr<PresenceWatch> presence_;
  std::map<Pair, ErrorCode> pages_by_pair_;  ///< Of a client and a home: the last asked.
  std::map<NodeId, bool> home_answers_;      ///< To the last page asked.
  std::map<NodeId, bool> client_has_page_;
  std::map<std::string, std::uint64_t> counters_;
  std::uint64_t breaks_ = 0;
  std::uint64_t resumes_ = 0;
  std::size_t failures_ = 0;

  static constexpr auto window = drill::probe_window;
  drill::Window pages_{window}, page_times_{window}, commands_{window}, command_times_{window};
  drill::Window openings_{window}, opening_times_{window}, gaps_{Millis{60'000}}, waits_{window};
  drill::Window presence_ages_{window};
};

}  // namespace hearth::sim
