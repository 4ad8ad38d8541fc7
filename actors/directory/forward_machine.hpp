#pragma once
// A directory of a region that does not hold the accounts: hands every request for "accounts" to
// the one that does. Replication takes its place later, behind the same name.

#include "actors/runtime/step.hpp"

#include <map>
#include <variant>

namespace hearth::directory {

class ForwardMachine {
 public:
  using External = std::monostate;
  using Command = std::monostate;
  static constexpr const char* name = "accounts";

  ForwardMachine(NodeId self, NodeId holder) : self_(self), holder_(holder) {}

  [[nodiscard]] Result<void> recover(const storage::EventLog&) { return {}; }
  [[nodiscard]] Effects<Command> start(Instant now);

  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerUp&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerDown&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

 private:
  NodeId self_;
  NodeId holder_;
  std::map<std::uint64_t, ReplyTo> askers_;
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::directory
