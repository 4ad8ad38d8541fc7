// A phone and a home that meet at a super-peer.

#include "actors/link/link_machine.hpp"
#include "tests/support/link_world.hpp"

#include <gtest/gtest.h>

namespace hearth::link {
namespace {

using namespace hearth::testing;

class LinkTunnel : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }

  void start(const LinkLimits& limits) {
    world = LinkWorld();
    relay = &world.add(super_peer, "super-peer", limits);
    device = &world.add(phone, "phone", limits);
    house = &world.add(home_pc, "home", limits);
    house->machine.bind("home");
    world.order(*device, Dial{relay->id()});
    world.order(*house, Dial{relay->id()});
    world.run();
  }

  /// What the actors order once ticket and offer are accepted; in this order.
  void open_tunnel(std::uint64_t at_device = 7, std::uint64_t at_house = 9) {
    world.order(*house, AttachTunnel{relay->id(), house->session_with(*relay), at_house,
                                     device->id(), std::nullopt, false});
    world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), at_device,
                                     house->id(), relay->session_with(*house), at_house});
    world.order(*device, AttachTunnel{relay->id(), device->session_with(*relay), at_device,
                                      house->id(), home_pc.identity.keys, true});
    world.run();
  }

  Envelope question() const { return envelope_to(phone, home_pc, "home", home::DescribeHome{}); }
  static Envelope page(std::size_t bytes) {
    directory::Forwarded forwarded;
    forwarded.role = Role::client;
    forwarded.envelope = Bytes(bytes, 7);
    return envelope_to(home_pc, phone, "test", forwarded);
  }

  LinkWorld world;
  LinkNode* relay = nullptr;
  LinkNode* device = nullptr;
  LinkNode* house = nullptr;
};

TEST_F(LinkTunnel, MakesPeersOfItsEnds) {
  open_tunnel();
  ASSERT_TRUE(device->is_up(*house) && house->is_up(*device));
  EXPECT_TRUE(device->up[house->id()].tunnelled);
  EXPECT_EQ(device->up[house->id()].handshake_hash, house->up[device->id()].handshake_hash);
  EXPECT_EQ(device->up[house->id()].exported.bytes(), house->up[device->id()].exported.bytes());
  EXPECT_FALSE(relay->is_up(*device) && relay->up[device->id()].tunnelled);
}

