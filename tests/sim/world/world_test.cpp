// Whole clusters on virtual time: the real actors, links and logs, on a simulated network and disk.

#include "sim/world/world.hpp"

#include "messages/seal/identity.hpp"
#include "sim/run/record.hpp"
#include "sim/run/sim_driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

WorldOptions small_cluster(std::uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.topology.regions = {"eu", "us", "ap"};
  options.topology.super_peers_per_region = 1;
  options.topology.homes = 2;
  options.topology.clients = 3;
  options.topology.rocks_homes = 1;
  options.files_per_home = 12;
  options.bytes_per_file = 400'000;
  return options;
}

/// A cluster whose households are enrolled.
class Town {
 public:
  explicit Town(const WorldOptions& options) : world(options, record) {
    record.attach(world);
    world.boot_all();
  }

  void enrol() {
    for (auto& household : world.households()) {
      auto& manager = *household.clients.front();
      command(manager, client::CreateAccount{household.account, household.recovery.keys.signing,
                                             device(manager, directory::DeviceKind::manager)});
      ASSERT_TRUE(settled()) << household.account;
      for (std::size_t i = 1; i < household.clients.size(); ++i) {
        command(manager,
                client::EnrolDevice{device(*household.clients[i], directory::DeviceKind::player)});
      }
      for (const auto* home : household.homes) {
        command(manager, client::EnrolDevice{device(*home, directory::DeviceKind::home)});
      }
      ASSERT_TRUE(settled()) << household.account;
    }
  }

  template <class Request>
  void command(SimNode& manager, Request request) {
    manager.client()->send({++command_last, std::move(request)});
  }
  bool settled() {
    return world.run_until(world.engine().now() + 30s, [this] { return record.accounts().idle(); });
  }

  /// Every client asks its household's homes for a page until all come.
  bool everybody_browses(std::chrono::seconds patience) {
    const auto end = world.engine().now() + patience;
    record.expect_pages();
    while (world.engine().now() < end) {
      for (auto& household : world.households()) {
        for (auto* client : household.clients) {
          client->client()->browse(household.homes.front()->id());
        }
      }
      world.run_for(1s);
      if (record.all_have_pages()) {
        return true;
      }
    }
    return false;
  }

