// A client session as the service, the home and the user interface see it.

#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "tests/support/client_bench.hpp"

namespace hearth::client {
namespace {

using namespace testing;

using ClientMachineTest = ClientBench;

TEST_F(ClientMachineTest, OpensASessionThroughATunnelOfTheFirstSuperPeer) {
  find_home();
  peer_up(relay_a, Role::super_peer, 2, false);
  answer(MessageKind::open_tunnel, Accepted{});
  const auto tunnel = last_order<AttachTunnel>();
  ASSERT_TRUE(tunnel);
  EXPECT_EQ(tunnel->via, relay_a.id);
  EXPECT_EQ(tunnel->via_session, 2U);
  EXPECT_EQ(tunnel->peer, attic.id);
  EXPECT_EQ(tunnel->peer_keys, attic.keys);
  EXPECT_TRUE(tunnel->initiator);
}

TEST_F(ClientMachineTest, TurnsToTheOtherSuperPeerWhenOneRefuses) {
  find_home();
  peer_up(relay_a, Role::super_peer, 2, false);
  peer_up(relay_b, Role::super_peer, 3, false);
  refuse(MessageKind::open_tunnel, ErrorCode::home_offline);
  tick(1s);
  answer(MessageKind::request_ticket, directory::TicketIssued{ticket()});
  const auto second = asked(MessageKind::open_tunnel);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->to, relay_b.id);
}

TEST_F(ClientMachineTest, TunnelsToSeveralHomesHaveNumbersOfTheirOwn) {
  take(bench.start());
  peer_up(directory_node, Role::directory, 1, false);
  book.enrol(cellar, directory::DeviceKind::home, owner);
  list({{attic.keys, {relay_a.id}}, {cellar.keys, {relay_a.id}}});
  peer_up(relay_a, Role::super_peer, 2, false);
  tick();
  for (int i = 0; i < 2; ++i) {
    const auto wanted = asked(MessageKind::request_ticket);
    ASSERT_TRUE(wanted);
    const auto home = unpack<directory::RequestTicket>(wanted->envelope).value().home;
    take(bench.step(Answered{wanted->token, pack({}, directory::TicketIssued{ticket(home)})}));
  }
  const auto first = asked(MessageKind::open_tunnel);
  const auto second = asked(MessageKind::open_tunnel);
  ASSERT_TRUE(first && second);
  EXPECT_LT(unpack<relay::OpenTunnel>(first->envelope).value().tunnel,
            unpack<relay::OpenTunnel>(second->envelope).value().tunnel);
}

TEST_F(ClientMachineTest, AFailedTunnelIsGivenUpAtOnce) {
  find_home();
  peer_up(relay_a, Role::super_peer, 2, false);
  peer_up(relay_b, Role::super_peer, 3, false);
  answer(MessageKind::open_tunnel, Accepted{});
  take(bench.step(PeerDown{attic.id, 9}));
  tick();
  const auto second = asked(MessageKind::open_tunnel);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->to, relay_b.id);
}

TEST_F(ClientMachineTest, TheAnswerToATunnelThatIsNoLongerAwaitedHarmsNoSession) {
  find_home();
  peer_up(relay_a, Role::super_peer, 2, false);
  const auto late = asked(MessageKind::open_tunnel);
  ASSERT_TRUE(late);
  peer_up(attic, Role::home, 4, true);
  take(bench.step(Answered{late->token, pack({}, Accepted{})}));
  ask_ui(1, PlanStream{attic.id, {}, 0});
  EXPECT_NE(answer_to(1), nullptr);
}

TEST_F(ClientMachineTest, AQuestionWaitsForTheSession) {
  find_home();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  EXPECT_EQ(answer_to(1), nullptr);
  peer_up(relay_a, Role::super_peer, 2, false);
  answer(MessageKind::open_tunnel, Accepted{});
  peer_up(attic, Role::home, 4, true);
  answer(MessageKind::browse_items, home::ItemsPage{});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_TRUE(answer_to(1)->ok());
}

TEST_F(ClientMachineTest, AQuestionThatABreakCutOffIsAskedAgain) {
  open_session();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  refuse(MessageKind::browse_items, ErrorCode::unreachable);
  tick();
  answer(MessageKind::browse_items, home::ItemsPage{});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_TRUE(answer_to(1)->ok());
}

// A link that is full refuses at once: whoever asks again at once then does nothing else any more.
TEST_F(ClientMachineTest, WaitsForATickBeforeItAsksAFullLinkAgain) {
  open_session();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  refuse(MessageKind::browse_items, ErrorCode::overloaded);
  EXPECT_FALSE(asked(MessageKind::browse_items));
  tick();
  EXPECT_TRUE(asked(MessageKind::browse_items));
}

