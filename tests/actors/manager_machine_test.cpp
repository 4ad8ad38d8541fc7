#include "actors/client/manager_machine.hpp"

#include "messages/envelope/codec.hpp"
#include "tests/support/account_desk.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace hearth::client {
namespace {

using directory::DeviceKind;
using hearth::testing::ChainBook;
using hearth::testing::identity_of;

NodeId id(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

const auto owner = identity_of(2);
const auto phone = identity_of(4);
const auto second = identity_of(5);
const directory::Device new_phone{phone.keys, DeviceKind::player, "phone"};

Answered lost(std::uint64_t token) {
  return {token, Error{ErrorCode::timed_out, "no answer"}};
}

class ManagerMachineTest : public ::testing::Test {
 protected:
  void take(ManagerMachine::Effects effects) {
    for (auto& ask : effects.asks) {
      asks.push_back(std::move(ask));
    }
    for (auto& answer : effects.commands) {
      answers.push_back(std::move(answer));
    }
    timers += effects.timers.size();
  }
  void wish(Wish wish) { take(machine.step(AccountCommand{++wished, std::move(wish)}, {})); }

  Ask asked(MessageKind kind) {
    EXPECT_FALSE(asks.empty());
    auto ask = asks.empty() ? Ask{} : std::move(asks.front());
    asks.pop_front();
    EXPECT_EQ(header_of(ask.envelope).value().kind, kind);
    return ask;
  }
  void answer(const Ask& ask, Result<Envelope> answer) {
    take(machine.step(Answered{ask.token, std::move(answer)}, {}));
  }
  /// The directory tells the chain.
  void tell(const ChainBook& told) {
    const auto ask = asked(MessageKind::fetch_chain);
    answer(ask, pack({}, told.page(unpack<directory::FetchChain>(ask.envelope).value().after)));
  }
  void tell() { tell(book); }
  directory::SignedEvent appended() {
    last = asked(MessageKind::append_event);
    return unpack<directory::AppendEvent>(last.envelope).value().event;
  }
  void accept() { answer(last, pack({}, directory::EventAppended{book.account(), 0})); }
  ErrorCode outcome() {
    EXPECT_EQ(answers.size(), 1U);
    const auto result = answers.empty() ? Result<AccountReply>(Error{}) : answers.front().answer;
    answers.clear();
    return result ? ErrorCode::none : result.error().code;
  }

  ChainBook book{owner};
  ManagerMachine machine{owner, {id(1), id(2)}};
  std::deque<Ask> asks;
  std::vector<AccountAnswer> answers;
  std::size_t timers = 0;
  std::uint64_t wished = 0;
  Ask last;
};

TEST_F(ManagerMachineTest, SignsWhatComesNext) {
  wish(EnrolDevice{new_phone});
  tell();
  const auto event = appended();
  EXPECT_EQ(event, book.next(directory::DeviceEnrolled{new_phone}, owner.keys.signing,
                             owner.signing_seed));
  accept();
  EXPECT_EQ(outcome(), ErrorCode::none);
}

TEST_F(ManagerMachineTest, DecidesAndSignsAnewWhenTheAccountHasChanged) {
  wish(EnrolDevice{new_phone});
  tell();
  static_cast<void>(appended());
  book.enrol(second, DeviceKind::manager, owner);
  answer(last, Error{ErrorCode::chain_moved, {}});
  tell();
  const auto event = directory::read_event(appended()).value().event;
  EXPECT_EQ(event.number, 3U);
  EXPECT_EQ(event.previous, book.head());
  accept();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].tries, 2U);
}

TEST_F(ManagerMachineTest, IsRefusedWhenItWasRevokedMeanwhile) {
  book.enrol(second, DeviceKind::manager, owner);
  wish(RevokeDevice{second.id});
  tell();
  static_cast<void>(appended());
  book.revoke(owner, second);
  answer(last, Error{ErrorCode::chain_moved, {}});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::not_allowed);
}

