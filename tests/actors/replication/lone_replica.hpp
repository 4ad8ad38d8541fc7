#pragma once
// One replica, node 1, whose peers a test plays: it says what they say, and sees what it is told.

#include "tests/actors/replication/replica.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace hearth::replication::testing {

/// An entry without meaning.
[[nodiscard]] inline Entry entry(Index index, Term term) {
  return {index, term, EntryKind::events, std::make_shared<const Bytes>(1, 'e')};
}

/// Entries from 1 on, of these terms.
[[nodiscard]] inline std::vector<Entry> entries(const std::vector<Term>& terms) {
  std::vector<Entry> all;
  for (const auto term : terms) {
    all.push_back(entry(all.size() + 1, term));
  }
  return all;
}

class LoneReplica {
 public:
  /// In a group of `count` voters, with this on its disk.
  explicit LoneReplica(std::uint8_t count, HardState hard_state = {}, std::vector<Entry> log = {},
                       std::uint64_t chance = 0)
      : LoneReplica(voters(count), hard_state, std::move(log), chance) {}
  LoneReplica(const Configuration& configuration, HardState hard_state, std::vector<Entry> log,
              std::uint64_t chance = 0)
      : replica_(node(1), disk(configuration, hard_state, std::move(log)), {},
                 [chance] { return chance; }) {
    replica_.start(now);
    say(2, 0, RecallReply{});
  }

  Instant now = Instant{} + Millis(1);

  [[nodiscard]] RaftMachine& machine() { return replica_.machine(); }
  [[nodiscard]] const Disk& disk() const { return replica_.disk(); }
  [[nodiscard]] const std::string& nonsense() const { return replica_.nonsense(); }

  /// What peer `from` says, in `term`. Its sync is done at once.
  void say(std::uint8_t from, Term term, Body body) {
    EXPECT_TRUE(machine().receive({node(from), node(1), term, std::move(body)}, now).ok());
    settle();
  }
  void pass(Millis time) {
    now += time;
    machine().tick(now);
    settle();
  }
  /// Ends turns and syncs until nothing is left; what it sends is in `sent`.
  void settle() {
    do {
      turn();
    } while (replica_.sync(now) || applies());
    turn();
  }
  /// Ends a turn, and leaves its writes under way.
  void turn() {
    const auto& effects = replica_.turn(now);
    sent.insert(sent.end(), effects.messages.begin(), effects.messages.end());
  }
  /// Elected in the next term by everybody, its no-op not yet anywhere else.
  void win() {
    pass(Millis(2000));
    for (const bool pre : {true, false}) {
      for (const auto& peer : machine().peers()) {
        const auto term = machine().term() + (pre ? 1 : 0);
        say(static_cast<std::uint8_t>(number_of(peer.member.node)), term, VoteReply{pre, true});
      }
    }
    ASSERT_EQ(machine().role(), RaftRole::leader);
    sent.clear();
  }

  /// All of one kind that were sent since the last `clear`.
  template <class Kind>
  [[nodiscard]] std::vector<std::pair<int, Kind>> all() const {
    std::vector<std::pair<int, Kind>> found;
    for (const auto& message : sent) {
      if (const auto* body = std::get_if<Kind>(&message.body)) {
        found.emplace_back(number_of(message.to), *body);
      }
    }
    return found;
  }
  /// The newest of one kind.
  template <class Kind>
  [[nodiscard]] std::optional<Kind> last() const {
    const auto found = all<Kind>();
    return found.empty() ? std::nullopt : std::optional(found.back().second);
  }

  std::vector<Message> sent;

 private:
  static Disk disk(const Configuration& configuration, HardState hard_state,
                   std::vector<Entry> log) {
    Disk disk;
    disk.hard_state = hard_state;
    disk.base.configuration = configuration;
    disk.entries = std::move(log);
    return disk;
  }
  bool applies() {
    const auto waiting = replica_.to_apply();
    replica_.apply(waiting, [](const Entry&) {});
    return waiting > 0;
  }

  Replica replica_;
};

}  // namespace hearth::replication::testing
