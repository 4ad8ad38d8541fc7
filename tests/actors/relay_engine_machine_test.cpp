// The engine's decisions, driven by hand: no sockets, no time of its own.

#include "actors/relay/relay_engine_machine.hpp"

#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>

namespace hearth::relay {
namespace {

using namespace std::chrono_literals;
using hearth::testing::identity_of;
using hearth::testing::secret_of;

const auto client_key = seal::data_key(secret_of(1));
const auto home_key = seal::data_key(secret_of(2));
const auto client = identity_of(1).id;
const auto home = identity_of(2).id;
const OpenStream open{home, Bytes{1}, Bytes{2}};

class RelayEngine : public ::testing::Test {
 protected:
  void SetUp() override { restart({}); }

  void restart(const EngineLimits& limits) {
    machine.emplace(limits);
    order(InstallKey{client_key, client, Role::client});
    order(InstallKey{home_key, home, Role::home});
  }

  /// Collects effects by kind; bytes to a connection go to its initiator, if it has one.
  void take(EngineEffects effects) {
    for (auto& effect : effects) {
      if (auto* event = std::get_if<RelayExternal>(&effect)) {
        events.push_back(std::move(*event));
      } else if (auto* read = std::get_if<ReadUpTo>(&effect)) {
        wanted[read->connection] = read->bytes;
      } else if (auto* sent = std::get_if<SendBytes>(&effect)) {
        inbox[sent->connection].insert(inbox[sent->connection].end(), sent->bytes.begin(),
                                       sent->bytes.end());
      } else {
        done.push_back(effect);
      }
    }
  }

  void order(const RelayCommand& command) { take(machine->order(command, now)); }
  void tick(Millis later) {
    now += later;
    take(machine->tick(now));
  }

  ConnectionId connect() {
    take(machine->accepted(++last_id, now));
    return last_id;
  }
  /// Sends as much as is asked for, again and again.
  void send(ConnectionId id, BytesView bytes) {
    while (!bytes.empty() && wanted[id] > 0) {
      const auto count = std::min(std::exchange(wanted[id], 0), bytes.size());
      take(machine->bytes(id, bytes.first(count), now));
      bytes = bytes.subspan(count);
    }
  }
  void say(ConnectionId id, link::DataInitiator& initiator) {
    send(id, initiator.first_flight());
    const auto frame = initiator.feed(std::exchange(inbox[id], {}));
    ASSERT_TRUE(frame.ok());
    send(id, frame.value());
  }

  ConnectionId ask_for_stream() {
    const auto id = connect();
    asking.emplace(client_key, open);
    say(id, *asking);
    return id;
  }
  ConnectionId answer_dial(PairId pair, const seal::DataKey& key = home_key) {
    const auto id = connect();
    link::DataInitiator initiator(key, AcceptStream{pair});
    say(id, initiator);
    return id;
  }
  /// What the client is told.
  ErrorCode status(ConnectionId id) {
    const auto bytes = std::exchange(inbox[id], {});
    const auto told = asking->feed(bytes);
    return told ? ErrorCode::none : told.error().code;
  }

  struct Joined {
    ConnectionId client = 0;
    ConnectionId home = 0;
  };
  Joined make_pair(PairId pair) {
    Joined legs;
    legs.client = ask_for_stream();
    order(ExpectLeg{legs.client, pair, home});
    legs.home = answer_dial(pair);
    done.clear();
    events.clear();
    return legs;
  }

  template <class What>
  std::vector<What> all(const std::vector<EngineEffect>& from) const {
    std::vector<What> found;
    for (const auto& each : from) {
      if (const auto* what = std::get_if<What>(&each)) {
        found.push_back(*what);
      }
    }
    return found;
  }
  template <class What>
  std::vector<What> reported() const {
    std::vector<What> found;
    for (const auto& each : events) {
      if (const auto* what = std::get_if<What>(&each)) {
        found.push_back(*what);
      }
    }
    return found;
  }
  /// "id" for a graceful close, "id!" for an abort, in order.
  std::string closed() const {
    std::string text;
    for (const auto& close : all<Close>(done)) {
      text += std::to_string(close.connection) + (close.abort ? "! " : " ");
    }
    return text;
  }