TEST_F(LinkTunnel, CarriesQuestionsAndAnswers) {
  open_tunnel();
  world.ask(*device, 1, *house, question());
  world.run();
  ASSERT_EQ(house->delivered.size(), 1U);
  EXPECT_EQ(house->delivered[0].second.from, device->id());
  EXPECT_EQ(house->delivered[0].second.role, Role::client);
  world.reply(*house, house->delivered[0].second, page(900'000));
  world.run();
  ASSERT_EQ(device->answers[1].size(), 1U);
  EXPECT_TRUE(device->answers[1][0].ok());
}

TEST_F(LinkTunnel, KeepsQuestionsUntilItIsUp) {
  world.order(*device, AttachTunnel{relay->id(), device->session_with(*relay), 7, house->id(),
                                    home_pc.identity.keys, true});
  world.ask(*device, 1, *house, question());
  EXPECT_TRUE(device->answers.empty());
}

TEST_F(LinkTunnel, EndsForBothWhenASessionUnderItIsLost) {
  for (auto* lost : {&device, &house}) {
    start({});
    open_tunnel();
    world.ask(*device, 1, *house, question());
    world.run();
    world.cut(**lost, *relay);
    world.run();
    EXPECT_FALSE(device->is_up(*house));
    EXPECT_FALSE(house->is_up(*device));
    ASSERT_EQ(device->answers[1].size(), 1U);
    EXPECT_EQ(device->answers[1][0].error().code, ErrorCode::outcome_unknown);
  }
}

TEST_F(LinkTunnel, EndsForBothWhenOneEndDropsIt) {
  open_tunnel();
  world.order(*house, DropPeer{device->id(), house->session_with(*device)});
  world.run();
  EXPECT_FALSE(device->is_up(*house));
  EXPECT_TRUE(device->is_up(*relay)) << "the session around it goes on";
  EXPECT_TRUE(house->is_up(*relay));
}

TEST_F(LinkTunnel, EndsForBothWhenTheBridgeIsUndone) {
  open_tunnel();
  world.order(*relay, EndBridge{device->id(), relay->session_with(*device), 7});
  world.run();
  EXPECT_FALSE(device->is_up(*house));
  EXPECT_FALSE(house->is_up(*device));
}

TEST_F(LinkTunnel, CanBeOpenedAnewUnderTheSameNumber) {
  open_tunnel();
  world.order(*house, DropPeer{device->id(), house->session_with(*device)});
  world.run();
  open_tunnel();
  EXPECT_TRUE(device->is_up(*house));
}

TEST_F(LinkTunnel, IsReplacedByANewerOneOfTheSamePeer) {
  open_tunnel(7, 9);
  const auto old = device->session_with(*house);
  open_tunnel(8, 10);
  ASSERT_TRUE(device->is_up(*house) && house->is_up(*device));
  EXPECT_NE(device->session_with(*house), old);
  EXPECT_EQ(device->up[house->id()].handshake_hash, house->up[device->id()].handshake_hash);
  world.ask(*device, 1, *house, question());
  world.run();
  EXPECT_EQ(house->delivered.size(), 1U);
}

TEST_F(LinkTunnel, TellsWhoOrderedItThatItFailed) {
  // Nobody bridged it.
  world.order(*device, AttachTunnel{relay->id(), device->session_with(*relay), 7, house->id(),
                                    home_pc.identity.keys, true});
  world.ask(*device, 1, *house, question());
  world.run();
  ASSERT_EQ(device->downs.size(), 1U);
  EXPECT_EQ(device->downs[0].node, house->id());
  ASSERT_EQ(device->answers[1].size(), 1U);
  EXPECT_EQ(device->answers[1][0].error().code, ErrorCode::unreachable);
}

TEST_F(LinkTunnel, IsNotEndedByABridgeThatWantsItsNumber) {
  open_tunnel(7, 9);
  world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), 7, house->id(),
                                   relay->session_with(*house), 10});
  world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), 8, house->id(),
                                   relay->session_with(*house), 9});
  world.run();
  EXPECT_TRUE(device->is_up(*house) && house->is_up(*device));
}

TEST_F(LinkTunnel, ThatCannotBeBridgedEndsForWhoWaitsForIt) {
  open_tunnel(7, 9);
  world.order(*house, DropPeer{device->id(), house->session_with(*device)});
  world.run();
  world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), 8, house->id(),
                                   relay->session_with(*house), 10});
  world.order(*house, AttachTunnel{relay->id(), house->session_with(*relay), 11, device->id(),
                                   std::nullopt, false});
  const auto downs = house->downs.size();
  world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), 8, house->id(),
                                   relay->session_with(*house), 11});
  world.run();
  ASSERT_EQ(house->downs.size(), downs + 1);
  EXPECT_EQ(house->downs.back().node, device->id());
}

TEST_F(LinkTunnel, RefusesAnotherHomeThanTheOneMeant) {
  auto wrong = home_pc.identity.keys;
  wrong.signing = identity_of(60).keys.signing;
  world.order(*house, AttachTunnel{relay->id(), house->session_with(*relay), 9, device->id(),
                                   std::nullopt, false});
  world.order(*relay, BridgeTunnel{device->id(), relay->session_with(*device), 7, house->id(),
                                   relay->session_with(*house), 9});
  world.order(*device,
              AttachTunnel{relay->id(), device->session_with(*relay), 7, house->id(), wrong, true});
  world.run();
  EXPECT_FALSE(device->is_up(*house));
  EXPECT_EQ(device->rejected[Rejection::identity], 1);
}

TEST_F(LinkTunnel, IsRefusedInASessionThatIsOver) {
  const auto session = device->session_with(*relay);
  world.cut(*device, *relay);
  world.order(*device,
              AttachTunnel{relay->id(), session, 7, house->id(), home_pc.identity.keys, true});
  EXPECT_EQ(device->downs.back().node, house->id());
}