TEST_F(ClientMachineTest, WaitsBeforeItAsksForTheNextTicketAgain) {
  open_session();
  tick(limits::ticket_renewal);
  refuse(MessageKind::renew_ticket, ErrorCode::overloaded);
  EXPECT_FALSE(asked(MessageKind::renew_ticket));
  tick(1s);
  EXPECT_TRUE(asked(MessageKind::renew_ticket));
}

TEST_F(ClientMachineTest, WithoutADirectoryTriesTheTicketItHasForAsLongAsItLasts) {
  find_home();
  peer_up(relay_a, Role::super_peer, 2, false);
  take(bench.step(PeerDown{directory_node.id, 1}));
  for (int i = 0; i < 3; ++i) {
    refuse(MessageKind::open_tunnel, ErrorCode::home_offline);
    tick(2s);
  }
  EXPECT_TRUE(asked(MessageKind::open_tunnel));
  tick(limits::ticket_life);
  tick(2s);
  EXPECT_FALSE(asked(MessageKind::open_tunnel));
}

TEST_F(ClientMachineTest, TriesTheTicketItHasWhenADirectoryGivesNoOther) {
  open_session();
  take(bench.step(PeerDown{attic.id, 4}));
  take(bench.step(PeerDown{relay_a.id, 2}));
  take(bench.step(PeerDown{relay_b.id, 3}));
  tick(1s);
  refuse(MessageKind::request_ticket, ErrorCode::unreachable);
  peer_up(relay_a, Role::super_peer, 5, false);
  tick(3s);
  const auto opened = asked(MessageKind::open_tunnel);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->to, relay_a.id);

  take(bench.step(Answered{opened->token, Error{ErrorCode::not_allowed, {}}}));
  tick(3s);
  EXPECT_TRUE(asked(MessageKind::request_ticket)) << "refused, it is no longer tried";
}

TEST_F(ClientMachineTest, ARefusalIsToldAtOnce) {
  open_session();
  ask_ui(1, AskHome{attic.id, home::ShowItem{}});
  refuse(MessageKind::show_item, ErrorCode::item_gone);
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::item_gone);
}

TEST_F(ClientMachineTest, AQuestionEndsInTime) {
  find_home();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  tick(10s);
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::home_offline);
}

TEST_F(ClientMachineTest, AQuestionThatFindsNoRoomSaysSoInTheEnd) {
  open_session();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  refuse(MessageKind::browse_items, ErrorCode::overloaded);
  tick(10s);
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::overloaded) << "the home was there all the time";
}

TEST_F(ClientMachineTest, AHomeThatIsThereAndSilentIsNotOffline) {
  open_session();
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  tick(10s);
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::timed_out);
}

TEST_F(ClientMachineTest, AHomeOfAnotherAccountIsUnknown) {
  find_home();
  ask_ui(1, AskHome{identity_of(9).id, home::ShowItem{}});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::home_unknown);
}

TEST_F(ClientMachineTest, TooManyQuestionsAreRefused) {
  find_home();
  for (std::uint64_t id = 1; id <= ClientMachine::questions_max; ++id) {
    ask_ui(id, AskHome{attic.id, home::ShowItem{}});
  }
  ask_ui(5000, AskHome{attic.id, home::ShowItem{}});
  ASSERT_NE(answer_to(5000), nullptr);
  EXPECT_EQ(answer_to(5000)->error().code, ErrorCode::overloaded);
}

TEST_F(ClientMachineTest, EveryPlanIsAStreamOfItsOwn) {
  open_session();
  ask_ui(1, PlanStream{attic.id, {}, 0});
  ask_ui(2, PlanStream{attic.id, {}, 1});
  ASSERT_NE(answer_to(2), nullptr);
  const auto& first = std::get<StreamPlan>(answer_to(1)->value());
  const auto& second = std::get<StreamPlan>(answer_to(2)->value());
  EXPECT_EQ(first.context.number, 1U);
  EXPECT_EQ(second.context.number, 2U);
  EXPECT_EQ(first.data.at(0).port, 3U) << "the super-peer of the tunnel first";
  EXPECT_EQ(second.data.at(0).port, 4U) << "a second attempt turns to the other one";
  EXPECT_TRUE(home::open_request(first.context, first.sealed_request).ok());
}

TEST_F(ClientMachineTest, BringsTheNextTicketOfTheHomeInTime) {
  open_session();
  EXPECT_FALSE(asked(MessageKind::renew_ticket));
  tick(limits::ticket_renewal);
  asks.clear();
  tick(0ms);
  tick(limits::ticket_renewal);
  // The first renewal is under way and is not asked twice.
  EXPECT_FALSE(asked(MessageKind::renew_ticket));
}