  void play(std::size_t household, std::size_t client, std::uint64_t offset = 0) {
    auto& family = world.households()[household];
    const auto& home = *family.homes.front();
    const auto& path = family.homes.front()->media().files().begin()->first;
    family.clients[client]->client()->play(++playback_last, home.id(),
                                           home::item_id_of(Media::folder, path), offset, 200'000);
  }

  std::uint64_t count(const std::string& what) {
    const auto found = record.counters().find(what);
    return found == record.counters().end() ? 0 : found->second;
  }

  Record record;
  World world;
  std::uint64_t command_last = 0;
  PlaybackId playback_last = 0;

 private:
  static directory::Device device(const SimNode& node, directory::DeviceKind kind) {
    return {node.member().self.keys, kind, node.name()};
  }
};

TEST(World, PlaysFromHomeToClient) {
  Town town(small_cluster(1));
  town.enrol();
  ASSERT_TRUE(town.everybody_browses(60s));
  town.play(0, 0);
  town.world.run_for(30s);
  EXPECT_EQ(town.count("stream ends"), 1U);
  EXPECT_GE(town.count("bytes played"), 400'000U);
  EXPECT_TRUE(town.record.violations().empty());
  EXPECT_TRUE(town.record.waiting().empty());
}

TEST(World, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const auto hash = [](std::uint64_t seed) {
    Town town(small_cluster(seed));
    town.enrol();
    town.everybody_browses(60s);
    town.play(0, 0);
    town.world.run_for(10s);
    return town.world.trace().hash();
  };
  const auto first = hash(7);
  EXPECT_EQ(first, hash(7));
  EXPECT_NE(first, hash(8));
}

/// A page does not come while a filter drops `kind` between clients and homes, and does after.
void expect_no_page_without(const std::string& kind) {
  Town town(small_cluster(5));
  town.enrol();
  ASSERT_TRUE(town.everybody_browses(60s));
  SimDriver driver(town.world, town.record, town.world.fork("faults"));
  drill::Fault fault;
  drill::FilterMessages filter;
  filter.links.from.role = drill::Role::client;
  filter.links.to.role = drill::Role::home;
  filter.kinds = {kind};
  fault.action = filter;
  ASSERT_TRUE(driver.begin(fault, {Millis{0}, true, 0, 0}));
  const auto pages = town.count("page");
  town.everybody_browses(20s);
  EXPECT_EQ(town.count("page"), pages) << kind;
  EXPECT_GT(town.count("no page"), 0U) << kind;
  driver.end(fault, {Millis{0}, false, 0, 0});
  EXPECT_TRUE(town.everybody_browses(30s)) << kind;
  EXPECT_TRUE(town.record.violations().empty());
}

TEST(World, LosesMessagesOfAKind) {
  expect_no_page_without("browse_items");
  expect_no_page_without("items_page");
}

/// How long a client waits for one answer of its home, and then for both of two asked for at once.
struct Waits {
  std::chrono::nanoseconds one{};
  std::chrono::nanoseconds two{};
};

std::chrono::nanoseconds wait_for_answers(Town& town, int questions) {
  auto& household = town.world.households().front();
  const auto begin = town.world.engine().now();
  auto end = begin;
  int answered = 0;
  for (int i = 0; i < questions; ++i) {
    household.clients.front()->client()->ask(
        client::AskHome{household.homes.front()->id(), home::ShowScan{}},
        [&](const Result<client::Answer>& answer) {
          answered += answer ? 1 : 0;
          end = town.world.engine().now();
        });
  }
  town.world.run_for(5s);
  EXPECT_EQ(answered, questions);
  return end - begin;
}

Waits waits_where_a_scan_costs(std::uint64_t show_scan_ns, double factor) {
  auto options = small_cluster(6);
  options.profile.message_ns[MessageKind::show_scan] = show_scan_ns;
  Town town(options);
  town.enrol();
  EXPECT_TRUE(town.everybody_browses(60s));
  const auto& home = *town.world.households().front().homes.front();
  auto slow = town.world.service_times();
  slow.factor = factor;
  town.world.network().set_service(home.host(), slow);
  town.world.run_for(3s);  // until there is nothing else to handle
  auto one = wait_for_answers(town, 1);
  for (int i = 0; i < 4; ++i) {  // something else may have been in the way
    one = std::min(one, wait_for_answers(town, 1));
  }
  return {one, wait_for_answers(town, 2)};
}

TEST(World, AKindThatCosts10MillisecondsSlowsItsAnswersByThatOneAfterTheOther) {
  const auto near = [](auto a, auto b) { return a - b < 1ms && b - a < 1ms; };
  const auto free = waits_where_a_scan_costs(0, 1);
  const auto dear = waits_where_a_scan_costs(10'000'000, 1);
  const auto slow = waits_where_a_scan_costs(10'000'000, 3);
  EXPECT_TRUE(near(dear.one, free.one + 10ms)) << (dear.one - free.one).count();
  EXPECT_TRUE(near(slow.one, free.one + 30ms)) << (slow.one - free.one).count();
  // They come a little apart, and the second waits for the first.
  EXPECT_GT(dear.two, free.two + 15ms) << (dear.two - free.two).count();
  EXPECT_LT(dear.two, free.two + 21ms) << (dear.two - free.two).count();
}

std::chrono::nanoseconds wait_where_unsent_is(std::size_t unsent_max) {
  auto options = small_cluster(6);
  options.limits.link.unsent_max = unsent_max;
  Town town(options);
  town.enrol();
  EXPECT_TRUE(town.everybody_browses(60s));
  town.world.run_for(3s);
  return wait_for_answers(town, 60);
}

/// A kernel takes bytes at once; a link that may not send more before it hears of that must not
/// wait for the other side's.
TEST(World, ALinkOfSmallLimitsIsToldThatItsBytesWereTaken) {
  EXPECT_LT(wait_where_unsent_is(1024), wait_where_unsent_is(1U << 20U) + 20ms);
}

TEST(World, AStreamGoesOnWhenItsSuperPeerDies) {
  Town town(small_cluster(3));
  town.enrol();
  ASSERT_TRUE(town.everybody_browses(60s));
  town.world.run_for(5s);
  town.play(0, 0);
  town.world.run_for(1s);
  for (const char* name : {"eu/super-peer/1", "us/super-peer/1", "ap/super-peer/1"}) {
    auto* node = town.world.find(name);
    node->crash();
    town.world.run_for(3s);
    node->boot();
    town.world.run_for(20s);
  }
  EXPECT_EQ(town.count("stream ends") + town.count("stream fails"), 1U);
  EXPECT_EQ(town.count("stream fails"), 0U);
  EXPECT_TRUE(town.record.violations().empty());
  EXPECT_TRUE(town.everybody_browses(30s));
}

TEST(World, AcknowledgedDevicesSurvivePowerLoss) {
  Town town(small_cluster(5));
  town.enrol();
  auto* directory = town.world.find("eu/directory/1");
  directory->lose_power();
  town.world.run_for(2s);
  directory->boot();
  for (auto& household : town.world.households()) {
    town.command(*household.clients.front(), client::ListDevices{});
  }
  ASSERT_TRUE(town.settled());
  EXPECT_TRUE(town.record.accounts().lost().empty());
  EXPECT_EQ(town.record.accounts().linearizability(), "");
}

/// With its disk gone it would never vote again.
TEST(World, ANewDirectoryTakesThePlaceOfALostOne) {
  Town town(small_cluster(9));
  town.enrol();
  auto& world = town.world;
  auto* lost = world.find("us/directory/1");
  const auto old = lost->id();
  lost->lose_power();
  world.replace(*lost);
  EXPECT_NE(lost->id(), old);
  const auto is_listed = [&world](const NodeId& id) {
    return world.find("eu/directory/1")->member().nodes.find(id) != nullptr;
  };
  EXPECT_TRUE(world.run_until(world.engine().now() + 60s, [&] { return !is_listed(old); }))
      << "struck when it is a member of no group";
  EXPECT_TRUE(is_listed(lost->id()));
  world.find("ap/directory/1")->crash();  // now the new one is needed for a majority
  auto& household = world.households().front();
  town.command(*household.clients.front(),
               client::RenameDevice{household.clients.back()->id(), "kitchen"});
  EXPECT_TRUE(town.settled());
  EXPECT_TRUE(town.everybody_browses(30s));
  EXPECT_TRUE(town.record.violations().empty());
}

}  // namespace
}  // namespace hearth::sim
