// Streams as the relay machine sees them: admission, ends, bills; and presence.

#include "actors/directory/presence_table.hpp"
#include "actors/relay/relay_machine.hpp"
#include "messages/directory/directory_messages.hpp"
#include "tests/support/relay_fixture.hpp"

#include <algorithm>

namespace hearth::relay {
namespace {

using namespace std::chrono_literals;

class RelayStreams : public test::RelayTest {
 protected:
  RelayExternal wanted(ConnectionId connection = 1) const {
    return OpenWanted{connection, client.id, {home.id, ticket(), Bytes{1, 2, 3}}};
  }

  /// The pair that the engine was told to expect, 0 if it was refused.
  PairId admit(ConnectionId connection = 1) {
    last = bench->step(wanted(connection));
    const auto expected = only<ExpectLeg>(last.commands);
    return expected.empty() ? 0 : expected[0].pair;
  }

  ErrorCode denied() const {
    const auto denials = only<DenyOpen>(last.commands);
    return denials.empty() ? ErrorCode::none : denials[0].reason;
  }

  std::vector<BytesMetered> bills() const {
    std::vector<BytesMetered> all;
    const auto visited = disk.log.replay(
        test::RelayTest::Machine::stream, 0, [&all](storage::Sequence, BytesView record) {
          const auto event = decode<RelayEvent>(record);
          EXPECT_TRUE(event.ok());
          if (const auto* bill = std::get_if<BytesMetered>(&event.value())) {
            all.push_back(*bill);
          }
          return Result<void>();
        });
    EXPECT_TRUE(visited.ok());
    return all;
  }

  Effects last;
};

TEST_F(RelayStreams, OrdersTheHomeToDialForAnAdmittedStream) {
  gather();
  const auto pair = admit(5);
  ASSERT_NE(pair, 0U);
  EXPECT_EQ(only<ExpectLeg>(last.commands)[0].connection, 5U);
  EXPECT_EQ(only<ExpectLeg>(last.commands)[0].home, home.id);
  ASSERT_EQ(last.asks.size(), 1U);
  EXPECT_EQ(last.asks[0].to, home.id);
  const auto order = unpack<OrderDial>(last.asks[0].envelope);
  ASSERT_TRUE(order);
  EXPECT_EQ(order.value().pair, pair);
  EXPECT_EQ(order.value().client, client.id);
  EXPECT_EQ(order.value().sealed_request, (Bytes{1, 2, 3}));
}

TEST_F(RelayStreams, NamesPairsThatNoEarlierProcessHasNamed) {
  gather();
  const auto first = admit();
  gather();
  EXPECT_NE(admit(), first);
}

TEST_F(RelayStreams, DeniesAStreamWithoutAGoodTicket) {
  gather();
  last = bench->step(RelayExternal(OpenWanted{1, client.id, {home.id, Bytes(40), {}}}));
  EXPECT_EQ(denied(), ErrorCode::ticket_invalid);
  EXPECT_TRUE(last.asks.empty());
}

TEST_F(RelayStreams, DeniesAStreamOfAnotherClientsTicket) {
  gather();
  up(stranger, Role::client);
  last = bench->step(RelayExternal(OpenWanted{1, stranger.id, {home.id, ticket(), {}}}));
  EXPECT_EQ(denied(), ErrorCode::ticket_invalid);
}

TEST_F(RelayStreams, DeniesAStreamToAHomeThatIsAway) {
  gather();
  bench->step(PeerDown{home.id, 1});
  EXPECT_EQ(admit(), 0U);
  EXPECT_EQ(denied(), ErrorCode::home_offline);
}

TEST_F(RelayStreams, DeniesAStreamThatTheHomeDoesNotTake) {
  gather();
  admit(5);
  last = bench->step(Answered{last.asks.at(0).token, Error{ErrorCode::not_allowed, ""}});
  ASSERT_EQ(only<DenyOpen>(last.commands).size(), 1U);
  EXPECT_EQ(only<DenyOpen>(last.commands)[0].connection, 5U);
  EXPECT_EQ(denied(), ErrorCode::not_allowed);
}

TEST_F(RelayStreams, TellsTheClientThatItsSessionWithTheHomeIsOver) {
  gather();
  admit(5);
  last = bench->step(Answered{last.asks.at(0).token, Error{ErrorCode::session_ended, ""}});
  EXPECT_EQ(denied(), ErrorCode::session_ended);
}

TEST_F(RelayStreams, BoundsStreamsAndFreesTheirPlaces) {
  boot({.streams_per_client = 2});
  up(home, Role::home);
  attach();
  up(client, Role::client);
  const auto first = admit(1);
  admit(2);
  EXPECT_EQ(admit(3), 0U);
  EXPECT_EQ(denied(), ErrorCode::limit_reached);
  bench->step(RelayExternal(PairEnded{{.pair = first}, ErrorCode::none}));
  EXPECT_NE(admit(4), 0U);
}

TEST_F(RelayStreams, CutsStreamsWhoseTicketHasEnded) {
  gather();
  const auto pair = admit();
  pass(45s);
  const auto cut = only<CutPairs>(bench->step(TimerFired{1}).commands);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].pairs, std::vector<PairId>{pair});
}