TEST_F(ClientMachineTest, PresentsANewTicketToEverySuperPeerOfIt) {
  open_session();
  asks.clear();
  tick(limits::ticket_renewal);
  answer(MessageKind::renew_ticket, directory::TicketIssued{ticket()});
  const auto first = asked(MessageKind::present_ticket);
  const auto second = asked(MessageKind::present_ticket);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->to, second->to);
}

TEST_F(ClientMachineTest, DialsTheSuperPeersOfATicketOnce) {
  open_session();
  EXPECT_EQ(std::count_if(orders.begin(), orders.end(),
                          [](const auto& order) { return std::holds_alternative<Dial>(order); }),
            3)
      << "the directory and two super-peers";
  orders.clear();
  tick();
  tick();
  EXPECT_TRUE(orders.empty());
}

TEST_F(ClientMachineTest, LetsASuperPeerGoThatNoTicketNamesAndNoTunnelUses) {
  open_session();  // through relay_a
  const auto let_go = [this](const seal::Identity& who) {
    return std::any_of(orders.begin(), orders.end(), [&](const auto& order) {
      const auto* gone = std::get_if<LetGo>(&order);
      return gone != nullptr && gone->node == who.id;
    });
  };
  tick(limits::ticket_renewal);
  answer(MessageKind::renew_ticket, directory::TicketIssued{ticket(attic.id, {relay_c.id})});
  EXPECT_TRUE(let_go(relay_b));
  EXPECT_FALSE(let_go(relay_a)) << "the tunnel goes through it";
  take(bench.step(PeerDown{attic.id, 4}));
  EXPECT_TRUE(let_go(relay_a));
}

TEST_F(ClientMachineTest, WakesSeldomWhileNobodyAsks) {
  open_session();
  const auto end = bench.now + 120s;
  int woken = 0;
  int polls = 0;
  while (!timers.empty() && *timers.begin() < end) {
    bench.now = *timers.begin();
    timers.erase(timers.begin());
    take(bench.step(TimerFired{1}));
    ++woken;
    if (const auto ask = asked(MessageKind::list_homes)) {
      ++polls;
      take(bench.step(
          Answered{ask->token,
                   pack({}, directory::HomesListed{{{attic.keys, {relay_a.id, relay_b.id}}}, 3})}));
    }
  }
  EXPECT_GE(polls, 15 + 5) << "every 2 s, and every 15 s once it is idle";
  EXPECT_LE(polls, 15 + 8);
  EXPECT_LE(woken, 40);
}

// Each step that set another timer beside one that is due would go on for ever with it.
TEST_F(ClientMachineTest, ABusyClientKeepsFewTimers) {
  open_session();
  for (std::uint64_t id = 1; id <= 100; ++id) {
    ask_ui(id, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
    refuse(MessageKind::browse_items, ErrorCode::overloaded);
    bench.now += 7ms;
    while (!timers.empty() && *timers.begin() <= bench.now) {
      timers.erase(timers.begin());
      take(bench.step(TimerFired{1}));
    }
  }
  EXPECT_LE(timers.size(), 4U);
}

TEST_F(ClientMachineTest, ShowsAHomeThatIsNowhereAsOfflineAtOnce) {
  take(bench.start());
  peer_up(directory_node, Role::directory, 1, false);
  ask_ui(1, ShowHomes{});
  list({{attic.keys, {}}});
  ASSERT_NE(answer_to(1), nullptr);
  const auto& view = std::get<HomesView>(answer_to(1)->value());
  ASSERT_EQ(view.homes.size(), 1U);
  EXPECT_FALSE(view.homes[0].online);
}

TEST_F(ClientMachineTest, RemembersTheNameOfAHomeOverARestart) {
  open_session();
  ask_ui(1, ShowHomes{});
  answer(MessageKind::describe_home, home::HomeDescribed{"Attic", {}, 0, {}});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_TRUE(std::get<HomesView>(answer_to(1)->value()).homes.at(0).online);

  test::MachineBench<ClientMachine> second(disk, ClientMachine::Config{self.id, "eu", nodes()});
  (void)second.start();
  (void)second.step(UiQuestion{2, ShowHomes{}});
  second.now += 10s;
  const auto effects = second.step(TimerFired{1});
  ASSERT_EQ(effects.commands.size(), 1U);
  EXPECT_EQ(std::get<HomesView>(effects.commands[0].answer.value()).homes.at(0).name, "Attic");
}

TEST_F(ClientMachineTest, ForgetsAHomeThatTheAccountNoLongerHas) {
  open_session();
  tick(3s);
  book.revoke(attic, owner);
  list({});
  ask_ui(1, AskHome{attic.id, home::ShowItem{}});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::home_unknown);
}

}  // namespace
}  // namespace hearth::client
