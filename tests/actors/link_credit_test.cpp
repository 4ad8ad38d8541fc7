// Whatever happens, in whatever order: every question is answered exactly once, and all credit
// comes back.

#include "tests/support/link_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hearth::link {
namespace {

using namespace hearth::testing;

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed) {
    LinkLimits limits;
    limits.requests_in_flight = 1 + below(4);
    limits.bytes_in_flight = 100 + below(4000);
    limits.requests_queued = 1 + below(8);
    limits.bytes_queued = 2000 + below(8000);
    limits.inbound_requests = 1 + below(5);
    limits.inbound_bytes = 1000 + below(4000);
    limits.unsent_max = 500 + below(5000);
    limits.backlog_high = 2000 + below(8000);
    limits.backlog_low = limits.backlog_high / 2;
    a_ = &world_.add(directory_a, "directory-a", limits);
    b_ = &world_.add(directory_b, "directory-b", limits);
    for (auto* node : {a_, b_}) {
      node->machine.bind("accounts");
    }
    world_.order(*a_, Dial{b_->id()});
    if (below(2) == 0) {
      world_.order(*b_, Dial{a_->id()});
    }
  }

  void rage() {
    for (int i = 0; i < 200; ++i) {
      act();
    }
  }

  /// Nothing more is asked or answered; every budget ends.
  void calm_down() {
    a_->reads = b_->reads = true;
    world_.on_bytes = nullptr;
    world_.pass(Millis(65'000));
  }

  void expect_all_back() {
    for (auto* node : {a_, b_}) {
      auto& peer = node == a_ ? *b_ : *a_;
      EXPECT_EQ(node->machine.usage_of(peer.id()), RequestTable::Usage{});
      for (std::uint64_t asker = 1; asker <= asked_[node]; ++asker) {
        EXPECT_EQ(node->answers[asker].size(), 1U) << "asker " << asker;
      }
    }
    EXPECT_TRUE(a_->is_up(*b_) && b_->is_up(*a_)) << "they find each other again";
  }

  [[nodiscard]] std::size_t questions() const { return asked_.at(a_) + asked_.at(b_); }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void act() {
    auto& node = below(2) == 0 ? *a_ : *b_;
    auto& peer = &node == a_ ? *b_ : *a_;
    switch (below(16)) {
      case 0: world_.cut(node, peer); break;
      case 1: node.reads = !node.reads; break;
      case 2: world_.pass(Millis(100 * (1 + below(20)))); break;
      case 3:
        if (node.is_up(peer)) {
          world_.order(node, DropPeer{peer.id(), node.session_with(peer)});
        }
        break;
      case 4:
      case 5:
      case 6: answer(node); break;
      case 7: world_.run(); break;
      default: ask(node, peer);
    }
  }

  void ask(LinkNode& node, LinkNode& peer) {
    directory::Forwarded forwarded;
    forwarded.role = Role::client;
    forwarded.envelope = Bytes(below(3000), 7);
    const auto asker = ++asked_[&node];
    world_.ask(node, asker, peer, envelope_to(node.self, peer.self, "accounts", forwarded),
               Millis(1 + below(5000)), static_cast<TrafficClass>(below(3)));
  }

  /// Some of what came; the rest, never.
  void answer(LinkNode& node) {
    for (auto& [actor, delivered] : std::exchange(node.delivered, {})) {
      if (below(3) == 0) {
        continue;
      }
      if (below(4) == 0) {
        world_.reply(node, delivered, Error{ErrorCode::not_allowed, "no"});
      } else {
        world_.reply(node, delivered, delivered.envelope);
      }
    }
  }

  std::mt19937_64 random_;
  LinkWorld world_;
  LinkNode* a_ = nullptr;
  LinkNode* b_ = nullptr;
  std::map<const LinkNode*, std::uint64_t> asked_;
};

TEST(LinkCredit, AllComesBackAfterAnySequence) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chaos chaos(seed);
    chaos.rage();
    EXPECT_GT(chaos.questions(), 20U);
    chaos.calm_down();
    chaos.expect_all_back();
    if (::testing::Test::HasFailure()) {
      break;
    }
  }
}

/// Requests of 4 s to one peer.
class Queue {
 public:
  explicit Queue(std::size_t credit) { limits_.requests_in_flight = credit; }

  void ask(std::uint64_t asker, Millis at) {
    Question question;
    question.asker = asker;
    question.to = directory_b.identity.id;
    question.asked = Instant{at};
    question.deadline = Instant{at + Millis{4000}};
    question.envelope = envelope_to(directory_a, directory_b, "accounts", directory::ListHomes{});
    EXPECT_FALSE(table_.add(std::move(question)));
  }
  /// Takes all that may leave.
  std::size_t depart(Millis at) {
    std::size_t count = 0;
    for (; auto departed = table_.depart(directory_b.identity.id, session, Instant{at}); ++count) {
      last_ = departed->header.correlation;
    }
    return count;
  }
  /// Whom the answer to what left last is for.
  std::uint64_t answer() {
    const auto settled = table_.settle(session, last_, Envelope{});
    return settled ? settled->asker : 0;
  }
  std::map<std::uint64_t, ErrorCode> expire(Millis at) {
    std::map<std::uint64_t, ErrorCode> ended;
    for (const auto& one : table_.expire(Instant{at})) {
      ended[one.asker] = one.answer.error().code;
    }
    return ended;
  }

 private:
  static constexpr std::uint64_t session = 1;
  LinkLimits limits_;
  RequestTable table_{limits_};
  std::uint64_t last_ = 0;
};

TEST(LinkCredit, WhoCouldHardlyBeAnsweredInTimeMakesRoomForOneWhoCan) {
  Queue queue(1);
  queue.ask(1, Millis{0});
  EXPECT_EQ(queue.depart(Millis{0}), 1U);
  queue.ask(2, Millis{0});
  queue.ask(3, Millis{1000});
  EXPECT_EQ(queue.depart(Millis{2500}), 0U) << "no credit";
  EXPECT_EQ(queue.answer(), 1U);
  EXPECT_EQ(queue.depart(Millis{2500}), 1U);
  EXPECT_EQ(queue.answer(), 3U);
  EXPECT_EQ(queue.expire(Millis{2500}),
            (std::map<std::uint64_t, ErrorCode>{{2, ErrorCode::overloaded}}));
}

TEST(LinkCredit, NobodyMakesRoomWhereThereIsEnough) {
  Queue queue(2);
  queue.ask(1, Millis{0});
  queue.ask(2, Millis{0});
  EXPECT_EQ(queue.depart(Millis{3900}), 2U);
  queue.ask(3, Millis{0});
  EXPECT_EQ(queue.expire(Millis{3999}).size(), 0U);
}

}  // namespace
}  // namespace hearth::link