  std::optional<RelayEngineMachine> machine;
  Instant now{1h};
  ConnectionId last_id = 0;
  std::optional<link::DataInitiator> asking;
  std::map<ConnectionId, std::size_t> wanted;
  std::map<ConnectionId, Bytes> inbox;
  std::vector<EngineEffect> done;  ///< Joins, shutdowns and closes.
  std::vector<RelayExternal> events;
};

TEST_F(RelayEngine, AsksForAdmissionOfAStream) {
  const auto id = ask_for_stream();
  const auto asked = reported<OpenWanted>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].connection, id);
  EXPECT_EQ(asked[0].client, client);
  EXPECT_EQ(asked[0].open, open);
}

TEST_F(RelayEngine, JoinsTheLegsAndTellsTheClient) {
  const auto id = ask_for_stream();
  order(ExpectLeg{id, 7, home});
  const auto leg = answer_dial(7);
  const auto joins = all<Join>(done);
  ASSERT_EQ(joins.size(), 1U);
  EXPECT_EQ(joins[0].client, id);
  EXPECT_EQ(joins[0].home, leg);
  EXPECT_EQ(status(id), ErrorCode::none);
}

TEST_F(RelayEngine, JoinsALegThatCameBeforeItsOrder) {
  const auto id = ask_for_stream();
  const auto leg = answer_dial(7);
  EXPECT_TRUE(done.empty());
  order(ExpectLeg{id, 7, home});
  ASSERT_EQ(all<Join>(done).size(), 1U);
  EXPECT_EQ(all<Join>(done)[0].home, leg);
  tick(1h);
  EXPECT_EQ(closed(), "");
}

TEST_F(RelayEngine, ClosesALegThatNobodyExpects) {
  answer_dial(7);
  tick(2999ms);
  EXPECT_EQ(closed(), "");
  tick(1ms);
  EXPECT_EQ(closed(), "1! ");
}

TEST_F(RelayEngine, ClosesALegOfAnotherHome) {
  const auto other_key = seal::data_key(secret_of(9));
  order(InstallKey{other_key, identity_of(9).id, Role::home});
  const auto id = ask_for_stream();
  order(ExpectLeg{id, 7, home});
  answer_dial(7, other_key);
  EXPECT_EQ(closed(), "2! ");
  answer_dial(7);
  EXPECT_EQ(all<Join>(done).size(), 1U);
}

TEST_F(RelayEngine, DoesNotLetAnEarlyStrangerTakeAPlace) {
  const auto other_key = seal::data_key(secret_of(9));
  order(InstallKey{other_key, identity_of(9).id, Role::home});
  const auto id = ask_for_stream();
  answer_dial(7, other_key);
  const auto leg = answer_dial(7);
  order(ExpectLeg{id, 7, home});
  ASSERT_EQ(all<Join>(done).size(), 1U);
  EXPECT_EQ(all<Join>(done)[0].home, leg);
}

TEST_F(RelayEngine, ClosesAnUnprovenConnectionAfterThreeSeconds) {
  connect();
  EXPECT_EQ(machine->next_tick(), now + 3s);
  tick(3s);
  EXPECT_EQ(closed(), "1! ");
  EXPECT_EQ(machine->next_tick(), std::nullopt);
}

TEST_F(RelayEngine, ClosesAtTheFirstWrongByte) {
  const auto id = connect();
  send(id, Bytes(link::data_prelude_bytes, 'x'));
  EXPECT_EQ(closed(), "1! ");
  EXPECT_TRUE(inbox[id].empty());
}

TEST_F(RelayEngine, ClosesTheOldestUnprovenConnectionInAFlood) {
  restart({.unproven = 2});
  connect();
  connect();
  connect();
  EXPECT_EQ(closed(), "1! ");
  EXPECT_EQ(machine->counts().unproven, 2U);
  EXPECT_EQ(machine->counts().rejected, 1U);
}

