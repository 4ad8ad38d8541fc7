#pragma once
// What the people of a simulated world notice: the only view that checkers and probes have of what
// was promised to them.

#include "actors/client/manager_machine.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/home/home_messages.hpp"

#include <cstdint>
#include <string>

namespace hearth::sim {

/// One playback of one item, from its first request to its end; resumes are part of it.
using PlaybackId = std::uint64_t;

struct PlaybackStart {
  PlaybackId playback = 0;
  NodeId client;
  NodeId home;
  ItemId item;
  std::uint64_t offset = 0;
};

/// Called at the moment when it happens.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  /// `outcome` is `none` where the page came.
  virtual void asked_page(const NodeId& client, const NodeId& home, ErrorCode outcome,
                          Millis took) = 0;
  /// Items that a home showed, whatever they were asked for by.
  virtual void page_shown(const NodeId& client, const NodeId& home,
                          const home::ItemsPage& page) = 0;
  virtual void playback_asked(const PlaybackStart& start) = 0;
  virtual void playback_began(PlaybackId playback, Millis took) = 0;
  /// `version` is what the home said that it sends.
  virtual void bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                            BytesView bytes) = 0;
  virtual void playback_broke(PlaybackId playback, const Error& error) = 0;
  /// `gap`: without a byte, between the last before and the first after the break.
  virtual void playback_resumed(PlaybackId playback, Millis gap) = 0;
  /// Of every moment of a player that has begun, all equally long: it had too little to play.
  virtual void player_went_on(PlaybackId playback, bool waited) = 0;
  virtual void playback_ended(PlaybackId playback) = 0;
  virtual void playback_failed(PlaybackId playback, const Error& error) = 0;
  virtual void command_sent(const NodeId& client, const client::AccountCommand& command) = 0;
  virtual void command_answered(const NodeId& client, const client::AccountAnswer& answer) = 0;
  /// A process is gone, and with it what it played and asked for.
  virtual void node_died(const NodeId& node) = 0;
  /// A process ended by itself, or could not start: it says so in an error line.
  virtual void node_failed(const std::string& node, const Error& why) = 0;
};

}  // namespace hearth::sim