TEST_F(ManagerMachineTest, WhatMovedAndIsNotToldYetIsWaitedFor) {
  wish(EnrolDevice{new_phone});
  tell();
  static_cast<void>(appended());
  answer(last, Error{ErrorCode::chain_moved, {}});
  tell();
  EXPECT_TRUE(asks.empty());
  EXPECT_EQ(timers, 1U);
  take(machine.step(TimerFired{1}, {}));
  tell();
  EXPECT_FALSE(asks.empty());
}

TEST_F(ManagerMachineTest, TriesAgainWithTheSameEvent) {
  wish(EnrolDevice{new_phone});
  tell();
  const auto first = appended();
  answer(last, Error{ErrorCode::outcome_unknown, {}});
  take(machine.step(TimerFired{1}, {}));
  EXPECT_EQ(appended(), first);
  EXPECT_EQ(last.to, id(2));
}

TEST_F(ManagerMachineTest, DoesNothingForWhatIsSoAlready) {
  book.add(directory::DeviceEnrolled{new_phone}, owner)
      .enrol(second, DeviceKind::player, owner)
      .revoke(second, owner);
  const std::vector<Wish> wishes{EnrolDevice{new_phone}, RevokeDevice{second.id},
                                 RenameDevice{phone.id, "phone"}};
  for (const auto& each : wishes) {
    wish(each);
    tell();
    EXPECT_EQ(outcome(), ErrorCode::none);
  }
  EXPECT_TRUE(asks.empty());
}

TEST_F(ManagerMachineTest, RefusesWhatTheRulesForbidWithoutAsking) {
  wish(RevokeDevice{owner.id});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::not_allowed);
  wish(RenameDevice{phone.id, "x"});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::device_unknown);
  EXPECT_TRUE(asks.empty());
}

TEST_F(ManagerMachineTest, WhatIsSharedJustSoIsNotSharedTwice) {
  const auto attic = identity_of(9);
  book.enrol(attic, DeviceKind::home, owner);
  const directory::ShareGranted share{AccountId{{7}}, attic.id, {}, 0};
  wish(GrantShare{share});
  tell();
  const auto event = appended();
  book.append(event);
  accept();
  EXPECT_EQ(outcome(), ErrorCode::none);
  const auto number = book.events().size();
  wish(GrantShare{share});
  tell();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(std::get<directory::EventAppended>(answers.back().answer.value()).number, number);
  EXPECT_EQ(outcome(), ErrorCode::none);
  wish(RevokeShare{number + 1});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::share_unknown);
  wish(RevokeShare{number});
  tell();
  EXPECT_EQ(directory::read_event(appended()).value().event.action,
            directory::ChainAction(directory::ShareRevoked{number}));
}

TEST_F(ManagerMachineTest, OneWishAfterTheOther) {
  wish(EnrolDevice{new_phone});
  wish(RevokeDevice{phone.id});
  tell();
  book.append(appended());
  EXPECT_TRUE(asks.empty());
  accept();
  tell();
  EXPECT_EQ(directory::read_event(appended()).value().event.number, 3U);
}

TEST_F(ManagerMachineTest, WishesThatWaitTogetherAreGrantedTogether) {
  wish(ListDevices{});
  wish(EnrolDevice{new_phone});
  wish(RevokeDevice{phone.id});
  wish(EnrolDevice{new_phone});
  wish(ListDevices{});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::none);
  tell();
  EXPECT_EQ(outcome(), ErrorCode::none) << "the second list does not wait";
  const auto first = appended();
  const auto one = last;
  book.append(first);
  const auto event = directory::read_event(appended()).value().event;
  EXPECT_EQ(event.number, 3U);
  EXPECT_EQ(event.previous, hash_of(first));
  EXPECT_TRUE(asks.empty()) << "whether a device may come again is decided when both are in";
  answer(last, Error{ErrorCode::chain_moved, {}});
  EXPECT_TRUE(asks.empty());
  last = one;
  accept();
  EXPECT_EQ(outcome(), ErrorCode::none);
  tell();
  EXPECT_EQ(directory::read_event(appended()).value().event.previous, book.head());
}