TEST_F(RelayStreams, KeepsStreamsOverABreakOfTheControlSession) {
  gather();
  admit();
  bench->step(PeerDown{client.id, 1});
  pass(10s);
  EXPECT_TRUE(only<CutPairs>(bench->step(TimerFired{1}).commands).empty());
  EXPECT_EQ(bench->machine().counts().streams, 1U);
}

TEST_F(RelayStreams, ChargesEveryIntervalToClientAndHome) {
  gather();
  const auto first = admit(1);
  const auto second = admit(2);
  bench->step(RelayExternal(PairsMetered{{{first, 100, 1}, {second, 10, 2}}}));
  ASSERT_EQ(bills().size(), 1U);
  EXPECT_EQ(bills()[0].client, client.id);
  EXPECT_EQ(bills()[0].home, home.id);
  EXPECT_EQ(bills()[0].to_client, 110U);
  EXPECT_EQ(bills()[0].to_home, 3U);
  EXPECT_EQ(bills()[0].at_ms, clock.time.time_since_epoch().count());
}

// Later would be too late: the rest may be of an interval of the engine already, and P9 allows one.
TEST_F(RelayStreams, ChargesTheRestOfAStreamOnceAndAtTheNextTick) {
  gather();
  const auto pair = admit();
  bench->step(RelayExternal(PairEnded{{pair, 50, 5}, ErrorCode::none}));
  bench->step(RelayExternal(PairEnded{{pair, 50, 5}, ErrorCode::none}));
  pass(500ms);
  bench->step(TimerFired{1});
  ASSERT_EQ(bills().size(), 1U);
  EXPECT_EQ(bills()[0].to_client, 50U);
  pass(5s);
  bench->step(TimerFired{1});
  EXPECT_EQ(bills().size(), 1U);
}

TEST_F(RelayStreams, ChargesAtOnceWhenTheEngineStops) {
  gather();
  const auto pair = admit();
  bench->step(RelayExternal(PairEnded{{pair, 50, 5}, ErrorCode::stopping}));
  EXPECT_EQ(bills().size(), 1U);
}

class RelayLog : public RelayStreams {
 protected:
  void meter(std::uint64_t to_client, std::uint64_t to_home) {
    const auto pair = admit();
    ASSERT_NE(pair, 0U);
    bench->step(RelayExternal(PairEnded{{pair, to_client, to_home}, ErrorCode::stopping}));
  }

  /// What the rows say that was ever metered.
  std::vector<BytesMetered> totals() const {
    std::vector<BytesMetered> all;
    const auto visited = disk.log.rows(
        test::RelayTest::Machine::stream, "c", [&all](std::string_view, BytesView value) {
          all.push_back(std::get<BytesMetered>(decode<RelayEvent>(value).value()));
          return Result<void>();
        });
    EXPECT_TRUE(visited.ok());
    return all;
  }
  void expect_total(std::uint64_t to_client, std::uint64_t to_home) const {
    ASSERT_EQ(totals().size(), 1U);
    EXPECT_EQ(totals()[0].client, client.id);
    EXPECT_EQ(totals()[0].home, home.id);
    EXPECT_EQ(totals()[0].to_client, to_client);
    EXPECT_EQ(totals()[0].to_home, to_home);
  }
  std::size_t kept_after(storage::Sequence after) const {
    std::size_t count = 0;
    const auto replayed = disk.log.replay(test::RelayTest::Machine::stream, after,
                                          [&count](storage::Sequence, BytesView) {
                                            ++count;
                                            return Result<void>();
                                          });
    return replayed ? count : 0;
  }
};

