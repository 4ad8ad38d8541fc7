// The shell: machines of two links behind CAF messages, on virtual time.

#include "actors/link/link_shell.hpp"

#include "tests/support/link_cluster.hpp"
#include "tests/support/memory_network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace hearth {
namespace {

using namespace hearth::testing;

struct SomeDayClock final : WallClock {
  [[nodiscard]] WallTime now() const override { return some_day; }
};

/// Writes down what the link says, and answers requests with themselves.
struct Heard {
  std::vector<PeerInfo> ups;
  std::vector<PeerDown> downs;
  std::vector<Delivered> delivered;
  std::vector<Answered> answered;
  caf::actor link;
  bool answers = true;
};

caf::behavior listener(caf::event_based_actor* self, Heard* heard) {
  return {
      [heard](const PeerUp& m) { heard->ups.push_back(m.peer); },
      [heard](const PeerDown& m) { heard->downs.push_back(m); },
      [heard](const Answered& m) { heard->answered.push_back(m); },
      [self, heard](const Delivered& m) {
        heard->delivered.push_back(m);
        if (m.reply_to && heard->answers) {
          self->send(heard->link, Reply{*m.reply_to, m.envelope});
        }
      },
      [self, heard](const Ask& m) { self->send(heard->link, m); },
  };
}

caf::behavior root_of(caf::event_based_actor* self, const LinkMaker& make, Heard* heard) {
  const auto link = make(self);
  heard->link = link;
  return {[link](caf::ok_atom) {}};
}

class LinkShellTest : public ::testing::Test {
 protected:
  struct Config : caf::actor_system_config {
    Config() { set("scheduler.policy", caf::atom("testing")); }
  };
  struct Node {
    Heard heard;
    caf::actor root;
    caf::actor actor;
  };

  void SetUp() override {
    system.await_actors_before_shutdown(false);
    start(device, phone, "phone");
    start(office, directory_a, "directory-a");
    caf::anon_send(office.heard.link, BindActor{"accounts", office.actor});
    run();
  }
  void TearDown() override {
    for (auto* node : {&device, &office}) {
      caf::anon_send_exit(node->root, caf::exit_reason::user_shutdown);
      caf::anon_send_exit(node->actor, caf::exit_reason::user_shutdown);
    }
    run();
    for (auto* node : {&device, &office}) {
      node->root = node->actor = node->heard.link = nullptr;
    }
    scheduler().clock().cancel_all();
  }

  void start(Node& node, const link::LinkSelf& self, const std::string& host) {
    link::LinkOptions options;
    options.self = self;
    options.nodes = cluster_list();
    options.roots = {root_key()};
    node.root = system.spawn(root_of, network.maker(host, std::move(options), clock), &node.heard);
    node.actor = system.spawn(listener, &node.heard);
    run();
    caf::anon_send(node.heard.link, WatchPeers{node.actor});
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }
  void run() { scheduler().run(); }
  void pass(Millis time) {
    auto& clock_of_system = scheduler().clock();
    const auto end = clock_of_system.now() + time;
    while (clock_of_system.has_pending_timeout() &&
           clock_of_system.schedule().begin()->first <= end) {
      clock_of_system.advance_time(
          std::max(clock_of_system.schedule().begin()->first - clock_of_system.now(),
                   caf::actor_clock::duration_type{0}));
      run();
    }
    if (clock_of_system.now() < end) {
      clock_of_system.advance_time(end - clock_of_system.now());
      run();
    }
  }
  void connect() {
    caf::anon_send(device.heard.link, LinkOrder(Dial{directory_a.identity.id}));
    run();
    ASSERT_EQ(device.heard.ups.size(), 1U);
    ASSERT_EQ(office.heard.ups.size(), 1U);
  }
  void ask(std::uint64_t token, Millis budget = Millis(5000)) {
    caf::anon_send(device.actor,
                   Ask{token, directory_a.identity.id, budget, link::TrafficClass::command,
                       envelope_to(phone, directory_a, "accounts", directory::ListHomes{})});
    run();
  }

  SomeDayClock clock;
  MemoryNetwork network;
  Config config;
  caf::actor_system system{config};
  Node device;
  Node office;
};

TEST_F(LinkShellTest, TellsItsWatchersOfPeers) {
  connect();
  EXPECT_EQ(device.heard.ups[0].node, directory_a.identity.id);
  EXPECT_EQ(office.heard.ups[0].role, Role::client);
  EXPECT_EQ(office.heard.ups[0].wall, some_day);
  network.cut("phone", "directory-a");
  run();
  ASSERT_EQ(device.heard.downs.size(), 1U);
  EXPECT_EQ(device.heard.downs[0].session, device.heard.ups[0].session);
}

TEST_F(LinkShellTest, TellsALateWatcherOfThoseThatAreUp) {
  connect();
  caf::anon_send(device.heard.link, WatchPeers{device.actor});
  run();
  EXPECT_EQ(device.heard.ups.size(), 2U);
}

TEST_F(LinkShellTest, BringsTheAnswerToWhoAsked) {
  connect();
  ask(42);
  ASSERT_EQ(office.heard.delivered.size(), 1U);
  EXPECT_EQ(office.heard.delivered[0].from, phone.identity.id);
  ASSERT_EQ(device.heard.answered.size(), 1U);
  EXPECT_EQ(device.heard.answered[0].token, 42U);
  EXPECT_TRUE(device.heard.answered[0].answer.ok());
}

TEST_F(LinkShellTest, EndsEveryQuestionInTime) {
  connect();
  office.heard.answers = false;
  ask(1, Millis(700));
  pass(Millis(600));
  EXPECT_TRUE(device.heard.answered.empty());
  pass(Millis(300));
  ASSERT_EQ(device.heard.answered.size(), 1U);
  EXPECT_EQ(device.heard.answered[0].answer.error().code, ErrorCode::timed_out);
}

TEST_F(LinkShellTest, ConnectsAgainAfterACut) {
  connect();
  network.cut("phone", "directory-a");
  run();
  pass(Millis(10'000));
  EXPECT_EQ(device.heard.ups.size(), 1U);
  network.join("phone", "directory-a");
  pass(Millis(10'000));
  EXPECT_EQ(device.heard.ups.size(), 2U);
}

TEST_F(LinkShellTest, CountsWhatItRejects) {
  network.on_bytes = [](const std::string&, const std::string&, Bytes& bytes) {
    bytes.back() ^= 1;
  };
  caf::anon_send(device.heard.link, LinkOrder(Dial{directory_a.identity.id}));
  run();
  EXPECT_TRUE(device.heard.ups.empty());
  EXPECT_EQ(network.counters("directory-a").of(link::Rejection::handshake), 1U);
}

TEST_F(LinkShellTest, TakesANewerNodeList) {
  connect();
  auto list = cluster_list();
  list.serial = 2;
  list.nodes.erase(list.nodes.begin());
  caf::anon_send(device.heard.link, link::OfferNodeList{sign_node_list(list, root_seed)});
  run();
  EXPECT_EQ(device.heard.downs.size(), 1U);
}

TEST_F(LinkShellTest, KeepsNoTimerWhenThereIsNothingToWaitFor) {
  EXPECT_FALSE(scheduler().clock().has_pending_timeout());
}

}  // namespace
}  // namespace hearth