// A home would take it for its client's end, and the client would wait in vain.
TEST_F(RelayEngine, AFloodOfSilentOnesLeavesWhoHasShownItsKey) {
  restart({.unproven = 2});
  const auto id = connect();
  link::DataInitiator initiator(home_key, AcceptStream{7});
  send(id, initiator.first_flight());
  const auto frame = initiator.feed(std::exchange(inbox[id], {}));
  ASSERT_TRUE(frame.ok());
  connect();
  connect();
  connect();
  EXPECT_EQ(closed(), "2! 3! ");
  send(id, frame.value());
  EXPECT_EQ(machine->counts().unproven, 1U);
  EXPECT_EQ(closed(), "2! 3! ");
}

TEST_F(RelayEngine, AFloodOfThoseThatShowedAKeyClosesTheOldestOfThem) {
  restart({.unproven = 2});
  for (int each = 0; each < 3; ++each) {
    const auto id = connect();
    send(id, link::DataInitiator(home_key, AcceptStream{7}).first_flight());
  }
  EXPECT_EQ(closed(), "1! ");
}

TEST_F(RelayEngine, RefusesConnectionsPastItsLimit) {
  restart({.connections = 1});
  connect();
  connect();
  EXPECT_EQ(closed(), "2! ");
}

TEST_F(RelayEngine, BoundsTheConnectionsOfOnePeer) {
  restart({.per_key = 1});
  ask_for_stream();
  const auto second = ask_for_stream();
  EXPECT_EQ(status(second), ErrorCode::limit_reached);
  EXPECT_EQ(closed(), "2 ");
}

TEST_F(RelayEngine, TellsADeniedClientWhy) {
  const auto id = ask_for_stream();
  order(DenyOpen{id, ErrorCode::ticket_invalid});
  EXPECT_EQ(status(id), ErrorCode::ticket_invalid);
  EXPECT_EQ(closed(), "1 ");
  EXPECT_TRUE(reported<PairEnded>().empty());
}

TEST_F(RelayEngine, TellsTheClientWhenTheHomeRefuses) {
  const auto id = ask_for_stream();
  order(ExpectLeg{id, 7, home});
  order(DenyOpen{id, ErrorCode::not_allowed});
  EXPECT_EQ(status(id), ErrorCode::not_allowed);
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].reason, ErrorCode::not_allowed);
}

TEST_F(RelayEngine, GivesUpOnAHomeAfterTenSeconds) {
  const auto id = ask_for_stream();
  order(ExpectLeg{id, 7, home});
  tick(10s);
  EXPECT_EQ(status(id), ErrorCode::timed_out);
  EXPECT_EQ(closed(), "1 ");
  EXPECT_EQ(reported<PairEnded>().size(), 1U);
}

TEST_F(RelayEngine, EndsThePairOfAClientThatHasLeft) {
  const auto id = ask_for_stream();
  take(machine->broken(id, now));
  order(ExpectLeg{id, 7, home});
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].rest.pair, 7U);
}

TEST_F(RelayEngine, KeepsTheOtherDirectionOpenAfterOneHasFinished) {
  const auto legs = make_pair(7);
  take(machine->drained(legs.client, now));
  ASSERT_EQ(all<ShutDown>(done).size(), 1U);
  EXPECT_EQ(all<ShutDown>(done)[0].connection, legs.home);
  tick(1h);  // A stream may take as long as a film.
  EXPECT_EQ(closed(), "");
  take(machine->drained(legs.home, now));
  EXPECT_EQ(closed(), "1 2 ");
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].reason, ErrorCode::none);
}

TEST_F(RelayEngine, DoesNotWaitForEverForAClientThatHasEverything) {
  const auto legs = make_pair(7);
  take(machine->drained(legs.home, now));
  tick(30s);
  EXPECT_EQ(closed(), "1 2 ");
}

TEST_F(RelayEngine, AbortsTheOtherSideOfABrokenOne) {
  const auto legs = make_pair(7);
  take(machine->broken(legs.client, now));
  EXPECT_EQ(closed(), "2! ");
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].reason, ErrorCode::unreachable);
}

