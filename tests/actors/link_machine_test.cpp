#include "actors/link/link_machine.hpp"

#include "tests/support/link_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::link {
namespace {

using namespace hearth::testing;

/// About `bytes` long. Only directories may send it.
Envelope long_envelope(const LinkSelf& from, const LinkSelf& to, std::size_t bytes) {
  directory::Forwarded forwarded;
  forwarded.role = Role::client;
  forwarded.envelope = Bytes(bytes, 7);
  return envelope_to(from, to, "accounts", forwarded);
}

/// A phone and a directory, connected.
class LinkMachineTest : public ::testing::Test {
 protected:
  void connect(const LinkLimits& phone_limits = {}, const LinkLimits& directory_limits = {}) {
    caller = &world.add(phone, "phone", phone_limits);
    called = &world.add(directory_a, "directory-a", directory_limits);
    called->machine.bind("accounts");
    world.order(*caller, Dial{called->id()});
    world.run();
    ASSERT_TRUE(caller->is_up(*called) && called->is_up(*caller));
  }

  Envelope question() const {
    return envelope_to(phone, directory_a, "accounts", directory::ListHomes{});
  }
  Envelope answer() const { return envelope_to(directory_a, phone, "test", Accepted{}); }
  Result<Envelope> outcome_of(std::uint64_t asker) const {
    const auto found = caller->answers.find(asker);
    if (found == caller->answers.end() || found->second.size() != 1) {
      return Error{ErrorCode::none, "not answered exactly once"};
    }
    return found->second[0];
  }
  ErrorCode error_of(std::uint64_t asker) const {
    const auto outcome = outcome_of(asker);
    return outcome ? ErrorCode::none : outcome.error().code;
  }

