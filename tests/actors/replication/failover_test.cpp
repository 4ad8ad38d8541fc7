// How long nobody decides after a leader's death, on virtual time: three replicas with a network of
// constant delay and disks of up to 10 ms. Machines alone; actors and the link add their own.

#include "sim/random.hpp"
#include "tests/actors/replication/replica.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace hearth::replication::testing {
namespace {

class Triple {
 public:
  Triple(std::uint64_t seed, Millis one_way) : random_(seed), one_way_(one_way) {
    for (std::uint8_t number = 1; number <= 3; ++number) {
      Disk disk;
      disk.base.configuration = voters(3);
      replicas_.emplace_back(node(number), disk, RaftOptions{}, [this] { return random_.next(); });
      replicas_.back().start(now_);
    }
  }

  /// From the leader's death until another one decides. `silent`: no connection breaks.
  Millis unavailable(bool silent) {
    run_until([this] { return now_ > Instant{} + Millis(5000) && decider() != nullptr; });
    auto& leader = *decider();
    const auto died = now_;
    leader.crash(0);
    if (!silent) {
      for (const auto& other : replicas_) {
        events_.push_back({now_ + one_way_, other.id(), leader.id(), {}});
      }
    }
    run_until([this] { return decider() != nullptr; });
    return std::chrono::duration_cast<Millis>(now_ - died);
  }

 private:
  /// A message, the end of a write, or a connection that broke.
  struct Event {
    Instant due;
    NodeId at;
    std::optional<NodeId> broken_with;
    std::optional<Message> message;
  };

  template <class Done>
  void run_until(const Done& done) {
    while (!done() && now_ < Instant{} + Millis(60'000)) {
      now_ += Millis(1);
      const auto due = std::stable_partition(events_.begin(), events_.end(),
                                             [this](const auto& e) { return e.due > now_; });
      const std::vector<Event> happening(due, events_.end());
      events_.erase(due, events_.end());
      for (const auto& event : happening) {
        happen(event);
      }
      for (auto& replica : replicas_) {
        if (replica.is_up() && replica.machine().wake_at() <= now_) {
          replica.machine().tick(now_);
          turn(replica);
        }
      }
    }
  }

  void happen(const Event& event) {
    auto& replica = replicas_[static_cast<std::size_t>(number_of(event.at) - 1)];
    if (!replica.is_up()) {
      return;
    }
    if (event.message) {
      EXPECT_TRUE(replica.machine().receive(*event.message, now_).ok());
    } else if (event.broken_with) {
      replica.machine().disconnected(*event.broken_with, now_);
    } else {
      replica.sync(now_);
    }
    turn(replica);
  }

  void turn(Replica& replica) {
    const auto before = replica.writes_under_way();
    const auto& effects = replica.turn(now_);
    for (const auto& message : effects.messages) {
      events_.push_back({now_ + one_way_, message.to, {}, message});
    }
    replica.apply(replica.to_apply(), [](const Entry&) {});
    for (auto writes = before; writes < replica.writes_under_way(); ++writes) {
      const Millis sync{static_cast<std::int64_t>(random_.between(1, 10))};
      events_.push_back({now_ + sync, replica.id(), {}, {}});
    }
  }

  Replica* decider() {
    const auto found = std::find_if(replicas_.begin(), replicas_.end(), [](const Replica& replica) {
      return replica.is_up() && replica.machine().decides();
    });
    return found == replicas_.end() ? nullptr : &*found;
  }

  sim::Random random_;
  Millis one_way_;
  Instant now_ = Instant{} + Millis(1000);
  std::deque<Replica> replicas_;
  std::vector<Event> events_;
};

/// Of 60 deaths, sorted.
std::vector<Millis> times(Millis round_trip, bool silent) {
  std::vector<Millis> times;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    times.push_back(Triple(seed, round_trip / 2).unavailable(silent));
  }
  std::sort(times.begin(), times.end());
  return times;
}

TEST(RaftFailover, ABrokenConnectionIsFollowedByAnElectionAtOnce) {
  EXPECT_LE(times(Millis(0), false)[30], Millis(200));
  for (const auto round_trip : {40, 80, 150}) {
    EXPECT_LE(times(Millis(round_trip), false)[57], Millis(1000)) << round_trip;
  }
}

TEST(RaftFailover, SilenceIsNoticedAfterAnElectionTimeout) {
  for (const auto round_trip : {40, 80, 150}) {
    const auto all = times(Millis(round_trip), true);
    EXPECT_LE(all[57], Millis(2500)) << round_trip;
    EXPECT_GE(all[0], Millis(900)) << round_trip;  // who is slow is not dead
  }
}

}  // namespace
}  // namespace hearth::replication::testing
