// The home agent as the service and its clients see it.

#include "actors/home/home_machine.hpp"

#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>
#include <range/v3/algorithm/find.hpp>

#include <set>

namespace hearth::home {
namespace {

using hearth::testing::identity_of;
using hearth::testing::secret_of;
using namespace std::chrono_literals;

const auto self = identity_of(1);
const auto directory_node = identity_of(2);
const auto super_peer = identity_of(3);
const auto gateway = identity_of(4);
const auto stranger = identity_of(5);
const auto owner = identity_of(6);

seal::NodeList nodes() {
  seal::NodeList list;
  list.nodes.push_back({directory_node.keys, Role::directory, "eu", {{"127.0.0.1", 1}}, {}, true});
  list.nodes.push_back(
      {super_peer.keys, Role::super_peer, "eu", {{"127.0.0.1", 2}}, {{"127.0.0.1", 3}}, false});
  return list;
}

HomeMachine::Config config() {
  return {self, "attic", {"/media"}, "eu", nodes()};
}

std::vector<NodeId> dialled_in(const HomeEffects& effects) {
  std::vector<NodeId> dialled;
  for (const auto& order : effects.link) {
    if (const auto* dial = std::get_if<Dial>(&order)) {
      dialled.push_back(dial->node);
    }
  }
  return dialled;
}

class HomeMachineTest : public ::testing::Test {
 protected:
  void peer_up(const seal::Identity& who, Role role, std::uint64_t session, bool tunnelled) {
    PeerInfo peer{who.id, role, who.keys, session, tunnelled, test::noon, {}, secret_of(9)};
    peer.handshake_hash.fill(static_cast<std::uint8_t>(session));
    effects = bench.step(PeerUp{peer});
  }

  /// Answers the ask of kind `kind` among `effects`.
  template <class Message>
  void answer(MessageKind kind, const Message& message) {
    for (const auto& ask : effects.asks) {
      const auto header = header_of(ask.envelope);
      if (header.value().kind == kind) {
        Header back;
        back.from = header.value().to;
        back.to = header.value().from;
        effects = bench.step(Answered{ask.token, pack(back, message)});
        return;
      }
    }
    ADD_FAILURE() << "nothing asked of kind " << name_of(kind);
  }

  /// The directory tells what is new.
  void tell(const directory::ChainPage& page) { answer(MessageKind::fetch_chain, page); }

  /// What was asked with that kind, among `effects`.
  Envelope effects_of(MessageKind kind) {
    for (const auto& ask : effects.asks) {
      if (header_of(ask.envelope).value().kind == kind) {
        return ask.envelope;
      }
    }
    ADD_FAILURE() << "nothing asked of kind " << name_of(kind);
    return {};
  }

  void come_up() {
    peer_up(directory_node, Role::directory, 1, false);
    const auto asks = effects.asks;
    tell(book.page());
    effects.asks = asks;
    answer(MessageKind::register_home, directory::HomeRegistered{account, {1, 2, 3}});
    peer_up(super_peer, Role::super_peer, 2, false);
    answer(MessageKind::attach_home, Accepted{});
  }

  template <class Message>
  Result<Envelope> ask(const seal::Identity& who, Role role, const Message& message) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {self.id, "home"};
    return bench.ask(who.id, role, pack(header, message));
  }

  void scan_one_file() {
    FileProbed probed;
    probed.file = {"/media", "song.mp3", false, 1000, 5, 6};
    probed.item.kind = ItemKind::audio;
    probed.item.title = "Song";
    probed.item.mime = "audio/mpeg";
    probed.item.extension = "mp3";
    ScanBatch batch;
    batch.run = 1;
    batch.probed.push_back(probed);
    (void)bench.step(HomeExternal{batch});
  }

