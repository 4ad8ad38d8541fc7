#pragma once
// Somebody who plays one item to its end, at its bit rate: the real stream receiver and resume
// policy on simulated connections.

#include "actors/client/client_ports.hpp"
#include "actors/client/resume_policy.hpp"
#include "actors/client/stream_receiver_machine.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/sim_socket.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hearth::sim {

struct PlayerPorts {
  Network* network = nullptr;
  Timers* timers = nullptr;
  HostId host{};
  Observer* observer = nullptr;
  /// Asks the client session. The answer may come after the player's end: then it is dropped.
  std::function<void(client::PlanStream, std::function<void(Result<client::Answer>)>)> plan;
};

class Player final {
 public:
  /// `rate` in bytes a second.
  Player(PlayerPorts ports, PlaybackStart start, double rate, std::function<void()> ended);
  ~Player();

  [[nodiscard]] const PlaybackStart& start() const { return start_; }

 private:
  void plan();
  void on_plan(Result<client::Answer> answer);
  void step(const client::ReceiverInput& input);
  void on_effects(client::ReceiverEffects effects);
  void on_media(Bytes bytes);
  void on_broken(const client::StreamBroken& broken);
  void play();
  void tick();
  void end();
  template <class Action>
  void later(std::chrono::nanoseconds delay, Action action);

  PlayerPorts ports_;
  PlaybackStart start_;
  double rate_;
  std::function<void()> ended_;
  client::ResumePolicy policy_;
  std::optional<client::StreamReceiverMachine> machine_;
  std::unique_ptr<SimSocket> socket_;
  std::uint64_t attempt_number_ = 0;
  std::optional<home::StreamHeader> header_;
  std::uint64_t offset_;           ///< Reached.
  std::uint64_t end_offset_ = 0;   ///< Known with the header.
  std::uint64_t untaken_ = 0;      ///< Given by the present connection, not played.
  std::uint64_t old_untaken_ = 0;  ///< By those before.
  Instant asked_at_;
  Instant heard_at_;
  bool broken_ = false;
  bool over_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::sim
