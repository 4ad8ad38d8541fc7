// The home agent as the service and its clients see it.

#include "actors/home/home_machine.hpp"

#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/home_bench.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearth::home {
namespace {

using namespace hearth::home_testing;
using hearth::testing::identity_of;
using hearth::testing::secret_of;
using namespace std::chrono_literals;

TEST_F(HomeMachineTest, TellsItsClientsHowFarItFollowsTheAccount) {
  come_up();
  peer_up(gateway, Role::client, 3, true);
  const auto answer = ask(gateway, Role::client, DescribeHome{});
  ASSERT_TRUE(answer);
  const auto described = unpack<HomeDescribed>(answer.value());
  ASSERT_TRUE(described);
  EXPECT_EQ(described.value().name, "attic");
  EXPECT_EQ(described.value().account_sequence, 3U);
  EXPECT_EQ(described.value().account_head, book.head());
}

TEST_F(HomeMachineTest, WakesSeldomWhileNothingIsMissingAndSoonWhenSomethingIs) {
  const auto tick = [this] {
    bench.now += effects.timers.front().after;
    effects = bench.step(TimerFired{1});
    if (!effects.asks.empty()) {
      const auto timers = effects.timers;
      tell(book.page(book.events().size()));
      effects.timers = timers;
      ++asked;
    }
  };
  const auto timers = effects.timers;  // of the start
  come_up();
  effects.timers = timers;
  tick();
  asked = 0;
  const auto begin = bench.now;
  int ticks = 0;
  while (bench.now - begin < 60s) {
    ASSERT_EQ(effects.timers.size(), 1U);
    tick();
    ++ticks;
  }
  EXPECT_EQ(ticks, 12);
  EXPECT_EQ(asked, 12);
  effects = bench.step(PeerDown{super_peer.id, 2});
  ASSERT_EQ(effects.timers.size(), 1U);
  EXPECT_EQ(effects.timers.front().after, 500ms);
}

TEST_F(HomeMachineTest, LetsATrustedClientIn) {
  come_up();
  const auto accepted = ask(super_peer, Role::super_peer, relay::OfferTunnel{7, gateway.id});
  EXPECT_TRUE(accepted.ok());
  const auto* tunnel = find_order<AttachTunnel>(bench.effects);
  ASSERT_NE(tunnel, nullptr);
  EXPECT_EQ(tunnel->peer, gateway.id);
  EXPECT_FALSE(tunnel->initiator);
  EXPECT_EQ(tunnel->tunnel, 7U);
}

TEST_F(HomeMachineTest, OffersOfStrangersAreRefused) {
  come_up();
  const auto refused = ask(super_peer, Role::super_peer, relay::OfferTunnel{7, stranger.id});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(HomeMachineTest, AClientWithOtherKeysThanTheTrustedOnesIsDropped) {
  come_up();
  auto impostor = gateway;
  impostor.keys.exchange = stranger.keys.exchange;
  peer_up(impostor, Role::client, 5, true);
  const auto* drop = find_order<DropPeer>(effects);
  ASSERT_NE(drop, nullptr);
  EXPECT_EQ(drop->session, 5U);
}

TEST_F(HomeMachineTest, AClientThatIsNotEndToEndIsDropped) {
  come_up();
  peer_up(gateway, Role::client, 5, false);
  EXPECT_NE(find_order<DropPeer>(effects), nullptr);
}

TEST_F(HomeMachineTest, ARevokedClientLosesSessionAndStreams) {
  come_up();
  peer_up(gateway, Role::client, 5, true);
  bench.now += 16s;
  effects = bench.step(TimerFired{1});
  tell(book.revoke(gateway, owner).page(3));
  ASSERT_NE(find_order<DropPeer>(effects), nullptr);
  ASSERT_EQ(effects.commands.size(), 1U);
  EXPECT_EQ(std::get<EndStreams>(effects.commands[0]).client, gateway.id);
  EXPECT_FALSE(ask(gateway, Role::client, DescribeHome{}).ok());
}

TEST_F(HomeMachineTest, ARevokedClientLosesStreamsThatHaveOutlivedTheirSession) {
  come_up();
  peer_up(gateway, Role::client, 5, true);
  (void)bench.step(PeerDown{gateway.id, 5});
  bench.now += 16s;
  effects = bench.step(TimerFired{1});
  tell(book.revoke(gateway, owner).page(3));
  ASSERT_EQ(effects.commands.size(), 1U);
  EXPECT_EQ(std::get<EndStreams>(effects.commands[0]).client, gateway.id);
}

TEST_F(HomeMachineTest, AtTheEndOfItsGraceItEndsTheStreamsOfAllOnce) {
  come_up();
  (void)bench.step(PeerDown{directory_node.id, 1});
  bench.now += 24h + 1s;
  std::set<NodeId> ended;
  for (const auto& command : bench.step(TimerFired{1}).commands) {
    ended.insert(std::get<EndStreams>(command).client);
  }
  EXPECT_EQ(ended, (std::set<NodeId>{self.id, gateway.id, owner.id}));
  EXPECT_TRUE(bench.step(TimerFired{1}).commands.empty());
}

TEST_F(HomeMachineTest, CutOffFromEveryDirectoryItServesForItsGraceAndNoLonger) {
  come_up();
  peer_up(gateway, Role::client, 5, true);
  (void)bench.step(PeerDown{directory_node.id, 1});
  bench.now += 24h - 1s;
  (void)bench.step(TimerFired{1});
  EXPECT_TRUE(ask(gateway, Role::client, DescribeHome{}).ok());
  bench.now += 2s;
  effects = bench.step(TimerFired{1});
  EXPECT_NE(find_order<DropPeer>(effects), nullptr);
  EXPECT_FALSE(ask(gateway, Role::client, DescribeHome{}).ok());
}

TEST_F(HomeMachineTest, AShorterChainChangesNothingAndIsToldTheRest) {
  const auto before = book.page();
  come_up();
  peer_up(gateway, Role::client, 5, true);
  bench.now += 16s;
  effects = bench.step(TimerFired{1});
  tell(book.revoke(gateway, owner).page(3));
  EXPECT_NE(find_order<DropPeer>(effects), nullptr);
  bench.now += 16s;
  effects = bench.step(TimerFired{1});
  tell(before);
  EXPECT_FALSE(ask(gateway, Role::client, DescribeHome{}).ok()) << "it was revoked for good";
  const auto handed = unpack<directory::AppendEvent>(effects_of(MessageKind::append_event));
  ASSERT_TRUE(handed);
  EXPECT_EQ(handed.value().event, book.events().back().event);
}

TEST_F(HomeMachineTest, AnotherHistoryIsNotBelievedAndRaisesAnAlarmOnce) {
  come_up();
  auto evil = book;
  evil.append(
      evil.next(directory::DeviceEnrolled{{stranger.keys, directory::DeviceKind::manager, "x"}},
                owner.keys.signing, stranger.signing_seed));
  for (int i = 0; i < 2; ++i) {
    bench.now += 16s;
    effects = bench.step(TimerFired{1});
    tell(evil.page(3));
    EXPECT_EQ(effects.commands.size(), i == 0 ? 1U : 0U);
  }
  EXPECT_FALSE(ask(super_peer, Role::super_peer, relay::OfferTunnel{7, stranger.id}).ok());
  EXPECT_TRUE(ask(super_peer, Role::super_peer, relay::OfferTunnel{7, gateway.id}).ok());
}

TEST_F(HomeMachineTest, ADirectoryThatTellsAnotherHistoryIsNotHeard) {
  come_up();
  auto evil = hearth::testing::ChainBook(stranger);
  evil.enrol(self, directory::DeviceKind::home, stranger);
  for (int i = 0; i < 2; ++i) {
    bench.now += 13h;
    effects = bench.step(TimerFired{1});
    tell(evil.page(0));
  }
  EXPECT_FALSE(ask(super_peer, Role::super_peer, relay::OrderDial{1, gateway.id, {}}).ok());
}

TEST_F(HomeMachineTest, AClientTellsOfARevocationThatDirectoriesWithhold) {
  come_up();
  peer_up(gateway, Role::client, 5, true);
  peer_up(owner, Role::client, 6, true);
  book.revoke(gateway, owner);
  ASSERT_TRUE(ask(owner, Role::client, HandEvents{{book.events().back()}}).ok());
  EXPECT_NE(find_order<DropPeer>(bench.effects), nullptr);
  EXPECT_FALSE(ask(gateway, Role::client, DescribeHome{}).ok());
  auto forged = book;
  forged.append(
      forged.next(directory::DeviceRevoked{owner.id}, owner.keys.signing, gateway.signing_seed));
  EXPECT_EQ(ask(owner, Role::client, HandEvents{{forged.events().back()}}).error().code,
            ErrorCode::chain_forked);
}

TEST_F(HomeMachineTest, TrustSurvivesARestart) {
  come_up();
  test::MachineBench<HomeMachine> second(disk, config(), clock);
  Header header;
  header.from = {super_peer.id, "relay"};
  header.to = {self.id, "home"};
  EXPECT_TRUE(
      second.ask(super_peer.id, Role::super_peer, pack(header, relay::OfferTunnel{7, gateway.id}))
          .ok());
}

TEST_F(HomeMachineTest, AnswersQuestionsOfItsClientsOnly) {
  come_up();
  scan_one_file();
  EXPECT_FALSE(ask(gateway, Role::client, BrowseItems{{}, {}, 10}).ok());
  peer_up(gateway, Role::client, 5, true);
  const auto page = ask(gateway, Role::client, BrowseItems{{}, {}, 10});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(unpack<ItemsPage>(page.value()).value().items.at(0).title, "Song");
}

TEST_F(HomeMachineTest, ItsTicketsNameTheSuperPeersWhereItIsAttached) {
  come_up();
  peer_up(gateway, Role::client, 5, true);
  const auto issued = ask(gateway, Role::client, RenewTicket{});
  ASSERT_TRUE(issued.ok());
  const auto ticket =
      seal::verify_ticket(unpack<directory::TicketIssued>(issued.value()).value().ticket,
                          self.keys.signing, test::noon);
  ASSERT_TRUE(ticket.ok());
  EXPECT_EQ(ticket.value().client_exchange, gateway.keys.exchange);
  EXPECT_EQ(ticket.value().super_peers, std::vector<NodeId>{super_peer.id});
}

class HomeStreamTest : public HomeMachineTest {
 protected:
  HomeStreamTest() {
    come_up();
    scan_one_file();
    peer_up(gateway, Role::client, 5, true);
    context.master = secret_of(9);
    context.session.fill(5);
  }

  Result<Envelope> order(std::uint64_t number, const StreamRequest& request) {
    context.number = number;
    return ask(super_peer, Role::super_peer,
               relay::OrderDial{3, gateway.id, seal_request(context, request).bytes});
  }

  const ServeStream& served() { return std::get<ServeStream>(bench.effects.commands.at(0)); }

  seal::StreamContext context;
  ItemId song = item_id_of("/media", "song.mp3");
};

TEST_F(HomeStreamTest, ServesTheFileThatTheRequestNames) {
  ASSERT_TRUE(order(1, {song, StreamPart::media, {}, 10, 0, 4096}).ok());
  EXPECT_EQ(served().source.path, "song.mp3");
  EXPECT_EQ(served().header.size, 1000U);
  EXPECT_EQ(served().header.error, 0U);
  EXPECT_EQ(served().data.at(0).port, 3U);
}

TEST_F(HomeStreamTest, AUsedStreamNumberIsRefused) {
  ASSERT_TRUE(order(2, {song, StreamPart::media, {}, 0, 0, 1}).ok());
  ASSERT_TRUE(order(1, {song, StreamPart::media, {}, 0, 0, 1}).ok());
  const auto replayed = order(2, {song, StreamPart::media, {}, 0, 0, 1});
  ASSERT_FALSE(replayed.ok());
  EXPECT_EQ(replayed.error().code, ErrorCode::stream_number_used);
}

TEST_F(HomeStreamTest, AForgedRequestDoesNotUseUpItsNumber) {
  auto forged = context;
  forged.master = secret_of(10);
  forged.number = 1;
  const auto sealed = seal_request(forged, {song, StreamPart::media, {}, 0, 0, 1});
  EXPECT_FALSE(
      ask(super_peer, Role::super_peer, relay::OrderDial{3, gateway.id, sealed.bytes}).ok());
  EXPECT_TRUE(order(1, {song, StreamPart::media, {}, 0, 0, 1}).ok());
}

TEST_F(HomeStreamTest, ARequestUnderAnotherClientsNameIsRefused) {
  context.number = 1;
  const auto sealed = seal_request(context, {song, StreamPart::media, {}, 0, 0, 1});
  const auto refused =
      ask(super_peer, Role::super_peer, relay::OrderDial{3, stranger.id, sealed.bytes});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(HomeStreamTest, AStreamOfASessionThatIsGoneMayBeAskedForInANewOne) {
  (void)bench.step(PeerDown{gateway.id, 5});
  const auto late = order(1, {song, StreamPart::media, {}, 0, 0, 1});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::session_ended);
}

TEST_F(HomeStreamTest, ADeviceThatIsNotTrustedLearnsNothingAboutSessions) {
  context.session.fill(8);
  context.number = 1;
  const auto sealed = seal_request(context, {song, StreamPart::media, {}, 0, 0, 1});
  const auto refused =
      ask(super_peer, Role::super_peer, relay::OrderDial{3, stranger.id, sealed.bytes});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
}

TEST_F(HomeStreamTest, TellsInTheHeaderWhyItCannotServe) {
  const auto code_of = [this](std::uint64_t number, const StreamRequest& request) {
    EXPECT_TRUE(order(number, request).ok());
    return static_cast<ErrorCode>(served().header.error);
  };
  EXPECT_EQ(code_of(1, {ItemId{{1}}, StreamPart::media, {}, 0, 0, 1}), ErrorCode::item_unknown);
  EXPECT_EQ(code_of(2, {song, StreamPart::media, ItemVersion{{1}}, 0, 0, 1}),
            ErrorCode::item_changed);
  EXPECT_EQ(code_of(3, {song, StreamPart::media, {}, 1001, 0, 1}), ErrorCode::range_invalid);
  EXPECT_EQ(code_of(4, {song, StreamPart::art, {}, 0, 0, 1}), ErrorCode::item_gone);

  ScanFinished finished;
  finished.run = 1;
  (void)bench.step(HomeExternal{finished});
  EXPECT_EQ(code_of(5, {song, StreamPart::media, {}, 0, 0, 1}), ErrorCode::item_gone);
}

}  // namespace
}  // namespace hearth::home