  LinkWorld world;
  LinkNode* caller = nullptr;
  LinkNode* called = nullptr;
};

TEST_F(LinkMachineTest, DeliversARequestAndBringsTheAnswerBack) {
  connect();
  world.ask(*caller, 1, *called, question());
  world.run();
  ASSERT_EQ(called->delivered.size(), 1U);
  const auto& [actor, delivered] = called->delivered[0];
  EXPECT_EQ(actor, "accounts");
  EXPECT_EQ(delivered.from, caller->id());
  EXPECT_EQ(delivered.role, Role::client);
  EXPECT_TRUE(unpack<directory::ListHomes>(delivered.envelope).ok());
  world.reply(*called, delivered, answer());
  world.run();
  ASSERT_TRUE(outcome_of(1).ok());
  EXPECT_TRUE(unpack<Accepted>(outcome_of(1).value()).ok());
}

TEST_F(LinkMachineTest, BringsBackTheErrorThatThePeerGives) {
  connect();
  world.ask(*caller, 1, *called, question());
  world.run();
  world.reply(*called, called->delivered[0].second, Error{ErrorCode::name_taken, "taken"});
  world.run();
  EXPECT_EQ(error_of(1), ErrorCode::name_taken);
}

TEST_F(LinkMachineTest, CarriesWhatActorsOfOneNodeAskEachOther) {
  LinkLimits limits;
  limits.requests_in_flight = 1;
  auto& node = world.add(directory_a, "directory-a", limits);
  node.machine.bind("accounts");
  const auto to_itself = envelope_to(directory_a, directory_a, "accounts", directory::ListHomes{});
  world.ask(node, 1, node, to_itself);
  world.ask(node, 2, node, to_itself);
  ASSERT_EQ(node.delivered.size(), 1U) << "with the same credit as others";
  EXPECT_EQ(node.delivered[0].second.from, node.id());
  EXPECT_EQ(node.delivered[0].second.role, Role::directory);
  world.reply(node, node.delivered[0].second, answer());
  ASSERT_EQ(node.answers[1].size(), 1U);
  EXPECT_TRUE(node.answers[1][0].ok());
  ASSERT_EQ(node.delivered.size(), 2U);
  world.reply(node, node.delivered[0].second, answer());
  EXPECT_TRUE(node.answers[2].empty()) << "an answer given twice is none to another question";
  world.reply(node, node.delivered[1].second, Error{ErrorCode::name_taken, "taken"});
  EXPECT_EQ(node.answers[2].at(0).error().code, ErrorCode::name_taken);
}

TEST_F(LinkMachineTest, AnswersItselfWhereNobodyDoes) {
  auto& node = world.add(directory_a, "directory-a");
  world.ask(node, 1, node, envelope_to(directory_a, directory_a, "nobody", directory::ListHomes{}));
  EXPECT_EQ(node.answers[1].at(0).error().code, ErrorCode::actor_unknown);
  node.machine.bind("accounts");
  world.ask(node, 2, node,
            envelope_to(directory_a, directory_a, "accounts", directory::ListHomes{}));
  world.pass(Millis(6000));
  EXPECT_EQ(node.answers[2].at(0).error().code, ErrorCode::timed_out);
}

TEST_F(LinkMachineTest, FailsAtOnceWhereNobodyWillConnect) {
  auto& lonely = world.add(directory_a, "directory-a");
  auto& far = world.add(home_pc, "home");
  world.ask(lonely, 1, far, envelope_to(directory_a, home_pc, "home", home::DescribeHome{}));
  ASSERT_EQ(lonely.answers[1].size(), 1U);
  EXPECT_EQ(lonely.answers[1][0].error().code, ErrorCode::unreachable);
}

TEST_F(LinkMachineTest, WaitsForAConnectionThatIsToBe) {
  caller = &world.add(phone, "phone");
  called = &world.add(directory_a, "directory-a");
  called->machine.bind("accounts");
  called->reachable = false;
  world.order(*caller, Dial{called->id()});
  world.ask(*caller, 1, *called, question(), Millis(60'000));
  world.pass(Millis(1000));
  EXPECT_TRUE(caller->answers.empty());
  called->reachable = true;
  world.pass(Millis(20'000));
  EXPECT_EQ(called->delivered.size(), 1U);
}

TEST_F(LinkMachineTest, TellsARequestThatWasNeverSentFromOneThatWas) {
  connect();
  world.ask(*caller, 1, *called, question(), Millis(500));
  world.pass(Millis(700));
  EXPECT_EQ(error_of(1), ErrorCode::timed_out);

  called->reachable = false;
  world.cut(*caller, *called);
  world.ask(*caller, 2, *called, question(), Millis(500));
  world.pass(Millis(700));
  EXPECT_EQ(error_of(2), ErrorCode::unreachable);
}

TEST_F(LinkMachineTest, LosesRequestsUnderWayWithTheirSession) {
  connect();
  world.ask(*caller, 1, *called, question());
  world.run();
  world.cut(*caller, *called);
  EXPECT_EQ(error_of(1), ErrorCode::outcome_unknown);
  ASSERT_EQ(caller->downs.size(), 1U);
  EXPECT_EQ(caller->downs[0].node, called->id());

  world.pass(Millis(2000));
  EXPECT_TRUE(caller->is_up(*called));
  world.reply(*called, called->delivered[0].second, answer());  // of the session before
  world.run();
  EXPECT_EQ(caller->answers[1].size(), 1U);
}

TEST_F(LinkMachineTest, HoldsRequestsBackBeyondTheCredit) {
  LinkLimits limits;
  limits.requests_in_flight = 3;
  connect(limits);
  for (std::uint64_t asker = 1; asker <= 5; ++asker) {
    world.ask(*caller, asker, *called, question());
  }
  world.run();
  EXPECT_EQ(called->delivered.size(), 3U);
  EXPECT_EQ(caller->machine.usage_of(called->id()).queued, 2U);
  world.reply(*called, called->delivered[0].second, answer());
  world.run();
  EXPECT_EQ(called->delivered.size(), 4U);
  for (std::size_t i = 1; i < 5; ++i) {
    world.reply(*called, called->delivered[i].second, answer());
    world.run();
  }
  EXPECT_EQ(caller->machine.usage_of(called->id()), RequestTable::Usage{});
}

TEST_F(LinkMachineTest, CountsCreditInBytesToo) {
  LinkLimits limits;
  limits.bytes_in_flight = 10'000;
  auto& a = world.add(directory_a, "directory-a", limits);
  auto& b = world.add(directory_b, "directory-b");
  b.machine.bind("accounts");
  world.order(a, Dial{b.id()});
  world.run();
  for (std::uint64_t asker = 1; asker <= 3; ++asker) {
    world.ask(a, asker, b, long_envelope(directory_a, directory_b, 6000));
  }
  world.run();
  EXPECT_EQ(b.delivered.size(), 2U);
}

TEST_F(LinkMachineTest, RefusesWhatTheQueueCannotHold) {
  LinkLimits limits;
  limits.requests_in_flight = 1;
  limits.requests_queued = 2;
  connect(limits);
  for (std::uint64_t asker = 1; asker <= 4; ++asker) {
    world.ask(*caller, asker, *called, question());
  }
  EXPECT_EQ(error_of(4), ErrorCode::overloaded);
  EXPECT_EQ(caller->answers.size(), 1U);
}

TEST_F(LinkMachineTest, LeavesHalfOfTheCreditToCommands) {
  LinkLimits limits;
  limits.requests_in_flight = 4;
  connect(limits);
  for (std::uint64_t asker = 1; asker <= 4; ++asker) {
    world.ask(*caller, asker, *called, question(), Millis(5000), TrafficClass::bulk);
  }
  world.run();
  EXPECT_EQ(called->delivered.size(), 2U);
  world.ask(*caller, 5, *called, question());
  world.ask(*caller, 6, *called, question());
  world.run();
  EXPECT_EQ(called->delivered.size(), 4U);
}

TEST_F(LinkMachineTest, NeverRefusesConsensus) {
  LinkLimits limits;
  limits.requests_in_flight = 1;
  limits.requests_queued = 1;
  limits.inbound_requests = 1;
  auto& a = world.add(directory_a, "directory-a", limits);
  auto& b = world.add(directory_b, "directory-b", limits);
  b.machine.bind("accounts");
  world.order(a, Dial{b.id()});
  world.run();
  for (std::uint64_t asker = 1; asker <= 20; ++asker) {
    world.ask(a, asker, b,
              envelope_to(directory_a, directory_b, "accounts", directory::Forwarded{}),
              Millis(5000), TrafficClass::consensus);
  }
  world.run();
  EXPECT_EQ(b.delivered.size(), 20U);
  EXPECT_TRUE(a.answers.empty());
}

TEST_F(LinkMachineTest, RefusesMoreThanItsActorsCanAnswer) {
  LinkLimits limits;
  limits.inbound_requests = 2;
  connect({}, limits);
  for (std::uint64_t asker = 1; asker <= 3; ++asker) {
    world.ask(*caller, asker, *called, question(), Millis(1000));
  }
  world.run();
  EXPECT_EQ(called->delivered.size(), 2U);
  EXPECT_EQ(error_of(3), ErrorCode::overloaded);

  // The actor never answers; its askers give up, and so does the link.
  world.pass(Millis(1500));
  world.ask(*caller, 4, *called, question());
  world.run();
  EXPECT_EQ(called->delivered.size(), 3U);
}

TEST_F(LinkMachineTest, DropsASecondAnswer) {
  connect();
  world.ask(*caller, 1, *called, question());
  world.run();
  world.reply(*called, called->delivered[0].second, answer());
  world.reply(*called, called->delivered[0].second, answer());
  world.run();
  EXPECT_EQ(caller->answers[1].size(), 1U);
}

TEST_F(LinkMachineTest, CutsALongEnvelopeIntoParts) {
  connect();
  const auto page = long_envelope(directory_a, phone, 1'000'000);
  world.ask(*caller, 1, *called, question());
  world.run();
  world.reply(*called, called->delivered[0].second, page);
  world.run();
  ASSERT_TRUE(outcome_of(1).ok());
  const auto got = outcome_of(1).value().bytes();
  EXPECT_TRUE(std::equal(got.begin(), got.end(), page.bytes().begin(), page.bytes().end()));
}

TEST_F(LinkMachineTest, DropsTellsWithoutAConnection) {
  connect();
  caller->machine.tell(Tell{called->id(), TrafficClass::bulk, question()}, world.at());
  world.settle(*caller);
  world.run();
  ASSERT_EQ(called->delivered.size(), 1U);
  EXPECT_FALSE(called->delivered[0].second.reply_to.has_value());

  world.cut(*caller, *called);
  caller->machine.tell(Tell{called->id(), TrafficClass::bulk, question()}, world.at());
  world.settle(*caller);
  EXPECT_EQ(caller->counted[LinkCount::tells_dropped], 1);
}

TEST_F(LinkMachineTest, TakesOnlySoManyTellsASecond) {
  LinkLimits limits;
  limits.tells_per_second = 3;
  connect({}, limits);
  const auto tell_five = [&] {
    for (int i = 0; i < 5; ++i) {
      caller->machine.tell(Tell{called->id(), TrafficClass::command, question()}, world.at());
    }
    world.settle(*caller);
    world.run();
  };
  tell_five();
  EXPECT_EQ(called->delivered.size(), 3U);
  world.pass(Millis(1000));
  tell_five();
  EXPECT_EQ(called->delivered.size(), 6U);
}

TEST_F(LinkMachineTest, TakesEveryTellOfConsensus) {
  LinkLimits limits;
  limits.tells_per_second = 3;
  auto& leader = world.add(directory_a, "directory-a");
  auto& follower = world.add(directory_b, "directory-b", limits);
  follower.machine.bind("accounts");
  world.order(leader, Dial{follower.id()});
  world.run();
  for (int i = 0; i < 10; ++i) {
    leader.machine.tell(
        Tell{follower.id(), TrafficClass::consensus, long_envelope(directory_a, directory_b, 10)},
        world.at());
  }
  world.settle(leader);
  world.run();
  EXPECT_EQ(follower.delivered.size(), 10U);
}

TEST_F(LinkMachineTest, StopsReadingFromAPeerThatDoesNotRead) {
  LinkLimits limits;
  limits.backlog_high = 100'000;
  limits.backlog_low = 50'000;
  limits.unsent_max = 20'000;
  connect({}, limits);
  for (std::uint64_t asker = 1; asker <= 10; ++asker) {
    world.ask(*caller, asker, *called, question());
  }
  world.run();
  caller->reads = false;
  const auto page = long_envelope(directory_a, phone, 50'000);
  for (const auto& [actor, delivered] : called->delivered) {
    world.reply(*called, delivered, page);
  }
  world.run();
  EXPECT_EQ(called->paused.size(), 1U);
  caller->reads = true;
  world.run();
  EXPECT_TRUE(called->paused.empty());
  EXPECT_EQ(caller->answers.size(), 10U);
}

TEST_F(LinkMachineTest, ClosesASilentSessionButNotAQuietOne) {
  connect();
  world.pass(Millis(30'000));
  EXPECT_TRUE(caller->is_up(*called)) << "pings keep it";
  caller->reads = false;
  called->reads = false;
  world.pass(Millis(7000));
  EXPECT_FALSE(called->is_up(*caller));
  EXPECT_EQ(called->rejected[Rejection::silent] + caller->rejected[Rejection::silent], 1);
}

TEST_F(LinkMachineTest, DropsAPeerOnOrder) {
  connect();
  world.order(*called, DropPeer{caller->id(), called->session_with(*caller)});
  EXPECT_FALSE(called->is_up(*caller));
  EXPECT_FALSE(caller->is_up(*called));
}

TEST_F(LinkMachineTest, DoesNotDropANewerSessionOnAnOldOrder) {
  connect();
  const auto old = called->session_with(*caller);
  world.cut(*caller, *called);
  world.pass(Millis(2000));
  world.order(*called, DropPeer{caller->id(), old});
  EXPECT_TRUE(called->is_up(*caller));
}

TEST_F(LinkMachineTest, ReplacesTheNodeListAndDropsWhoIsStruck) {
  auto& a = world.add(directory_a, "directory-a");
  auto& b = world.add(directory_b, "directory-b");
  world.order(a, Dial{b.id()});
  world.run();
  ASSERT_TRUE(a.is_up(b));

  auto list = cluster_list();
  EXPECT_FALSE(a.machine.replace_nodes(sign_node_list(list, root_seed), world.at()).ok())
      << "not newer";
  list.serial = 2;
  EXPECT_FALSE(a.machine.replace_nodes(sign_node_list(list, secret_of(50)), world.at()).ok())
      << "signed by somebody else";
  ASSERT_TRUE(a.machine.replace_nodes(sign_node_list(list, root_seed), world.at()).ok());
  world.settle(a);
  EXPECT_TRUE(a.is_up(b));
  EXPECT_EQ(a.list_told, 2U);

  list.serial = 3;
  std::erase_if(list.nodes, [&](const auto& node) { return node.id() == b.id(); });
  ASSERT_TRUE(a.machine.replace_nodes(sign_node_list(list, root_seed), world.at()).ok());
  world.settle(a);
  EXPECT_FALSE(a.is_up(b));
  EXPECT_EQ(a.rejected[Rejection::identity], 1);
  world.pass(Millis(20'000));
  EXPECT_FALSE(a.is_up(b));
}

TEST_F(LinkMachineTest, WakesForTheDeadlineOfARequest) {
  connect();
  world.ask(*caller, 1, *called, question(), Millis(300));
  const auto deadline = world.now + Millis(300);
  EXPECT_LE(caller->machine.wake_at(world.now), deadline);
  world.now = deadline;
  caller->machine.sweep(world.at());
  world.settle(*caller);
  EXPECT_EQ(error_of(1), ErrorCode::timed_out);
  EXPECT_GT(caller->machine.wake_at(world.now), deadline);
}

TEST_F(LinkMachineTest, IsAtRestWhenNobodyWaits) {
  auto& node = world.add(directory_a, "directory-a");
  EXPECT_FALSE(node.machine.wake_at(world.now).has_value());
}

}  // namespace
}  // namespace hearth::link
