#pragma once
// How old the state of a replica can be, at most: what tickets and other recent reads depend on.
//
// A follower stamps its answers to heartbeats with its own clock. Once a majority has confirmed a
// round that the leader began after such a stamp came, the leader sends the stamp back, with its
// commit index of the beginning of that round: all that was committed at the stamp is below it.
// Stamps go round and come back to the clock that made them; delays only make a state look older.

#include "messages/replication/raft_messages.hpp"

#include <cstdint>
#include <optional>

namespace hearth::replication {

/// The leader's part, for one replica: one stamp at a time waits for its round.
class StampLedger {
 public:
  /// A round begins at a time when all up to `commit` is committed; `stamp` came before.
  void begin(Instant stamp, std::uint64_t round, Index commit);
  /// A majority has answered `round`, and so all before.
  void confirm(std::uint64_t round);
  [[nodiscard]] Confirmation confirmed() const { return confirmed_; }

 private:
  Confirmation waiting_;
  std::uint64_t round_ = 0;  // that waiting_ waits for; 0: none
  Confirmation confirmed_;
};

/// The replica's own part.
class Freshness {
 public:
  void confirm(const Confirmation& confirmation);
  void applied(Index index);
  /// Everything that was committed anywhere at this instant is applied here. The epoch: unknown.
  [[nodiscard]] Instant since() const { return since_; }

 private:
  std::optional<Confirmation> waiting_;  // for its index to be applied
  Index applied_ = 0;
  Instant since_{};
};

}  // namespace hearth::replication
