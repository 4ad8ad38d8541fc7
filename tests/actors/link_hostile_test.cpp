// Peers that do what no decent link would.

#include "actors/link/link_machine.hpp"
#include "tests/support/link_world.hpp"

#include <gtest/gtest.h>

namespace hearth::link {
namespace {

using namespace hearth::testing;

class HostilePeer : public ::testing::Test {
 protected:
  LinkNode& directory(const LinkLimits& limits = {}) {
    auto& node = world.add(directory_a, "directory-a", limits);
    node.machine.bind("accounts");
    return node;
  }
  static Envelope question(const LinkSelf& from = phone) {
    return envelope_to(from, directory_a, "accounts", directory::ListHomes{});
  }

  LinkWorld world;
};

TEST_F(HostilePeer, IsHeardWhenItBehaves) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  ASSERT_TRUE(peer.is_proven());
  peer.say(FrameKind::request, 1, question());
  EXPECT_EQ(node.delivered.size(), 1U);
}

TEST_F(HostilePeer, IsClosedForRandomBytes) {
  auto& node = directory();
  const auto connection = node.machine.accepted("10.0.0.9", world.at());
  node.machine.received(connection, Bytes(96, 0x5a), world.at());
  world.settle(node);
  EXPECT_EQ(node.closed.count(connection), 1U);
  EXPECT_EQ(node.rejected[Rejection::prelude], 1);
}

TEST_F(HostilePeer, IsClosedForSpeakingInAnotherName) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 1, question(home_pc));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_TRUE(node.delivered.empty());
  EXPECT_EQ(node.rejected[Rejection::not_allowed], 1);
}

TEST_F(HostilePeer, IsClosedForAMessageThatItsRoleMayNotSend) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 1,
           envelope_to(phone, directory_a, "accounts", directory::ReportPresence{}));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(node.rejected[Rejection::not_allowed], 1);
}

TEST_F(HostilePeer, IsClosedForClaimingConsensus) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 1, question(), TrafficClass::consensus);
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(node.rejected[Rejection::not_allowed], 1);
}

TEST_F(HostilePeer, IsClosedForAMessageToAnotherNode) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 1,
           envelope_to(phone, directory_b, "accounts", directory::ListHomes{}));
  EXPECT_EQ(node.rejected[Rejection::malformed], 1);
}

TEST_F(HostilePeer, IsClosedForAnEnvelopeThatIsNone) {
  for (const auto& body : {Bytes{}, Bytes(7, 1), Bytes(64, 0xff)}) {
    LinkWorld own;
    auto& node = own.add(directory_a, "directory-a");
    RawPeer peer(own, node, phone);
    FrameHeader header;
    header.kind = FrameKind::request;
    peer.say(header, body);
    EXPECT_TRUE(peer.is_closed());
    EXPECT_EQ(node.rejected[Rejection::malformed], 1);
  }
}

TEST_F(HostilePeer, HearsThatAnActorIsNotThere) {
  auto& node = world.add(directory_a, "directory-a");
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 5, question());
  ASSERT_EQ(peer.frames.size(), 1U);
  EXPECT_EQ(peer.frames[0].first.kind, FrameKind::failure);
  EXPECT_EQ(peer.frames[0].first.error, ErrorCode::actor_unknown);
  EXPECT_EQ(peer.frames[0].first.correlation, 5U);
  EXPECT_FALSE(peer.is_closed());
}

TEST_F(HostilePeer, GetsOneDeliveryForACorrelationSaidTwice) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  peer.say(FrameKind::request, 1, question());
  peer.say(FrameKind::request, 1, question());
  EXPECT_EQ(node.delivered.size(), 1U);
}

TEST_F(HostilePeer, CannotAnswerForAnother) {
  auto& node = directory();
  auto& other = world.add(directory_b, "directory-b");
  other.machine.bind("accounts");
  world.order(node, Dial{other.id()});
  world.run();
  world.ask(node, 7, other,
            envelope_to(directory_a, directory_b, "accounts", directory::Forwarded{}));
  RawPeer peer(world, node, phone);
  for (std::uint64_t correlation = 0; correlation < 20; ++correlation) {
    peer.say(FrameKind::answer, correlation, envelope_to(phone, directory_a, "x", Accepted{}));
  }
  EXPECT_TRUE(node.answers.empty());
  world.run();
  world.reply(other, other.delivered.at(0).second,
              envelope_to(directory_b, directory_a, "x", Accepted{}));
  world.run();
  EXPECT_EQ(node.answers[7].size(), 1U);
}

TEST_F(HostilePeer, IsClosedForTooManyParts) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  FrameHeader header;
  header.kind = FrameKind::request;
  header.flags = flag_more;
  for (int part = 0; part < 18 && !peer.is_closed(); ++part) {
    peer.say(header, Bytes(ChannelMachine::body_bytes_max, 0));
  }
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(node.rejected[Rejection::oversized], 1);
}