TEST_F(RelayEngine, LetsArriveWhatAFinishedSideHadSent) {
  const auto legs = make_pair(7);
  take(machine->drained(legs.home, now));
  take(machine->broken(legs.home, now));
  EXPECT_EQ(closed(), "1 ");
}

TEST_F(RelayEngine, MetersBothDirectionsEveryFiveSeconds) {
  const auto legs = make_pair(7);
  machine->moved(legs.home, 1000);
  machine->moved(legs.home, 500);
  machine->moved(legs.client, 3);
  tick(5s);
  const auto metered = reported<PairsMetered>();
  ASSERT_EQ(metered.size(), 1U);
  ASSERT_EQ(metered[0].pairs.size(), 1U);
  EXPECT_EQ(metered[0].pairs[0].pair, 7U);
  EXPECT_EQ(metered[0].pairs[0].to_client, 1500U);
  EXPECT_EQ(metered[0].pairs[0].to_home, 3U);
  tick(5s);
  EXPECT_EQ(reported<PairsMetered>().size(), 1U);  // Nothing more has moved.
}

TEST_F(RelayEngine, BillsTheRestAtTheEnd) {
  const auto legs = make_pair(7);
  machine->moved(legs.home, 1000);
  tick(5s);
  machine->moved(legs.home, 1);
  take(machine->broken(legs.client, now));
  machine->moved(legs.home, 99);  // Too late to be anybody's.
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].rest.to_client, 1U);
}

TEST_F(RelayEngine, AbortsPairsWhoseTicketHasEnded) {
  make_pair(7);
  order(CutPairs{{7, 8}, ErrorCode::ticket_invalid});
  EXPECT_EQ(closed(), "1! 2! ");
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].reason, ErrorCode::ticket_invalid);
}

TEST_F(RelayEngine, TellsAWaitingClientThatItsTicketHasEnded) {
  const auto id = ask_for_stream();
  order(ExpectLeg{id, 7, home});
  order(CutPairs{{7}, ErrorCode::ticket_invalid});
  EXPECT_EQ(status(id), ErrorCode::ticket_invalid);
}

TEST_F(RelayEngine, ClosesWhatWaitsOnARemovedKeyButNotPairs) {
  make_pair(7);
  const auto waiting = ask_for_stream();
  order(ExpectLeg{waiting, 8, home});
  ask_for_stream();
  order(RemoveKey{client_key.name});
  EXPECT_EQ(closed(), "3! 4! ");
  EXPECT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(machine->counts().pairs, 1U);
}

TEST_F(RelayEngine, TakesNoOrderByAKeyRemovedDuringTheHandshake) {
  const auto id = connect();
  link::DataInitiator initiator(client_key, open);
  send(id, initiator.first_flight());
  const auto frame = initiator.feed(std::exchange(inbox[id], {}));
  order(RemoveKey{client_key.name});
  send(id, frame.value());
  EXPECT_EQ(closed(), "1! ");
  EXPECT_TRUE(events.empty());
}

TEST_F(RelayEngine, RefusesNewStreamsWhileItDrains) {
  const auto legs = make_pair(7);
  order(StopAdmitting{});
  const auto id = ask_for_stream();
  EXPECT_EQ(status(id), ErrorCode::stopping);
  EXPECT_EQ(closed(), "3 ");
  machine->moved(legs.home, 1);
  EXPECT_EQ(machine->counts().pairs, 1U);
}

TEST_F(RelayEngine, SendsTheLastBillsWhenItStops) {
  const auto legs = make_pair(7);
  machine->moved(legs.home, 10);
  connect();
  take(machine->stop());
  ASSERT_EQ(reported<PairEnded>().size(), 1U);
  EXPECT_EQ(reported<PairEnded>()[0].rest.to_client, 10U);
  EXPECT_EQ(reported<PairEnded>()[0].reason, ErrorCode::stopping);
  EXPECT_EQ(machine->counts().connections, 0U);
  EXPECT_EQ(machine->next_tick(), std::nullopt);
}

}  // namespace
}  // namespace hearth::relay
