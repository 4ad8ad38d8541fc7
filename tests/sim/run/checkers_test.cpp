// That checkers complain of what they are there for, and of nothing else.

#include "actors/home/home_ports.hpp"
#include "messages/seal/folder_id.hpp"
#include "sim/run/record.hpp"
#include "sim/world/clock.hpp"
#include "sim/world/world.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

WorldOptions two_households() {
  WorldOptions options;
  options.topology.regions = {"eu"};
  options.topology.homes = 2;
  options.topology.clients = 2;
  options.rocks = false;
  return options;
}

/// A world in which nothing runs: only what is told to the record happens.
class CheckersTest : public ::testing::Test {
 protected:
  CheckersTest() { record.attach(world); }

  SimNode& client(std::size_t household) {
    return *world.households().at(household).clients.front();
  }
  SimNode& home(std::size_t household) { return *world.households().at(household).homes.front(); }

  void page(std::size_t of_client, std::size_t of_home, ErrorCode outcome) {
    record.asked_page(client(of_client).id(), home(of_home).id(), outcome, 1ms);
  }
  /// The broken promises, in their order.
  std::string broken() {
    std::string all;
    for (const auto& one : record.violations()) {
      all += one.promise + " ";
    }
    return all;
  }

  Record record;
  World world{two_households(), record};
};

TEST_F(CheckersTest, AHouseholdsOwnPageIsInOrderAndAnothersIsNot) {
  page(0, 0, ErrorCode::none);
  page(0, 1, ErrorCode::home_unknown);
  EXPECT_EQ(broken(), "");
  page(0, 1, ErrorCode::none);
  EXPECT_EQ(broken(), "P3 ");
}

/// The first household shares an album with the second.
class SharingCheckerTest : public CheckersTest {
 protected:
  SharingCheckerTest() {
    command(client(1), client::CreateAccount{}, {neighbours, 1});
    share.grantee = neighbours;
    share.home = home(0).id();
    share.folder =
        seal::folder_id(seal::folder_key(home(0).member().self.signing_seed), album_of(first()));
  }
  template <class Wish>
  void command(SimNode& manager, Wish wish, const directory::EventAppended& done) {
    record.command_sent(manager.id(), {++commands, client::Wish(std::move(wish))});
    record.command_answered(manager.id(), {commands, 1, client::AccountReply(done), std::nullopt});
  }
  void grant() { command(client(0), client::GrantShare{share}, {{}, 7}); }
  [[nodiscard]] std::string first() { return home(0).media().files().begin()->first; }
  [[nodiscard]] std::string last() { return home(0).media().files().rbegin()->first; }
  static ItemId album_of(const std::string& path) {
    return home::item_id_of(Media::folder, path.substr(0, path.rfind('/')));
  }
  void shown(const std::string& path) {
    home::ItemsPage page;
    page.items.resize(1);
    page.items[0].id = home::item_id_of(Media::folder, path);
    record.page_shown(client(1).id(), home(0).id(), page);
  }

  AccountId neighbours{{9}};
  directory::ShareGranted share;
  std::uint64_t commands = 0;
};

TEST_F(SharingCheckerTest, AGuestMaySeeWhatIsSharedAndNothingElse) {
  page(1, 0, ErrorCode::none);
  shown(first());
  EXPECT_EQ(broken(), "P3 P13 ") << "before";
  grant();
  page(1, 0, ErrorCode::none);
  shown(first());
  EXPECT_EQ(broken(), "P3 P13 ");
  shown(last());
  EXPECT_EQ(broken(), "P3 P13 P13 ") << "another album";
  page(0, 1, ErrorCode::none);
  EXPECT_EQ(broken(), "P3 P13 P13 P3 ") << "not the other way round";
}

TEST_F(SharingCheckerTest, AShareThatWasRevokedIsOverAMinuteLater) {
  grant();
  command(client(0), client::RevokeShare{7}, {{}, 8});
  record.healed();
  world.run_for(59s);
  shown(first());
  EXPECT_EQ(broken(), "");
  world.run_for(2s);
  shown(first());
  page(1, 0, ErrorCode::none);
  EXPECT_EQ(broken(), "P13 P3 ");
}

