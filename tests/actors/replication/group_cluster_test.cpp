// Real machines on real stores: what replicas have in their logs after crashes, lost messages,
// trimmed logs and snapshots is one and the same state (promise P10), with everything in it that
// was answered (P1).

#include "messages/envelope/codec.hpp"
#include "sim/random.hpp"
#include "tests/actors/replication/replica.hpp"
#include "tests/actors/replication/stored_group.hpp"
#include "tests/actors/replication/stored_replica.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hearth::replication::testing {
namespace {

class Cluster {
 public:
  explicit Cluster(std::uint64_t seed) : random_(seed) {
    for (std::uint8_t number = 1; number <= 4; ++number) {
      auto chance = std::make_shared<sim::Random>(random_.fork("machine", number));
      replicas_.push_back(std::make_unique<StoredReplica>(
          node(number), [chance = std::move(chance)] { return chance->next(); }));
      start(number - 1U);
    }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
    }
  }
  /// No more faults, until all have the same; false if that never comes.
  bool heal() {
    healed_ = true;
    for (int i = 0; i < 20'000; ++i) {
      step();
      if (i % 50 == 0 && is_quiet()) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] const std::vector<std::unique_ptr<StoredReplica>>& replicas() const {
    return replicas_;
  }
  [[nodiscard]] std::set<std::uint64_t> answered() const {
    std::set<std::uint64_t> all;
    for (const auto& replica : replicas_) {
      all.insert(replica->answered().begin(), replica->answered().end());
    }
    return all;
  }

 private:
  struct Sent {
    NodeId from;
    NodeId to;
    Envelope envelope;
  };

  void start(std::size_t at) {
    // The fourth joins with nothing, as a learner.
    replicas_[at]->start(at < 3 ? std::optional(voters(3)) : std::nullopt, now_);
  }

  void step() {
    now_ += Millis(random_.below(8));
    auto& replica = *replicas_[random_.below(replicas_.size())];
    const auto what = random_.below(1000);
    if (what < 450) {
      deliver();
    } else if (what < 750) {
      replica.sync(now_);
    } else if (what < 850) {
      replica.machine().tick(now_);
    } else if (what < 900 && !healed_) {
      proposed_ += replica.propose(proposed_ + 1) ? 1U : 0U;
    } else if (what < 920 && !healed_) {
      replica.trim(replica.store().applied().index);
    } else if (what < 930) {
      join(replica);
    } else if (what < 936 && !healed_) {
      crash(replica);
    }
    turn(replica);
  }

  void turn(StoredReplica& replica) {
    std::map<NodeId, std::vector<ReplicationFrame>> frames;
    replica.turn(now_, frames);
    for (const auto& [to, all] : frames) {
      for (const auto& frame : all) {
        Header header;
        header.from = {replica.id(), "replicas"};
        header.to = {to, "replicas"};
        sent_.push_back({replica.id(), to, pack(header, frame)});
        ASSERT_TRUE(sent_.back().envelope);
      }
    }
  }

  /// Any of the oldest messages, or it is lost.
  void deliver() {
    if (sent_.empty()) {
      return;
    }
    const auto at = static_cast<std::ptrdiff_t>(
        random_.below(std::min<std::size_t>(sent_.size(), healed_ ? 1 : 6)));
    const auto sent = sent_[static_cast<std::size_t>(at)];
    sent_.erase(sent_.begin() + at);
    if (!healed_ && random_.chance(0.05)) {
      return;
    }
    auto frame = unpack<ReplicationFrame>(sent.envelope);
    ASSERT_TRUE(frame) << frame.error().detail;
    auto& receiver = *replicas_[static_cast<std::size_t>(number_of(sent.to)) - 1];
    receiver.receive(sent.from, std::move(frame.value()), now_);
    turn(receiver);
  }

  void join(StoredReplica& replica) {
    auto next = replica.machine().log().configuration();
    if (replica.machine().decides() && next.find(node(4)) == nullptr) {
      next.members.push_back({node(4), false, 0});
      static_cast<void>(replica.machine().change(next, now_));
    }
  }

  void crash(StoredReplica& replica) {
    replica.crash();
    start(static_cast<std::size_t>(number_of(replica.id())) - 1);
    for (auto& other : replicas_) {
      other->machine().disconnected(replica.id(), now_);
    }
  }

  [[nodiscard]] bool is_quiet() const {
    const auto index = replicas_[0]->machine().log().last_index();
    return std::all_of(replicas_.begin(), replicas_.end(), [index](const auto& replica) {
      return replica->idle() && replica->store().applied().index == index &&
             replica->machine().log().last_index() == index;
    });
  }

  sim::Random random_;
  Instant now_{std::chrono::hours(1)};
  std::vector<std::unique_ptr<StoredReplica>> replicas_;
  std::deque<Sent> sent_;
  std::uint64_t proposed_ = 0;
  bool healed_ = false;
};

/// What the log of `replica` has of the group, read anew.
std::map<std::string, Bytes> state_of(StoredReplica& replica) {
  const auto base = replica.log().row(log_stream(group), base_key).value();
  return state_rows(replica.log(), decode_base(base.value()).value().generation);
}

TEST(GroupCluster, HasOneStateAtAllReplicasWhateverHappened) {
  std::size_t answered = 0;
  std::size_t snapshots = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Cluster cluster(seed);
    cluster.run(6000);
    ASSERT_TRUE(cluster.heal());
    const auto state = state_of(*cluster.replicas()[0]);
    for (const auto& replica : cluster.replicas()) {
      EXPECT_EQ(state_of(*replica), state);
      EXPECT_EQ(hash_of(state), replica->store().applied().hash);
      snapshots += replica->generation();
    }
    for (const auto number : cluster.answered()) {
      EXPECT_EQ(state.count(row_key(accounts, "command " + std::to_string(number))), 1U);
    }
    answered += cluster.answered().size();
    if (::testing::Test::HasFailure()) {
      return;
    }
  }
  // Where little happens, little is found.
  EXPECT_GT(answered, 500U);
  EXPECT_GT(snapshots, 20U);
}

}  // namespace
}  // namespace hearth::replication::testing
