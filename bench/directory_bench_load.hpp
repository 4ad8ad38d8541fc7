#pragma once
// Requests of one device to one directory, so many in flight, each until it is granted. Step
// machine of the actor "load" in the node of a client.

#include "actors/runtime/step.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hearth::bench {

/// Requests that may rely on those before them: after one that is refused, all that are not granted
/// are sent again, in order.
struct Load {
  std::vector<Envelope> requests;  ///< At least one; not all need be sent.
  std::size_t in_flight = 1;
  double per_second = 0;  ///< At most; 0: as fast as answers come.
  Instant end;            ///< Then nothing new is sent, and what was sent is seen through.
};

struct Granted {
  Instant sent;
  Instant answered;
};

struct Outcome {
  std::vector<Granted> granted;  ///< In order of the answers: to the first of the requests.
  std::size_t refused = 0;
  std::optional<Error> failed;  ///< It was refused too often, at last for this.
};

class LoadMachine {
 public:
  using External = Load;
  using Command = Outcome;
  using Effects = hearth::Effects<Command>;
  static constexpr const char* name = "load";

  explicit LoadMachine(const NodeId& directory) : directory_(directory) {}

  [[nodiscard]] static Result<void> recover(const storage::LogReader&) { return {}; }
  [[nodiscard]] Effects start(Instant now) const;
  /// Ends in one command, before which there is no other load.
  [[nodiscard]] Effects step(const Load& input, Instant now);
  [[nodiscard]] Effects step(const Answered& input, Instant now);
  [[nodiscard]] Effects step(const TimerFired& input, Instant now);
  [[nodiscard]] static Effects step(const Delivered&, Instant) { return {}; }
  [[nodiscard]] static Effects step(const PeerUp&, Instant) { return {}; }
  [[nodiscard]] static Effects step(const PeerDown&, Instant) { return {}; }

 private:
  [[nodiscard]] bool is_over(Instant now) const;
  [[nodiscard]] bool is_due(Instant now) const;
  void go_on(Instant now, Effects& effects);
  void wake_in(Millis after, Effects& effects);

  NodeId directory_;
  std::optional<Load> load_;
  Outcome outcome_;
  Instant begun_;
  std::vector<Instant> sent_;   ///< When each of the requests went out last.
  std::vector<bool> granted_;   ///< Likewise.
  std::size_t first_open_ = 0;  ///< Those before it are granted.
  std::size_t next_ = 0;        ///< To be sent, unless it is granted.
  std::size_t in_flight_ = 0;
  bool is_turning_back_ = false;  ///< Once nothing is in flight.
  bool has_timer_ = false;
};

}  // namespace hearth::bench