  hearth::testing::ChainBook book = [] {
    hearth::testing::ChainBook begun(owner);
    begun.enrol(self, directory::DeviceKind::home, owner)
        .enrol(gateway, directory::DeviceKind::gateway, owner);
    return begun;
  }();
  AccountId account = book.account();
  test::FixedClock clock;
  test::Disk disk;
  test::MachineBench<HomeMachine> bench{disk, config(), clock};
  HomeEffects effects = bench.start();
  int asked = 0;
};

template <class Order>
const Order* find_order(const HomeEffects& effects) {
  for (const auto& order : effects.link) {
    if (const auto* found = std::get_if<Order>(&order)) {
      return found;
    }
  }
  return nullptr;
}

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

TEST_F(HomeMachineTest, DialsItsNodesAndScansAtTheStart) {
  EXPECT_EQ(effects.link.size(), 2U);
  ASSERT_EQ(effects.commands.size(), 1U);
  EXPECT_EQ(std::get<StartScan>(effects.commands[0]).run, 1U);
}

TEST_F(HomeMachineTest, LooksForAnotherSuperPeerWhileItsOwnAreAway) {
  auto settings = config();
  for (const auto& other : {gateway, stranger}) {
    settings.nodes.nodes.push_back({other.keys, Role::super_peer, "us", {}, {}, false});
  }
  test::Disk other;
  test::MachineBench<HomeMachine> home{other, settings, clock};
  const auto dialled_first = dialled_in(home.start());
  ASSERT_EQ(dialled_first.size(), 3U);  // with the directory
  std::vector<NodeId> dialled;
  for (int tick = 0; tick < 10; ++tick) {
    home.now += Millis(500);
    const auto ticked = home.step(TimerFired{1});
    if (const auto* dial = find_order<Dial>(ticked)) {
      dialled.push_back(dial->node);
    }
  }
  const bool has_gateway = ranges::find(dialled_first, gateway.id) != dialled_first.end();
  EXPECT_EQ(dialled, std::vector<NodeId>{has_gateway ? stranger.id : gateway.id});
}

/// Once as the new list comes, without a restart.
TEST_F(HomeMachineTest, FollowsANewerNodeList) {
  auto newer = nodes();
  newer.nodes.pop_back();  // its super-peer is struck
  newer.nodes.push_back({gateway.keys, Role::super_peer, "us", {}, {}, false});
  newer.nodes.push_back({stranger.keys, Role::directory, "us", {}, {}, true});
  effects = bench.step(NodesListed{newer});
  EXPECT_EQ(dialled_in(effects), (std::vector<NodeId>{stranger.id, gateway.id}));
  const auto* let_go = find_order<LetGo>(effects);
  ASSERT_NE(let_go, nullptr);
  EXPECT_EQ(let_go->node, super_peer.id);
  effects = bench.step(NodesListed{newer});
  EXPECT_TRUE(effects.link.empty());
}

TEST_F(HomeMachineTest, AsksForACertificateAnewWhereItsOwnIsRefused) {
  come_up();
  peer_up(super_peer, Role::super_peer, 3, false);
  ASSERT_EQ(effects.asks.size(), 1U);
  effects = bench.step(Answered{effects.asks[0].token,
                                Error{ErrorCode::certificate_invalid, "its issuer is struck"}});
  for (int tick = 0; tick < 4; ++tick) {
    bench.now += Millis(500);
    effects = bench.step(TimerFired{1});
    if (tick < 3) {  // it tries again, and what is refused again changes nothing
      ASSERT_EQ(effects.asks.size(), 1U);
      (void)bench.step(
          Answered{effects.asks[0].token, Error{ErrorCode::certificate_invalid, "still"}});
    }
  }
  effects_of(MessageKind::register_home);
}

TEST_F(HomeMachineTest, AttachesOnlyWithACertificate) {
  peer_up(super_peer, Role::super_peer, 2, false);
  EXPECT_TRUE(effects.asks.empty());
  peer_up(directory_node, Role::directory, 1, false);
  answer(MessageKind::register_home, directory::HomeRegistered{account, {1, 2, 3}});
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(header_of(effects.asks[0].envelope).value().kind, MessageKind::attach_home);
}

TEST_F(HomeMachineTest, AttachesAgainWhenTheSuperPeerComesBack) {
  come_up();
  (void)bench.step(PeerDown{super_peer.id, 2});
  peer_up(super_peer, Role::super_peer, 3, false);
  ASSERT_EQ(effects.asks.size(), 1U);
  EXPECT_EQ(effects.asks[0].to, super_peer.id);
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