TEST_F(LinkTunnel, SendsNoMoreThanItsWindowAhead) {
  LinkLimits limits;
  limits.tunnel_window = 64'000;
  limits.tunnel_queue = 200'000;
  start(limits);
  open_tunnel();
  world.ask(*device, 1, *house, question());
  world.run();
  device->reads = false;
  world.reply(*house, house->delivered.at(0).second, page(900'000));
  world.run();
  EXPECT_TRUE(device->is_up(*house)) << "the bridge was not overrun";
  EXPECT_EQ(relay->counted[LinkCount::tunnels_overflowed], 0);
  device->reads = true;
  world.run();
  ASSERT_EQ(device->answers[1].size(), 1U);
  EXPECT_TRUE(device->answers[1][0].ok());
}

/// A pong that waits for its own side's window can wait for ever: the other side may owe one.
TEST_F(LinkTunnel, GoesOnWhenOneEndHasMuchToSayAndTheOtherAFullWindow) {
  LinkLimits limits;
  limits.tunnel_window = 4'000;
  limits.backlog_high = 20'000;
  limits.backlog_low = 5'000;
  start(limits);
  open_tunnel();
  world.ask(*device, 1, *house, question());
  world.run();
  ASSERT_EQ(house->delivered.size(), 1U);
  world.reply(*house, house->delivered[0].second, page(30'000));
  constexpr std::size_t questions = 40;  // Beyond the window, and not beyond `backlog_high`.
  for (std::size_t i = 0; i < questions; ++i) {
    world.ask(*device, 2 + i, *house, question());
  }
  world.run();
  ASSERT_EQ(device->answers[1].size(), 1U);
  EXPECT_TRUE(device->answers[1][0].ok());
  EXPECT_EQ(house->delivered.size(), 1 + questions);
}

TEST_F(LinkTunnel, IsClosedWhenAnEndFloodsTheBridge) {
  LinkLimits limits;
  limits.tunnel_queue = 100'000;
  limits.unsent_max = 50'000;
  start(limits);
  RawPeer flooder(world, *relay, phone);  // displaces the device
  world.order(*relay, BridgeTunnel{phone.identity.id, flooder.connection(), 7, house->id(),
                                   relay->session_with(*house), 9});
  house->reads = false;
  FrameHeader header;
  header.kind = FrameKind::tunnel;
  header.correlation = 7;
  for (int i = 0; i < 10; ++i) {
    flooder.say(header, Bytes(50'000, 1));
  }
  EXPECT_EQ(relay->counted[LinkCount::tunnels_overflowed], 1);
  EXPECT_EQ(flooder.frames.at(0).first.kind, FrameKind::tunnel_closed);
  EXPECT_TRUE(relay->is_up(*house)) << "the home's session is not the flooder's to lose";
}

TEST_F(LinkTunnel, CostsNobodyTheSessionEvenWithManyOthers) {
  LinkLimits limits;
  limits.tunnel_queue = 100'000;
  limits.backlog_max = 1'000'000;
  start(limits);
  RawPeer flooder(world, *relay, phone);
  house->reads = false;
  for (std::uint64_t tunnel = 1; tunnel <= 50; ++tunnel) {
    world.order(*relay, BridgeTunnel{phone.identity.id, flooder.connection(), tunnel, house->id(),
                                     relay->session_with(*house), tunnel});
    FrameHeader header;
    header.kind = FrameKind::tunnel;
    header.correlation = tunnel;
    flooder.say(header, Bytes(50'000, 1));
  }
  EXPECT_GT(relay->counted[LinkCount::tunnels_overflowed], 0);
  EXPECT_TRUE(relay->is_up(*house));
}

TEST_F(LinkTunnel, DoesNotCarryATunnel) {
  open_tunnel();
  const auto inner = device->session_with(*house);
  world.order(*device,
              AttachTunnel{house->id(), inner, 1, house->id(), home_pc.identity.keys, true});
  EXPECT_EQ(device->downs.back().node, house->id());
  EXPECT_TRUE(device->is_up(*house));
}

TEST_F(LinkTunnel, StaysUpWhileNothingIsSaid) {
  open_tunnel();
  world.pass(Millis(30'000));
  EXPECT_TRUE(device->is_up(*house));
}

}  // namespace
}  // namespace hearth::link
