// Homes of other accounts: a client believes in those that the owner's verified chain shares.

#include "tests/support/client_bench.hpp"

namespace hearth::client {
namespace {

using namespace testing;
using hearth::testing::ChainBook;

const auto lender = identity_of(20);
const auto barn = identity_of(21);

class ClientShares : public ClientBench {
 protected:
  void SetUp() override {
    lent.enrol(barn, directory::DeviceKind::home, lender);
    take(bench.start());
    peer_up(directory_node, Role::directory, 1, false);
  }
  std::uint64_t lend(std::int64_t expires_ms = 0) {
    lent.add(directory::ShareGranted{book.account(), barn.id, {}, expires_ms}, lender);
    return lent.events().size();
  }
  /// The directory tells of own homes, and of the barn as somebody's.
  void list_with_barn() {
    directory::HomesListed listed{
        {{attic.keys, {relay_a.id}}, {barn.keys, {relay_b.id}, lent.account()}},
        book.events().size(),
        {{lent.account(), "lender", lent.events().size()}}};
    tick(3s);
    answer(MessageKind::list_homes, listed);
    tell_chains();
  }
  void list_without_barn() {
    tick(3s);
    list({{attic.keys, {relay_a.id}}});
  }
  void tell_chains() {
    while (const auto ask = asked(MessageKind::fetch_chain)) {
      const auto request = unpack<directory::FetchChain>(ask->envelope).value();
      fetched.push_back(request.account);
      const auto& told = request.account.is_zero() ? book : lent;
      take(bench.step(Answered{ask->token, pack({}, told.page(request.after))}));
    }
  }
  /// Whether the barn is one of the client's homes.
  ErrorCode look(std::uint64_t question) {
    ask_ui(question, AskHome{barn.id, home::ShowItem{}});
    const auto* answered = answer_to(question);
    return answered == nullptr ? ErrorCode::none : answered->error().code;
  }

  ChainBook lent{lender};
  std::vector<AccountId> fetched;
};

TEST_F(ClientShares, ASharedHomeIsOneOfItsHomes) {
  lend();
  list_with_barn();
  EXPECT_EQ(look(1), ErrorCode::none);
  const auto ticket = asked(MessageKind::request_ticket);
  ASSERT_TRUE(ticket);
  ask_ui(2, ShowHomes{});
  tick(4s);
  const auto* shown = answer_to(2);
  ASSERT_NE(shown, nullptr);
  const auto& homes = std::get<HomesView>(shown->value()).homes;
  ASSERT_EQ(homes.size(), 2U);
  const auto& found = homes[0].home == barn.id ? homes[0] : homes[1];
  EXPECT_EQ(found.owner, lent.account());
  EXPECT_EQ(found.owner_name, "lender");
  ASSERT_EQ(found.shares.size(), 1U);
  EXPECT_EQ(found.shares[0].number, 3U);
}

TEST_F(ClientShares, WhoAsksForHomesWaitsForTheirOwnersChains) {
  lend();
  ask_ui(1, ShowHomes{});
  tick(3s - 1ms);
  answer(MessageKind::list_homes,
         directory::HomesListed{{{barn.keys, {}, lent.account()}},
                                book.events().size(),
                                {{lent.account(), "lender", lent.events().size()}}});
  const auto own = asked(MessageKind::fetch_chain);
  ASSERT_TRUE(own);
  take(bench.step(Answered{own->token, pack({}, book.page())}));
  ASSERT_EQ(answer_to(1), nullptr);
  tell_chains();
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(std::get<HomesView>(answer_to(1)->value()).homes.size(), 2U);
}

TEST_F(ClientShares, WhatADirectoryListsIsNotBelieved) {
  list_with_barn();  // nothing was shared
  EXPECT_EQ(look(1), ErrorCode::home_unknown);
}

TEST_F(ClientShares, AForgedShareIsNotBelieved) {
  lent.append(lent.next(directory::ShareGranted{book.account(), barn.id, {}, 0},
                        lender.keys.signing, barn.signing_seed));
  list_with_barn();
  EXPECT_EQ(look(1), ErrorCode::home_unknown);
}

TEST_F(ClientShares, WhatIsRevokedIsForgottenWithItsChain) {
  const auto share = lend();
  list_with_barn();
  lent.add(directory::ShareRevoked{share}, lender);
  list_with_barn();
  EXPECT_EQ(look(1), ErrorCode::home_unknown);
  list_without_barn();
  fetched.clear();
  lend();
  list_with_barn();
  EXPECT_EQ(fetched, std::vector{lent.account()});
  EXPECT_EQ(look(2), ErrorCode::none);
}

TEST_F(ClientShares, WhatIsOverIsNoHome) {
  lend((test::noon + 1min).time_since_epoch().count());
  list_with_barn();
  EXPECT_EQ(look(1), ErrorCode::none);
  bench.now += 2min;
  list_with_barn();
  EXPECT_EQ(look(2), ErrorCode::home_unknown);
}

TEST_F(ClientShares, SharedHomesSurviveARestart) {
  lend();
  list_with_barn();
  test::MachineBench<ClientMachine> again{disk, ClientMachine::Config{self.id, "eu", nodes()}};
  (void)again.start();
  const auto effects = again.step(UiQuestion{1, ShowHomes{}});
  (void)effects;
  again.now += 4s;
  const auto told = again.step(TimerFired{1});
  ASSERT_EQ(told.commands.size(), 1U);
  EXPECT_EQ(std::get<HomesView>(told.commands[0].answer.value()).homes.size(), 2U);
}

}  // namespace
}  // namespace hearth::client
