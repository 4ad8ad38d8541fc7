#pragma once
// About 1,000 actors of whole nodes, all of whom ask one directory and wait for its answer.

#include "sim/run/record.hpp"
#include "sim/world/world.hpp"

#include <chrono>
#include <cstdint>
#include <map>

namespace hearth::bench {

class Stack final : public sim::Observer {
 public:
  /// Starts the nodes and makes an account each. False: not within a simulated minute.
  [[nodiscard]] bool begin();
  /// From now on every manager asks for its devices, or changes them.
  void ask(bool durable) { durable_ = durable; }
  void run(std::chrono::seconds time) { world_.run_for(time); }

  [[nodiscard]] std::uint64_t messages() { return world_.engine().steps(); }
  [[nodiscard]] std::uint64_t envelopes();

 private:
  void asked_page(const NodeId&, const NodeId&, ErrorCode, Millis) override {}
  void page_shown(const NodeId&, const NodeId&, const home::ItemsPage&) override {}
  void playback_asked(const sim::PlaybackStart&) override {}
  void playback_began(sim::PlaybackId, Millis) override {}
  void bytes_played(sim::PlaybackId, const ItemVersion&, std::uint64_t, BytesView) override {}
  void playback_broke(sim::PlaybackId, const Error&) override {}
  void playback_resumed(sim::PlaybackId, Millis) override {}
  void player_went_on(sim::PlaybackId, bool) override {}
  void playback_ended(sim::PlaybackId) override {}
  void playback_failed(sim::PlaybackId, const Error&) override {}
  void command_sent(const NodeId&, const client::AccountCommand&) override {}
  void command_answered(const NodeId& client, const client::AccountAnswer& answer) override;
  void node_died(const NodeId&) override {}
  void node_failed(const std::string&, const Error&) override {}

  void send(const NodeId& client);
  [[nodiscard]] static sim::WorldOptions options();

  sim::World world_{options(), *this};
  std::uint64_t command_last_ = 0;
  std::uint64_t answered_ = 0;
  bool durable_ = false;
  std::map<NodeId, NodeId> spares_;  ///< The device that goes next, by manager.
};

}  // namespace hearth::bench