TEST_F(SharingCheckerTest, AShareThatHasExpiredIsOverAMinuteLater) {
  share.expires_ms = (SimClock::beginning + 5s).time_since_epoch().count();
  grant();
  record.healed();
  world.run_for(64s);
  shown(first());
  EXPECT_EQ(broken(), "");
  world.run_for(2s);
  shown(first());
  EXPECT_EQ(broken(), "P13 ");
}

TEST_F(SharingCheckerTest, AShareThatWasAcknowledgedIsListed) {
  grant();
  world.run_for(1s);
  record.command_sent(client(0).id(), {++commands, client::Wish(client::ListDevices{})});
  client::DevicesListed listed;
  listed.sequence = 7;
  record.command_answered(client(0).id(),
                          {commands, 1, client::AccountReply(listed), std::nullopt});
  record.finish();
  EXPECT_NE(record.violations().size(), 0U);
  EXPECT_EQ(record.violations().back().promise, "P1");
}

TEST_F(CheckersTest, PlayersThatWaitAreMeasuredAsAShareOfTheTimePlayed) {
  EXPECT_EQ(record.probe("stream.rebuffer_ratio"), std::nullopt);
  for (const bool waited : {false, true, false, false}) {
    record.player_went_on(PlaybackId{1}, waited);
  }
  EXPECT_EQ(record.probe("stream.rebuffer_ratio"), 0.25);
}

TEST_F(CheckersTest, OnlyTheRightBytesAtTheNextOffsetAreInOrder) {
  const auto& [path, file] = *home(0).media().files().begin();
  const auto item = home::item_id_of(Media::folder, path);
  const auto version = home::item_version_of(item, file.size, file.mtime_ns, file.inode);
  record.playback_asked({1, client(0).id(), home(0).id(), item, 0});
  Bytes bytes(1000);
  fill_media(file.inode, 0, bytes);
  record.bytes_played(1, version, 0, bytes);
  EXPECT_EQ(broken(), "");
  record.bytes_played(1, version, 0, bytes);
  EXPECT_EQ(broken(), "P5 ") << "the same again";
  fill_media(file.inode, 1000, bytes);
  bytes[500] ^= 1U;
  record.bytes_played(1, version, 1000, bytes);
  EXPECT_EQ(broken(), "P5 P5 ") << "one wrong bit";
  record.bytes_played(1, ItemVersion{}, 2000, bytes);
  EXPECT_EQ(broken(), "P5 P5 P5 P5 ") << "another version, which no file ever had";
}

TEST_F(CheckersTest, TheServiceMayNotSeeATitle) {
  const Bytes title(plaintext_marker.begin(), plaintext_marker.end());
  world.network().tap(client(0).host(), home(0).host(), title);
  EXPECT_EQ(broken(), "");
  world.network().tap(client(0).host(), world.find("eu/super-peer/1")->host(), title);
  EXPECT_EQ(broken(), "P4 ");
}

TEST_F(CheckersTest, HalfAMinuteAfterTheFaultsAHomeMustBeReached) {
  page(0, 0, ErrorCode::home_offline);
  record.healed();
  world.run_for(29s);
  page(0, 0, ErrorCode::home_offline);
  EXPECT_EQ(broken(), "");
  world.run_for(2s);
  page(0, 0, ErrorCode::home_offline);
  EXPECT_EQ(broken(), "P6 ");
}

TEST_F(CheckersTest, AnErrorLineThatNoFaultExplainsIsABug) {
  drill::FaultPlan method(1);
  method.front().action = drill::FillDisk{};
  record.begin(world.engine().now(), method);
  record.node_failed("home/1", Error{ErrorCode::disk_full, ""});
  EXPECT_EQ(broken(), "");
  record.node_failed("home/1", Error{ErrorCode::log_corrupt, ""});
  EXPECT_EQ(broken(), "no error lines ");
}

TEST_F(CheckersTest, WhoDiesWaitsForNothing) {
  record.command_sent(client(0).id(), {1, client::ListDevices{}});
  EXPECT_FALSE(record.accounts().idle());
  record.node_died(client(0).id());
  EXPECT_TRUE(record.accounts().idle());
}

}  // namespace
}  // namespace hearth::sim
