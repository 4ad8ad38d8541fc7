#pragma once

#include "sim/promises/scene.hpp"
#include "sim/world/observer.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

/// Watches one promise. Overrides what it wants to hear of; `Scene` still is as it was before what
/// it hears of.
class Checker : public Observer {
 public:
  /// `scene` outlives the checker.
  explicit Checker(Scene& scene) : scene_(scene) {}

  /// "P5" and so on.
  [[nodiscard]] virtual std::string_view promise() const = 0;

  void asked_page(const NodeId&, const NodeId&, ErrorCode, Millis) override {}
  void page_shown(const NodeId&, const NodeId&, const home::ItemsPage&) override {}
  void playback_asked(const PlaybackStart&) override {}
  void playback_began(PlaybackId, Millis) override {}
  void bytes_played(PlaybackId, const ItemVersion&, std::uint64_t, BytesView) override {}
  void playback_broke(PlaybackId, const Error&) override {}
  void playback_resumed(PlaybackId, Millis) override {}
  void player_went_on(PlaybackId, bool) override {}
  void playback_ended(PlaybackId) override {}
  void playback_failed(PlaybackId, const Error&) override {}
  void command_sent(const NodeId&, const client::AccountCommand&) override {}
  void command_answered(const NodeId&, const client::AccountAnswer&) override {}
  void node_died(const NodeId&) override {}
  void node_failed(const std::string&, const Error&) override {}

  /// The files of `home` are as they are from now on; what they were stays playable.
  virtual void media_changed(SimNode&) {}
  /// Bytes have crossed a wire.
  virtual void crossed(HostId, HostId, BytesView) {}
  /// Comes every second from the world's beginning on.
  virtual void second_passed() {}
  /// The run is over; all nodes are up.
  virtual void finished() {}

 protected:
  void violate(std::string_view node, const std::string& message) {
    scene_.violate(promise(), node, message);
  }

  Scene& scene_;
};

/// One for every promise that is watched at the moment of observation.
[[nodiscard]] std::vector<std::unique_ptr<Checker>> make_checkers(Scene& scene);

}  // namespace hearth::sim
