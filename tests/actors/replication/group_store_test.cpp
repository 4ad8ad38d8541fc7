// What a group's store makes of turns, and what it finds again.

#include "actors/replication/group_store.hpp"

#include "tests/actors/replication/replica.hpp"
#include "tests/actors/replication/stored_group.hpp"
#include "tests/support/log_places.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace hearth::replication::testing {
namespace {

using Stored = StoredGroup<test::LogInMemory>;

const HardState second_term{2, node(3)};

Entry no_op(Index index, Term term) {
  return {index, term, EntryKind::no_op, nullptr};
}

std::vector<std::string> words(const storage::LogReader& reader, std::string_view prefix = {}) {
  std::vector<std::string> words;
  const auto visit = [&words](std::string_view key, BytesView value) -> Result<void> {
    words.push_back(std::string(key) + "=" + test::text(value));
    return {};
  };
  EXPECT_TRUE(reader.rows(accounts, prefix, visit).ok());
  return words;
}

TEST(GroupStore, FindsNothingWhereNoReplicaWas) {
  Stored stored;
  EXPECT_FALSE(stored.recovered().has_value());
}

TEST(GroupStore, BeginsAFirstGroupWithItsConfiguration) {
  Stored stored;
  stored.queue(stored.store().bootstrap(voters(3)));
  stored.sync_all();
  stored.restart();
  ASSERT_TRUE(stored.recovered().has_value());
  EXPECT_EQ(stored.recovered()->base, (Snapshot{{0, 0}, voters(3)}));
  EXPECT_EQ(stored.recovered()->applied, 0U);
}

TEST(GroupStore, FindsAJoiningReplicaByItsHardState) {
  Stored stored;
  stored.write(1, second_term, {});
  stored.sync_all();
  stored.restart();
  ASSERT_TRUE(stored.recovered().has_value());
  EXPECT_EQ(stored.recovered()->hard_state, second_term);
  EXPECT_EQ(stored.recovered()->base, Snapshot());
}

TEST(GroupStore, FindsHardStateAndEntriesAgain) {
  const std::vector<Entry> entries{
      no_op(1, 1),
      event_entry(2, 1, 0, {"a=1"}),
      {3, 2, EntryKind::configuration, std::make_shared<const Bytes>(encode(voters(4)))}};
  Stored stored;
  stored.queue(stored.store().bootstrap(voters(3)));
  stored.write(1, second_term, entries);
  stored.sync_all();
  stored.restart();
  EXPECT_EQ(stored.recovered()->hard_state, second_term);
  EXPECT_EQ(stored.recovered()->entries, entries);
  EXPECT_EQ(stored.recovered()->staged, Staged());
}

TEST(GroupStore, TellsWhichWriteIsPersistedAndWhatIsApplied) {
  Stored stored;
  stored.queue(stored.store().bootstrap(voters(3)));
  stored.write(1, second_term, {no_op(1, 2)});
  stored.write(2, std::nullopt, {no_op(2, 2)});
  stored.apply({no_op(1, 2), no_op(2, 2)});
  EXPECT_EQ(stored.sync().persisted, std::nullopt);
  EXPECT_EQ(stored.sync().persisted, 1U);
  const auto second = stored.sync();
  EXPECT_EQ(second.persisted, 2U);
  EXPECT_EQ(second.applied, std::nullopt);
  const auto applied = stored.sync();
  EXPECT_EQ(applied.persisted, std::nullopt);
  EXPECT_EQ(applied.applied, 2U);
  EXPECT_EQ(stored.under_way(), 0U);
}

TEST(GroupStore, ReplacesTheSuffixThatALeaderContradicts) {
  Stored stored;
  stored.write(1, second_term, {no_op(1, 1), no_op(2, 1), no_op(3, 1), no_op(4, 1)});
  stored.write(2, std::nullopt, {no_op(2, 2), no_op(3, 2)});
  stored.sync_all();
  stored.restart();
  EXPECT_EQ(stored.recovered()->entries,
            (std::vector<Entry>{no_op(1, 1), no_op(2, 2), no_op(3, 2)}));

  stored.write(1, std::nullopt, {no_op(3, 3)});
  stored.sync_all();
  stored.restart();
  EXPECT_EQ(stored.recovered()->entries.back(), no_op(3, 3));
}

TEST(GroupStore, ShowsMachinesWhatIsAppliedAndDurable) {
  Stored stored;
  stored.put(event_entry(1, 1, 0, {"b=2", "a=1"}));
  EXPECT_EQ(stored.row("a"), "none");
  EXPECT_EQ(stored.store().applied().sequence, 1U);
  stored.sync_all();
  EXPECT_EQ(stored.row("a"), "1");
  EXPECT_EQ(words(stored.reader()), (std::vector<std::string>{"a=1", "b=2"}));

  stored.put(event_entry(2, 1, 1, {"a-", "ba=3"}));
  stored.sync_all();
  EXPECT_EQ(stored.row("a"), "none");
  EXPECT_EQ(words(stored.reader(), "b"), (std::vector<std::string>{"b=2", "ba=3"}));
  EXPECT_EQ(stored.reader().last_sequence(accounts).value(), 2U);
  EXPECT_EQ(stored.reader().last_sequence(storage::StreamId{2}).value(), 0U);
  EXPECT_EQ(read_applied(stored.log(), group).value(), stored.store().applied());
  EXPECT_EQ(read_applied(stored.log(), GroupId{9}).value(), std::nullopt);
}

TEST(GroupStore, KeepsTheStreamsOfItsMachinesApart) {
  std::vector<storage::Append> appends(2);
  appends[0].stream = accounts;
  appends[0].records = {test::bytes("one"), test::bytes("two")};
  appends[0].rows = machine_rows({"key=accounts"});
  appends[1].stream = storage::StreamId{1U << 31U};
  appends[1].records = {test::bytes("three")};
  appends[1].rows = machine_rows({"key=shares"});
  Stored stored;
  stored.put({1, 1, EntryKind::events, encode_events(0, appends).value()});
  stored.sync_all();

  std::vector<storage::StreamId> found;
  EXPECT_TRUE(stored.reader().streams([&found](auto stream) { found.push_back(stream); }).ok());
  EXPECT_EQ(found, (std::vector{appends[0].stream, appends[1].stream}));
  EXPECT_EQ(stored.reader().last_sequence(appends[0].stream).value(), 2U);
  EXPECT_EQ(stored.reader().last_sequence(appends[1].stream).value(), 1U);
  EXPECT_EQ(stored.row("key"), "accounts");
  EXPECT_EQ(stored.reader().row(appends[1].stream, "key").value(), test::bytes("shares"));
  EXPECT_EQ(stored.store().applied().sequence, 3U);
}

TEST(GroupStore, HasNoRecordsForMachines) {
  Stored stored;
  const auto replayed = stored.reader().replay(
      accounts, 0, [](storage::Sequence, BytesView) { return Result<void>(); });
  EXPECT_EQ(test::code_of(replayed), ErrorCode::not_readable);
  EXPECT_EQ(stored.reader().snapshot(accounts).error().code, ErrorCode::not_readable);
}

TEST(GroupStore, PassesOnWhatAVisitorOfRowsReturns) {
  Stored stored;
  stored.put(event_entry(1, 1, 0, {"a=1", "b=2"}));
  stored.sync_all();
  int visits = 0;
  const auto outcome = stored.reader().rows(accounts, {}, [&](auto, auto) -> Result<void> {
    ++visits;
    return Error{ErrorCode::stopping, {}};
  });
  EXPECT_EQ(test::code_of(outcome), ErrorCode::stopping);
  EXPECT_EQ(visits, 1);
}

TEST(GroupStore, KeepsUpTheHashOfAllRows) {
  Stored stored;
  // Rows change again before they are durable, in one turn and in several.
  stored.put(event_entry(1, 1, 0, {"a=1", "b=1"}));
  stored.put(event_entry(2, 1, 1, {"a=2", "c=1", "never-"}));
  const std::vector<Entry> both{event_entry(3, 1, 2, {"a=3"}), event_entry(4, 1, 3, {"b-", "a=4"})};
  stored.write(0, std::nullopt, both);
  stored.apply(both);
  stored.sync_all();
  stored.expect_true_hash();
  // And after they are.
  stored.put(event_entry(5, 1, 4, {"a-", "c=2", "d=1"}));
  static_cast<void>(stored.sync());
  stored.put(event_entry(6, 1, 5, {"a=5", "c=3"}));
  stored.sync_all();
  stored.expect_true_hash();
  stored.restart();
  stored.expect_true_hash();
  EXPECT_EQ(words(stored.reader()), (std::vector<std::string>{"a=5", "c=3", "d=1"}));
}

TEST(GroupStore, HasTheSameHashForTheSameRowsWhateverCameBefore) {
  Stored one;
  one.put(event_entry(1, 1, 0, {"a=1"}));
  one.put(event_entry(2, 1, 1, {"b=2"}));
  Stored other;
  other.put(event_entry(1, 1, 0, {"b=9", "gone=1"}));
  other.put(event_entry(2, 1, 1, {"gone-", "b=2", "a=1"}));
  EXPECT_EQ(one.store().applied(), other.store().applied());
  other.put(event_entry(3, 1, 2, {"b=3"}));
  EXPECT_NE(one.store().applied().hash, other.store().applied().hash);
}

ErrorCode refusal_of(Payload payload) {
  Stored stored;
  Effects effects;
  effects.committed = {{1, 1, EntryKind::events, std::move(payload)}};
  const auto appends = stored.store().perform(effects);
  return appends ? ErrorCode::none : appends.error().code;
}

TEST(GroupStore, AppliesNothingThatDoesNotFollow) {
  EXPECT_EQ(refusal_of(event(0, machine_rows({"a=1"}))), ErrorCode::none);
  EXPECT_EQ(refusal_of(event(1, machine_rows({"a=1"}))), ErrorCode::log_corrupt);
  EXPECT_EQ(refusal_of(std::make_shared<const Bytes>()), ErrorCode::log_corrupt);
  EXPECT_EQ(refusal_of(std::make_shared<const Bytes>(80, std::uint8_t{0xff})),
            ErrorCode::log_corrupt);
}

TEST(GroupStore, TrimsEntriesBelowTheBase) {
  Stored stored;
  stored.queue(stored.store().bootstrap(voters(3)));
  const auto configuration = std::make_shared<const Bytes>(encode(voters(4)));
  const std::vector<Entry> entries{
      no_op(1, 1), {2, 1, EntryKind::configuration, configuration}, no_op(3, 2), no_op(4, 2)};
  stored.write(1, second_term, entries);
  stored.apply(entries);
  RaftLog log({{0, 0}, voters(3)}, entries);
  EXPECT_FALSE(stored.store().trim(log).has_value());
  log.trim(3);
  stored.queue(stored.store().trim(log).value());
  EXPECT_FALSE(stored.store().trim(log).has_value());
  stored.sync_all();
  stored.restart();
  EXPECT_EQ(stored.recovered()->base, (Snapshot{{3, 2}, voters(4)}));
  EXPECT_EQ(stored.recovered()->entries, (std::vector<Entry>{no_op(4, 2)}));
  EXPECT_EQ(stored.recovered()->applied, 4U);
}

TEST(GroupStore, TrimsNothingForASnapshotThatIsNotWrittenYet) {
  Stored stored;
  stored.put(no_op(1, 1));
  RaftLog log({}, {no_op(1, 1)});
  log.restart_after({{9, 2}, voters(3)});
  EXPECT_FALSE(stored.store().trim(log).has_value());
}

TEST(GroupStore, KeepsOtherGroupsAndStreamsOfTheirOwn) {
  test::LogInMemory place;
  ReplicatedReader reader(GroupId{0}, place.log());
  GroupStore first(GroupId{0}, place.log(), reader);
  const auto commit = [&place](storage::Append append) {
    ASSERT_TRUE(test::commit(place.log(), place.engine, {std::move(append)}).ok());
  };
  commit(first.bootstrap(voters(1)));
  commit(test::append(1, 0, {"a record of the node itself"}));
  EXPECT_TRUE(recovered_of(GroupId{0}, place.log()).value().has_value());
  EXPECT_FALSE(recovered_of(GroupId{1}, place.log()).value().has_value());
  EXPECT_FALSE(recovered_of(GroupId{~0U}, place.log()).value().has_value());
}

// ---- what the disk may have lost or changed ----

ErrorCode recovery_of(std::vector<storage::Row> log_rows, std::vector<storage::Row> state = {}) {
  test::LogInMemory place;
  storage::Append log;
  log.stream = log_stream(group);
  log.rows = std::move(log_rows);
  storage::Append rows;
  rows.stream = rows_stream(group, 0);
  rows.rows = std::move(state);
  EXPECT_TRUE(test::commit(place.log(), place.engine, {log, rows}).ok());
  const auto recovered = recovered_of(group, place.log());
  return recovered ? ErrorCode::none : recovered.error().code;
}

TEST(GroupStore, RefusesALogThatCannotBe) {
  const storage::Row base{std::string(base_key), encode(LogBase{0, {{2, 1}, voters(3)}})};
  const storage::Row applied{std::string(applied_key), encode(Applied{2, 0, {}})};
  const storage::Row beyond{std::string(applied_key), encode(Applied{4, 0, {}})};
  const storage::Row third{entry_key(3), encode(no_op(3, 1))};
  const storage::Row fourth{entry_key(4), encode(no_op(4, 1))};
  EXPECT_EQ(recovery_of({base, third, fourth}, {applied}), ErrorCode::none);
  EXPECT_EQ(recovery_of({base, fourth}, {applied}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({base, third}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({base, third}, {beyond}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({base, {"x", Bytes()}}, {applied}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({{std::string(base_key), Bytes(3)}}, {applied}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({{std::string(hard_state_key), Bytes(3)}}), ErrorCode::log_corrupt);
  EXPECT_EQ(recovery_of({base}, {{std::string(applied_key), Bytes(3)}}), ErrorCode::log_corrupt);
}

// ---- crashes ----

/// A life of a replica; each step hands out one append or more.
using Steps = std::vector<std::function<void(StoredGroup<test::LogInRocks>&)>>;

const Steps& steps() {
  static const Steps steps{
      [](auto& s) { s.queue(s.store().bootstrap(voters(3))); },
      [](auto& s) {
        s.write(1, second_term, {no_op(1, 1), event_entry(2, 1, 0, {"a=1", "b=1"})});
      },
      [](auto& s) {
        s.apply({no_op(1, 1), event_entry(2, 1, 0, {"a=1", "b=1"})});
      },
      [](auto& s) {
        s.write(2, std::nullopt, {no_op(3, 1), no_op(4, 1), no_op(5, 1)});
      },
      [](auto& s) {
        s.write(3, HardState{3, {}}, {event_entry(3, 3, 1, {"a=2"}), no_op(4, 3)});
      },
      [](auto& s) { s.apply({event_entry(3, 3, 1, {"a=2"})}); },
      [](auto& s) { s.apply({no_op(4, 3)}); },
      [](auto& s) {
        RaftLog log({{0, 0}, voters(3)}, {no_op(1, 1), no_op(2, 1), no_op(3, 3), no_op(4, 3)});
        log.trim(3);
        s.queue(s.store().trim(log).value());
      },
      [](auto& s) {
        s.put(event_entry(5, 3, 2, {"b-", "c=1"}));
      },
  };
  return steps;
}

/// What a start must find after the first `durable` appends of all steps.
struct Found {
  HardState hard_state;
  Index base = 0;
  std::vector<Term> terms;
  Index applied = 0;
  std::string rows;
};

std::string text_of(const Found& found) {
  std::string text =
      std::to_string(found.hard_state.term) + " base " + std::to_string(found.base) + " terms";
  for (const auto term : found.terms) {
    text += " " + std::to_string(term);
  }
  return text + " applied " + std::to_string(found.applied) + " " + found.rows;
}

std::string found_in(const StoredGroup<test::LogInRocks>& stored) {
  if (!stored.recovered()) {
    return "nothing";
  }
  const auto& recovered = *stored.recovered();
  Found found{recovered.hard_state, recovered.base.id.index, {}, recovered.applied, {}};
  for (const auto& entry : recovered.entries) {
    found.terms.push_back(entry.term);
  }
  for (const auto& word : words(stored.reader())) {
    found.rows += word + " ";
  }
  return text_of(found);
}

TEST(GroupStore, FindsTheStateOfEveryMomentAtWhichItMayCrash) {
  const std::vector<std::string> expected{
      "nothing",
      "0 base 0 terms applied 0 ",
      "2 base 0 terms 1 1 applied 0 ",
      "2 base 0 terms 1 1 applied 2 a=1 b=1 ",
      "2 base 0 terms 1 1 1 1 1 applied 2 a=1 b=1 ",
      "3 base 0 terms 1 1 3 3 applied 2 a=1 b=1 ",
      "3 base 0 terms 1 1 3 3 applied 3 a=2 b=1 ",
      "3 base 0 terms 1 1 3 3 applied 4 a=2 b=1 ",
      "3 base 3 terms 3 applied 4 a=2 b=1 ",
      "3 base 3 terms 3 3 applied 4 a=2 b=1 ",
      "3 base 3 terms 3 3 applied 5 a=2 c=1 ",
  };
  for (std::size_t durable = 0; durable < expected.size(); ++durable) {
    StoredGroup<test::LogInRocks> stored;
    for (const auto& step : steps()) {
      step(stored);
    }
    ASSERT_EQ(stored.under_way(), expected.size() - 1);
    for (std::size_t i = 0; i < durable; ++i) {
      static_cast<void>(stored.sync());
    }
    stored.restart();
    EXPECT_EQ(found_in(stored), expected[durable]) << durable;
    if (durable > 2) {
      stored.expect_true_hash();
    }
  }
}

TEST(GroupStore, GoesOnAfterACrashAtAnyMoment) {
  for (std::size_t durable = 4; durable <= 10; ++durable) {
    StoredGroup<test::LogInRocks> stored;
    for (const auto& step : steps()) {
      step(stored);
    }
    for (std::size_t i = 0; i < durable; ++i) {
      static_cast<void>(stored.sync());
    }
    stored.restart();
    // The leader has the rest, and what it contradicts.
    const std::vector<Entry> log{event_entry(3, 3, 1, {"a=2"}), no_op(4, 3),
                                 event_entry(5, 3, 2, {"b-", "c=1"})};
    const auto applied = stored.store().applied().index;
    const auto first = std::max<Index>(applied, 2) - 2;
    stored.write(1, HardState{4, {}},
                 {log.begin() + static_cast<std::ptrdiff_t>(first), log.end()});
    if (first < log.size()) {
      stored.apply({log.begin() + static_cast<std::ptrdiff_t>(first), log.end()});
    }
    stored.sync_all();
    stored.expect_true_hash();
    EXPECT_EQ(words(stored.reader()), (std::vector<std::string>{"a=2", "c=1"})) << durable;
    EXPECT_EQ(stored.store().applied().sequence, 3U);
  }
}

}  // namespace
}  // namespace hearth::replication::testing
