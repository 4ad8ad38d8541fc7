#pragma once
// The link machine as part of a CAF actor. The actor that owns a shell also owns its wire, puts
// `handlers()` into its behaviour, and tells the shell what the wire hears.

#include "actors/link/link_counters.hpp"
#include "actors/link/link_machine.hpp"
#include "actors/link/link_messages.hpp"
#include "actors/link/wire.hpp"
#include "actors/runtime/caf_protocol.hpp"
#include "actors/runtime/clock.hpp"

#include <caf/actor.hpp>
#include <caf/local_actor.hpp>
#include <caf/message_handler.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace hearth::link {

class LinkShell final {
 public:
  /// What a shell is given; all but `options` must outlive it.
  struct Parts {
    caf::local_actor* self = nullptr;
    Wire* wire = nullptr;
    const WallClock* wall = nullptr;
    LinkCounters* counters = nullptr;
  };

  LinkShell(const Parts& parts, LinkOptions options)
      : parts_(parts), machine_(std::move(options)) {}

  /// BindActor, WatchPeers, Ask, Tell, Reply, LinkOrder, OfferNodeList and the shell's own timer.
  [[nodiscard]] caf::message_handler handlers();

  [[nodiscard]] std::uint64_t accepted(const std::string& source);
  void received(std::uint64_t connection, BytesView bytes);
  void written(std::uint64_t connection, std::size_t unsent);
  void closed(std::uint64_t connection);

 private:
  void on_ask(const Ask& ask);
  void on_watch(caf::actor watcher);
  void on_sweep(std::uint64_t alarm);
  [[nodiscard]] LinkTime now() const;
  /// Carries out what the machine wants, then sees to the timer. Called after every input.
  void settle();
  void carry_out(LinkOutput& output);
  void arm();
  void deliver(DeliverTo& message);
  void answer(AnswerAsker& message);
  void announce(const PeerUp& up);
  void announce(const PeerDown& down);
  void announce(const NodesListed& listed);

  Parts parts_;
  LinkMachine machine_;
  std::unordered_map<std::string, caf::actor> actors_;               // never iterated
  std::unordered_map<std::uint64_t, caf::strong_actor_ptr> askers_;  // never iterated
  std::uint64_t asker_last_ = 0;
  std::vector<caf::actor> watchers_;
  std::map<NodeId, PeerInfo> up_;
  std::optional<Instant> armed_for_;
  std::uint64_t alarm_last_ = 0;  ///< Only the newest alarm counts.
};

}  // namespace hearth::link
