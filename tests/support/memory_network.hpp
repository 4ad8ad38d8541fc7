#pragma once
// Links in one actor system, joined by pipes in memory: what a node has instead of TCP in tests
// of actors. Bytes travel as CAF messages between the link actors, so under CAF's testing
// scheduler every run of the same test is the same.

#include "actors/link/link_counters.hpp"
#include "actors/link/link_machine.hpp"
#include "actors/link/link_maker.hpp"
#include "actors/link/link_shell.hpp"
#include "actors/link/wire.hpp"
#include "actors/runtime/clock.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace hearth::testing {

class MemoryNetwork;

/// Between link actors only.
struct PipeEvent {
  enum class Kind : std::uint8_t { opened, bytes, taken, closed };
  Kind kind = Kind::closed;
  std::uint64_t pipe = 0;
  Bytes bytes = {};       ///< Of `bytes`.
  std::size_t count = 0;  ///< Of `taken`.
};

/// Outlives the actor system. One thread only.
class MemoryNetwork final {
 public:
  /// A link that others reach under `host`. Its counters live as long as the network.
  [[nodiscard]] LinkMaker maker(const std::string& host, link::LinkOptions options,
                                const WallClock& wall);

  [[nodiscard]] const link::LinkCounters& counters(const std::string& host) const {
    return *counters_.at(host);
  }

  /// Connections between the two break, and new ones fail, until `join`.
  void cut(const std::string& a, const std::string& b);
  void join(const std::string& a, const std::string& b) { cuts_.erase(pair_of(a, b)); }

  /// Looks at, and may change, bytes on their way.
  std::function<void(const std::string& from, const std::string& to, Bytes& bytes)> on_bytes;

 private:
  friend class MemoryWire;
  struct Pipe {
    std::string hosts[2];
  };

  static std::pair<std::string, std::string> pair_of(const std::string& a, const std::string& b) {
    return a < b ? std::pair(a, b) : std::pair(b, a);
  }
  void say(const std::string& to, PipeEvent event);

  std::map<std::string, caf::actor_addr> links_;
  std::map<std::string, std::unique_ptr<link::LinkCounters>> counters_;
  std::map<std::uint64_t, Pipe> pipes_;
  std::map<std::pair<std::string, std::string>, bool> cuts_;
  std::uint64_t pipe_last_ = 0;
};

}  // namespace hearth::testing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::testing::PipeEvent)
