#pragma once
// What was promised to the people of a world, and whether it was kept: every observation is checked
// at the moment when it is made, and counted for the probes.

#include "sim/drill/outcome.hpp"
#include "sim/run/account_record.hpp"
#include "sim/run/window.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/world.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hearth::sim {

class Record final : public Observer {
 public:
  /// Call before anything runs. `world` outlives the record's last call.
  void attach(World& world);
  /// The files of `home` are as they are from now on; what they were stays playable.
  void media_changed(SimNode& home);
  /// Times of outcomes count from here.
  void begin(Instant zero) { zero_ = zero; }

  void asked_page(const NodeId& client, const NodeId& home, bool came, Millis took) override;
  void playback_asked(const PlaybackStart& start) override;
  void playback_began(PlaybackId playback, Millis took) override;
  void bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                    BytesView bytes) override;
  void playback_broke(PlaybackId playback, const Error& error) override;
  void playback_resumed(PlaybackId playback, Millis gap) override;
  void player_waited(PlaybackId playback, Millis wait) override;
  void playback_ended(PlaybackId playback) override;
  void playback_failed(PlaybackId playback, const Error& error) override;
  void command_sent(const NodeId& client, const AccountCommand& command) override;
  void command_answered(const NodeId& client, const AccountAnswer& answer) override;

  /// From now on only a new page counts, for both.
  void expect_page(const NodeId& client, const NodeId& home);

  /// Bytes that cross the wires of the service: P4.
  void crossed(HostId from, HostId to, BytesView bytes);

  /// Of `drill::probes()`; nothing where there is nothing to measure yet.
  [[nodiscard]] std::optional<double> probe(std::string_view name);

  void violate(const std::string& promise, const std::string& node, const std::string& message);
  [[nodiscard]] const std::vector<drill::Violation>& violations() const { return violations_; }
  [[nodiscard]] AccountRecord& accounts() { return accounts_; }
  /// Playbacks that broke and went on, of those that broke. Nothing: none broke.
  [[nodiscard]] std::optional<double> resumed_ratio() const;
  /// Even if it is over by now.
  [[nodiscard]] bool has_begun(PlaybackId playback) const { return begun_.count(playback) != 0; }
  /// Homes whose last page did not come, and playbacks that stand still.
  [[nodiscard]] std::vector<std::string> waiting() const;
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counters() const { return counters_; }

 private:
  struct Playback {
    PlaybackStart start;
    std::uint64_t offset = 0;
    std::optional<ItemVersion> version;  ///< Of its first bytes.
    bool began = false;
    std::optional<Instant> broken_since;
    Instant heard_at{};
  };
  [[nodiscard]] Instant now() const { return world_->engine().now(); }
  [[nodiscard]] std::string name_of(const NodeId& id) const;
  /// A device that somebody took away: nobody has promised it anything.
  [[nodiscard]] bool is_stolen(const NodeId& client) const {
    return accounts_.revoke_was_sent(client);
  }
  void end(PlaybackId playback, bool well);
  void note(const NodeId& node, std::string_view kind, std::uint64_t number);

  World* world_ = nullptr;
  Instant zero_{};
  struct Content {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
  };
  std::map<ItemVersion, Content> content_by_version_;
  std::set<HostId> blind_hosts_;  ///< That may never see a plaintext.
  std::map<PlaybackId, Playback> playing_;
  std::set<PlaybackId> begun_;
  std::map<NodeId, bool> home_answers_;  ///< To the last page asked.
  std::map<NodeId, bool> client_has_page_;
  AccountRecord accounts_;
  std::vector<drill::Violation> violations_;
  std::map<std::string, std::uint64_t> counters_;
  std::uint64_t breaks_ = 0;
  std::uint64_t resumes_ = 0;

  static constexpr Millis window{10'000};
  Window pages_{window}, page_times_{window}, commands_{window}, command_times_{window};
  Window openings_{window}, opening_times_{window}, gaps_{Millis{60'000}}, waits_{window};
};

}  // namespace hearth::sim