TEST_F(RelayLog, AddsUpWhatWasEverMeteredOverStarts) {
  gather();
  meter(100, 1);
  meter(10, 2);
  expect_total(110, 3);
  gather();
  meter(1000, 0);
  gather();
  expect_total(1110, 3);
  EXPECT_EQ(bench->machine().epoch(), 3U);
}

TEST_F(RelayLog, KeepsNoRecordsThatItsSnapshotsStandFor) {
  gather();
  const auto pair = admit();
  const auto often = 3 * RelayLimits{}.snapshot_after;
  for (std::uint64_t i = 0; i < often; ++i) {
    bench->step(RelayExternal(PairsMetered{{{pair, 1, 1}}}));
  }
  expect_total(often, often);
  const auto newest = disk.log.last_sequence(test::RelayTest::Machine::stream).value();
  EXPECT_EQ(newest, often + 1);
  EXPECT_EQ(kept_after(0), 0U) << "the first ones are gone";
  EXPECT_GT(kept_after(newest - 10), 0U);
  boot();
  EXPECT_EQ(bench->machine().epoch(), 2U);
  expect_total(often, often);
}

TEST_F(RelayLog, OfATimeWithoutRowsIsAddedUpOnce) {
  storage::Append append;
  append.stream = test::RelayTest::Machine::stream;
  append.records.push_back(encode(RelayEvent(EpochBegun{7})));
  for (const std::uint64_t bytes : {100U, 10U}) {
    append.records.push_back(encode(RelayEvent(BytesMetered{client.id, home.id, bytes, 1, 5})));
  }
  disk.write(std::move(append));
  boot();
  EXPECT_EQ(bench->machine().epoch(), 8U);
  expect_total(110, 2);
  gather();
  meter(1, 1);
  expect_total(111, 3);
}

class RelayPresence : public RelayStreams {
 protected:
  std::optional<directory::ReportPresence> report(const Effects& effects) {
    for (const auto& ask : effects.asks) {
      if (auto said = unpack<directory::ReportPresence>(ask.envelope)) {
        told = ask;
        return said.value();
      }
    }
    return std::nullopt;
  }
  void confirm() { bench->step(Answered{told.token, envelope(directory, Accepted{})}); }
  void fail() { bench->step(Answered{told.token, Error{ErrorCode::timed_out, ""}}); }

  Ask told;
};

TEST_F(RelayPresence, TellsADirectoryOfItsRegionEverything) {
  gather();
  const auto said = report(up(directory, Role::directory));
  ASSERT_TRUE(said);
  EXPECT_EQ(told.to, directory.id);
  EXPECT_TRUE(said->complete);
  EXPECT_EQ(said->epoch, 1U);
  EXPECT_EQ(said->arrivals, std::vector<NodeId>{home.id});
}

TEST_F(RelayPresence, TellsAnArrivalAtOnce) {
  boot();
  report(up(directory, Role::directory));
  confirm();
  pass(2s);
  up(home, Role::home);
  attach();
  const auto said = report(bench->effects);
  ASSERT_TRUE(said);
  EXPECT_FALSE(said->complete);
  EXPECT_EQ(said->arrivals, std::vector<NodeId>{home.id});
}

TEST_F(RelayPresence, HoldsChangesBackForASecond) {
  gather();
  report(up(directory, Role::directory));
  confirm();
  pass(500ms);
  bench->step(PeerDown{home.id, 1});
  EXPECT_FALSE(report(bench->step(TimerFired{1})));
  pass(500ms);
  const auto said = report(bench->step(TimerFired{1}));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->departures, std::vector<NodeId>{home.id});
}

TEST_F(RelayPresence, RenewsItsLeaseEveryFiveSeconds) {
  gather();
  report(up(directory, Role::directory));
  confirm();
  pass(4500ms);
  EXPECT_FALSE(report(bench->step(TimerFired{1})));
  pass(500ms);
  const auto said = report(bench->step(TimerFired{1}));
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->complete);
}

TEST_F(RelayPresence, TurnsToAnotherRegionWhenItsOwnDirectoryFails) {
  gather();
  report(up(directory, Role::directory));
  up(far_directory, Role::directory);
  fail();
  const auto said = report(bench->step(TimerFired{1}));
  ASSERT_TRUE(said);
  EXPECT_EQ(told.to, far_directory.id);
  EXPECT_TRUE(said->complete);
}