TEST_F(HostilePeer, IsClosedForMixingParts) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  FrameHeader header;
  header.kind = FrameKind::request;
  header.flags = flag_more;
  header.correlation = 1;
  peer.say(header, Bytes(8, 0));
  header.correlation = 2;
  peer.say(header, Bytes(8, 0));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(node.rejected[Rejection::malformed], 1);
}

TEST_F(HostilePeer, IsClosedForPartsOfWhatHasNone) {
  for (const auto kind : {FrameKind::ping, FrameKind::failure, FrameKind::tunnel}) {
    LinkWorld own;
    auto& node = own.add(directory_a, "directory-a");
    RawPeer peer(own, node, phone);
    FrameHeader header;
    header.kind = kind;
    header.flags = flag_more;
    peer.say(header, {});
    EXPECT_EQ(node.rejected[Rejection::malformed], 1);
  }
}

TEST_F(HostilePeer, IsToldThatATunnelItMadeUpIsClosed) {
  auto& node = directory();
  RawPeer peer(world, node, phone);
  FrameHeader header;
  header.kind = FrameKind::tunnel;
  header.correlation = 99;
  peer.say(header, Bytes(100, 1));
  ASSERT_EQ(peer.frames.size(), 1U);
  EXPECT_EQ(peer.frames[0].first.kind, FrameKind::tunnel_closed);
  EXPECT_EQ(peer.frames[0].first.correlation, 99U);
}

TEST_F(HostilePeer, IsNotReadFromAndThenClosedWhenItAsksForMoreThanItReads) {
  LinkLimits limits;
  limits.inbound_requests = 4;
  limits.backlog_high = 20'000;
  limits.unsent_max = 10'000;
  limits.backlog_max = 40'000;
  auto& node = directory(limits);
  RawPeer peer(world, node, phone);
  // Nobody tells the machine that its bytes have left.
  std::uint64_t correlation = 0;
  while (node.paused.empty()) {
    peer.say(FrameKind::request, ++correlation, question());
  }
  EXPECT_FALSE(peer.is_closed());
  for (int i = 0; i < 1000 && !peer.is_closed(); ++i) {
    peer.say(FrameKind::request, ++correlation, question());
  }
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(node.rejected[Rejection::backlog], 1);
}

TEST_F(HostilePeer, IsLateWhenItOnlyConnects) {
  auto& node = directory();
  const auto connection = node.machine.accepted("10.0.0.9", world.at());
  world.settle(node);
  world.pass(Millis(2900));
  EXPECT_EQ(node.closed.count(connection), 0U);
  world.pass(Millis(300));
  EXPECT_EQ(node.closed.count(connection), 1U);
  EXPECT_EQ(node.rejected[Rejection::late], 1);
}

TEST_F(HostilePeer, MakesRoomForNewcomersWhenItOpensHundreds) {
  LinkLimits limits;
  limits.strangers = 50;
  limits.strangers_per_source = 10;
  auto& node = directory(limits);
  for (int i = 0; i < 500; ++i) {
    static_cast<void>(node.machine.accepted("10.0.0." + std::to_string(i % 7), world.at()));
    world.settle(node);
    EXPECT_LE(node.machine.sessions(), 50U);
  }
  EXPECT_EQ(node.rejected[Rejection::strangers], 450);
  RawPeer peer(world, node, phone, "10.0.0.1");
  EXPECT_TRUE(peer.is_proven()) << "an honest peer comes in, even from the same address";
}

TEST_F(HostilePeer, CannotCrowdOutOthersWithManyIdentities) {
  LinkLimits limits;
  limits.sessions_per_source = 3;
  auto& node = directory(limits);
  for (std::uint8_t i = 0; i < 5; ++i) {
    const LinkSelf somebody{identity_of(static_cast<std::uint8_t>(100 + i)), Role::client, ""};
    RawPeer peer(world, node, somebody, "10.0.0.9");
  }
  EXPECT_EQ(node.machine.peers(), 3U);
  EXPECT_EQ(node.rejected[Rejection::crowded], 2);
  RawPeer other(world, node, phone, "10.0.0.10");
  EXPECT_TRUE(other.is_proven());
}

TEST_F(HostilePeer, CountsItsClosedSessionsNoLonger) {
  LinkLimits limits;
  limits.sessions_per_source = 1;
  auto& node = directory(limits);
  for (int i = 0; i < 5; ++i) {
    RawPeer peer(world, node, phone, "10.0.0.9");
    EXPECT_TRUE(peer.is_proven());
    node.machine.closed(peer.connection(), world.at());
    world.settle(node);
  }
}

}  // namespace
}  // namespace hearth::link