TEST_F(ManagerMachineTest, OpensAnAccountWhereThereIsNone) {
  const directory::Device device{owner.keys, DeviceKind::manager, "pc"};
  const CreateAccount create{"demo", hearth::testing::recovery_key, device};
  wish(create);
  answer(asked(MessageKind::fetch_chain), Error{ErrorCode::device_unknown, {}});
  EXPECT_EQ(appended(), book.events()[0].event);
  accept();
  EXPECT_EQ(outcome(), ErrorCode::none);
  wish(CreateAccount{"Demo", {}, device});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::none) << "it is there";
  wish(CreateAccount{"another", {}, device});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::device_exists);
}

TEST_F(ManagerMachineTest, RecoversWithTheKey) {
  const auto seed = hearth::testing::recovery_seed;
  ManagerMachine fresh(second, {id(1)});
  machine = std::move(fresh);
  wish(RecoverAccount{seed, {second.keys, DeviceKind::manager, "new"}});
  const auto request = unpack<directory::FetchChain>(asks.front().envelope).value();
  EXPECT_TRUE(directory::verify_recovery_request(second.id, request.recovery, request.proof));
  tell();
  const auto event = directory::verify_event(appended());
  ASSERT_TRUE(event);
  EXPECT_EQ(event.value().event.signer, hearth::testing::recovery_key);
}

TEST_F(ManagerMachineTest, BelievesNoOtherHistoryAndNoShorterOne) {
  book.enrol(phone, DeviceKind::player, owner);
  wish(ListDevices{});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::none);
  wish(ListDevices{});
  tell(ChainBook(owner));
  EXPECT_EQ(outcome(), ErrorCode::chain_forked);
  ChainBook evil(owner);
  evil.enrol(second, DeviceKind::manager, owner);
  wish(ListDevices{});
  tell(evil);
  EXPECT_EQ(outcome(), ErrorCode::chain_forked);
}

TEST_F(ManagerMachineTest, HoldsTheDirectoriesToWhatAnEarlierLifeVerified) {
  book.enrol(phone, DeviceKind::player, owner);
  machine = ManagerMachine(owner, {id(1)}, chain::ChainPin{book.account(), 2, book.head()});
  wish(ListDevices{});
  tell(ChainBook(owner));
  EXPECT_EQ(outcome(), ErrorCode::chain_forked);
  wish(ListDevices{});
  tell();
  EXPECT_EQ(outcome(), ErrorCode::none);
}

TEST_F(ManagerMachineTest, LeavesADirectoryOnceHoweverManyQuestionsItDidNotAnswer) {
  const AccountCommand command{1, DirectoryQuestion{directory::ShowPairing{"AAAAAA"}}};
  std::vector<std::uint64_t> tokens;
  for (int i = 0; i < 2; ++i) {
    const auto effects = machine.step(command, {});
    ASSERT_EQ(effects.asks.size(), 1U);
    EXPECT_EQ(effects.asks[0].to, id(1));
    tokens.push_back(effects.asks[0].token);
  }
  for (const auto token : tokens) {
    static_cast<void>(machine.step(lost(token), {}));
    const auto effects = machine.step(TimerFired{}, {});
    ASSERT_EQ(effects.asks.size(), 1U);
    EXPECT_EQ(effects.asks[0].to, id(2));
  }
}

TEST_F(ManagerMachineTest, ReturnsToTheNearestDirectoryWhenItIsBack) {
  const AccountCommand command{1, Wish{ListDevices{}}};
  static_cast<void>(machine.step(lost(machine.step(command, {}).asks[0].token), {}));
  EXPECT_EQ(machine.step(TimerFired{}, {}).asks.at(0).to, id(2));
  PeerUp up;
  up.peer.node = id(1);
  static_cast<void>(machine.step(up, {}));
  const AccountCommand question{2, DirectoryQuestion{directory::ShowPairing{"AAAAAA"}}};
  EXPECT_EQ(machine.step(question, {}).asks[0].to, id(1));
}

}  // namespace
}  // namespace hearth::client