/// A directory hears of `count` homes, some of which leave while it is told.
class ManyHomes : public ::testing::Test {
 protected:
  ManyHomes() {
    for (std::size_t i = 0; i < count; ++i) {
      homes.push_back({{4, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)}});
      reporter.arrived(homes.back());
    }
    reporter.directory_up(directory);
  }

  static seal::NodeList nodes() {
    seal::NodeList list;
    seal::ListedNode node;
    node.keys = hearth::testing::identity_of(2).keys;
    node.role = Role::directory;
    list.nodes.push_back(node);
    return list;
  }

  /// The number of reports until there is nothing more to say.
  int tell() {
    int parts = 0;
    while (const auto report = reporter.next(1, now)) {
      const auto& said = report->message;
      EXPECT_LE(said.arrivals.size() + said.departures.size(), limits::presence_homes_max);
      EXPECT_LE(pack({}, said).bytes().size() + 1024, limits::forwarded_bytes_max);
      EXPECT_TRUE(table.report(self, said, now));
      reporter.answered(true, now);
      ++parts;
    }
    return parts;
  }

  std::size_t known() const {
    return static_cast<std::size_t>(std::count_if(homes.begin(), homes.end(), [&](const auto& id) {
      return !table.super_peers_of(id).empty();
    }));
  }

  const std::size_t count = RelayLimits().homes;
  const NodeId self = hearth::testing::identity_of(1).id;
  const NodeId directory = hearth::testing::identity_of(2).id;
  PresenceReporter reporter{self, nodes()};
  directory::PresenceTable table;
  std::vector<NodeId> homes;
  Instant now{1h};
};

TEST_F(ManyHomes, AreToldInParts) {
  EXPECT_EQ(tell(), 17);
  EXPECT_EQ(known(), count);
  now += 5s;
  EXPECT_EQ(tell(), 17);
  EXPECT_EQ(known(), count);
}

TEST_F(ManyHomes, ThatLeaveWhileTheyAreToldAreGone) {
  const auto first = reporter.next(1, now);
  ASSERT_TRUE(first);
  EXPECT_TRUE(table.report(self, first->message, now));
  reporter.departed(homes.front());  // has been told
  reporter.departed(homes.back());   // has not
  reporter.answered(true, now);
  tell();
  now += 1s;
  tell();
  EXPECT_EQ(known(), count - 2);
}

TEST_F(ManyHomes, AreAllToldAnewAfterAFailure) {
  ASSERT_TRUE(reporter.next(1, now));
  reporter.answered(false, now);
  const auto again = reporter.next(1, now);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->message.complete);
  EXPECT_TRUE(table.report(self, again->message, now));
  reporter.answered(true, now);
  tell();
  EXPECT_EQ(known(), count);
}

TEST_F(ManyHomes, ThatAllLeaveAtOnceGoInParts) {
  tell();
  for (const auto& home : homes) {
    reporter.departed(home);
  }
  for (int second = 0; second < 30 && known() > 0; ++second) {
    now += 1s;
    tell();
  }
  EXPECT_EQ(known(), 0U);
}

TEST_F(RelayPresence, GoesOnAsSoonAsAPartIsTaken) {
  boot();
  std::vector<seal::Identity> many;
  for (std::uint16_t i = 0; i <= limits::presence_homes_max; ++i) {
    auto who = home;
    who.id.bytes[0] = static_cast<std::uint8_t>(i >> 8U);
    who.id.bytes[1] = static_cast<std::uint8_t>(i);
    many.push_back(who);
  }
  for (const auto& who : many) {
    up(who, Role::home);
    ASSERT_EQ(ask(who, Role::home, AttachHome{certificate(directory, home.keys)}), ErrorCode::none);
  }
  const auto first = report(up(directory, Role::directory));
  ASSERT_TRUE(first);
  const auto second = report(bench->step(Answered{told.token, envelope(directory, Accepted{})}));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->complete);
  EXPECT_EQ(second->arrivals.size(), 1U);
}

TEST_F(RelayPresence, SaysThatNobodyIsHereWhileItDrains) {
  gather();
  report(up(directory, Role::directory));
  confirm();
  bench->step(RelayExternal(DrainWanted{}));
  pass(1s);
  const auto said = report(bench->step(TimerFired{1}));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->departures, std::vector<NodeId>{home.id});
}

}  // namespace
}  // namespace hearth::relay
