#pragma once
// The promises of EventLog, checked on every implementation. Each instantiates the suite with a
// place that has `log()`, `reopen()`, which is a restart of its node, and an `engine`.

#include "storage/event_log.hpp"
#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace hearth::storage {

using test::append;
using test::bytes;
using test::code_of;
using test::Records;
using test::replayed;

template <class Place>
class EventLogContract : public ::testing::Test {
 protected:
  EventLog& log() { return place_.log(); }
  test::SteppedEngine& engine() { return place_.engine; }
  void reopen() { place_.reopen(); }

  Result<void> commit(std::vector<Append> appends) {
    return test::commit(log(), engine(), std::move(appends));
  }
  Sequence last(std::uint64_t stream) { return log().last_sequence(StreamId{stream}).value(); }

  std::vector<std::string> rows(std::uint64_t stream, std::string_view prefix = {}) {
    std::vector<std::string> found;
    const auto visit = [&found](std::string_view key, BytesView value) -> Result<void> {
      found.push_back(std::string(key) + "=" + test::text(value));
      return {};
    };
    EXPECT_TRUE(log().rows(StreamId{stream}, prefix, visit).ok());
    return found;
  }

  /// Rows of a piece, and behind a bar where the next one begins.
  static std::string words(const Result<RowPiece>& piece) {
    std::string words;
    for (const auto& row : piece.value().rows) {
      words += (words.empty() ? "" : " ") + row.key + "=" + test::text(*row.value);
    }
    return piece.value().next.empty() ? words : words + " | " + piece.value().next;
  }

 private:
  Place place_;
};

TYPED_TEST_SUITE_P(EventLogContract);

TYPED_TEST_P(EventLogContract, BeginsEmpty) {
  EXPECT_EQ(this->log().last_batch(), 0U);
  EXPECT_EQ(this->last(1), 0U);
  EXPECT_TRUE(replayed(this->log(), 1).empty());
  EXPECT_FALSE(this->log().snapshot(StreamId{1}).value().has_value());
}

TYPED_TEST_P(EventLogContract, ReplaysWhatWasAppendedInOrder) {
  ASSERT_TRUE(this->commit({append(9, 0, {"a", ""})}).ok());
  ASSERT_TRUE(this->commit({append(9, 2, {"c"})}).ok());

  EXPECT_EQ(replayed(this->log(), 9), (Records{{1, "a"}, {2, ""}, {3, "c"}}));
  EXPECT_EQ(replayed(this->log(), 9, 2), (Records{{3, "c"}}));
  EXPECT_TRUE(replayed(this->log(), 9, 3).empty());
  EXPECT_EQ(this->last(9), 3U);
}

TYPED_TEST_P(EventLogContract, ReplaysAppendsOfAnySizeFromAnyRecord) {
  const std::string large(40'000, 'x');
  ASSERT_TRUE(
      this->commit({append(1, 0, {"a"}), append(1, 1, {"b", large, large, large, "c"})}).ok());
  ASSERT_TRUE(this->commit({append(1, 6, {"d", "e"})}).ok());
  const Records all{{1, "a"},   {2, "b"}, {3, large}, {4, large},
                    {5, large}, {6, "c"}, {7, "d"},   {8, "e"}};
  for (std::size_t after = 0; after <= all.size(); ++after) {
    const Records rest(all.begin() + static_cast<std::ptrdiff_t>(after), all.end());
    EXPECT_EQ(replayed(this->log(), 1, after), rest) << after;
  }
}

TYPED_TEST_P(EventLogContract, KeepsStreamsApart) {
  ASSERT_TRUE(this->commit({append(1, 0, {"a"}), append(2, 0, {"b"}), append(1, 1, {"c"})}).ok());

  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "a"}, {2, "c"}}));
  EXPECT_EQ(replayed(this->log(), 2), (Records{{1, "b"}}));
}

TYPED_TEST_P(EventLogContract, RefusesAWriterThatLostTheRace) {
  ASSERT_TRUE(this->commit({append(9, 0, {"a"})}).ok());

  EXPECT_EQ(code_of(this->commit({append(9, 0, {"b"})})), ErrorCode::sequence_moved);
  EXPECT_EQ(code_of(this->commit({append(9, 2, {"b"})})), ErrorCode::sequence_moved);
  EXPECT_EQ(replayed(this->log(), 9), (Records{{1, "a"}}));
}

TYPED_TEST_P(EventLogContract, WritesAllOfABatchOrNothing) {
  EXPECT_EQ(code_of(this->commit({append(1, 0, {"a"}), append(2, 7, {"b"})})),
            ErrorCode::sequence_moved);
  EXPECT_EQ(this->last(1), 0U);
  EXPECT_EQ(this->log().last_batch(), 0U);

  EXPECT_TRUE(this->commit({append(1, 0, {"a"})}).ok());
  EXPECT_EQ(this->log().last_batch(), 1U);
}

TYPED_TEST_P(EventLogContract, RefusesABatchWithAnotherNumberThanTheNext) {
  Result<void> outcome;
  this->log().commit({2, {append(1, 0, {"a"})}}, [&](Result<void> result) { outcome = result; });
  this->engine().commit();
  EXPECT_EQ(code_of(outcome), ErrorCode::sequence_moved);
}

TYPED_TEST_P(EventLogContract, TellsNothingBeforeTheCommitIsDone) {
  bool done = false;
  this->log().commit({1, {append(1, 0, {"a"})}}, [&](const Result<void>&) { done = true; });
  EXPECT_FALSE(done);
  EXPECT_EQ(this->last(1), 0U);

  this->engine().commit();
  EXPECT_TRUE(done);
  EXPECT_EQ(this->last(1), 1U);
}

TYPED_TEST_P(EventLogContract, CommitsByAWriteAndALaterSync) {
  Result<void> outcome = Error{};
  this->log().commit({1, {append(1, 0, {"a"})}}, [&](Result<void> result) { outcome = result; });
  ASSERT_TRUE(this->engine().write().ok());
  this->engine().sync();

  EXPECT_TRUE(outcome.ok());
  this->reopen();
  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "a"}}));
  EXPECT_EQ(this->log().last_batch(), 1U);
}

TYPED_TEST_P(EventLogContract, KeepsEverythingOverARestart) {
  auto full = append(3, 0, {"a", "b"});
  full.rows = {{"key", bytes("value")}};
  full.snapshot = bytes("state");
  ASSERT_TRUE(this->commit({full, append(4, 0, {"c"})}).ok());
  this->reopen();

  EXPECT_EQ(this->log().last_batch(), 1U);
  EXPECT_EQ(replayed(this->log(), 3), (Records{{1, "a"}, {2, "b"}}));
  EXPECT_EQ(this->rows(3), std::vector<std::string>{"key=value"});
  EXPECT_EQ(this->log().snapshot(StreamId{3}).value()->state, bytes("state"));
  EXPECT_TRUE(this->commit({append(4, 1, {"d"})}).ok());
  EXPECT_EQ(this->log().last_batch(), 2U);
}

TYPED_TEST_P(EventLogContract, ListsStreamsThatHaveRecordsInOrder) {
  auto rows_only = append(5, 0, {});
  rows_only.rows = {{"key", bytes("value")}};
  ASSERT_TRUE(this->commit({append(300, 0, {"a"}), append(2, 0, {"b"}), rows_only}).ok());
  ASSERT_TRUE(this->commit({append(~std::uint64_t{0}, 0, {"c"}), append(0, 0, {"d"})}).ok());

  std::vector<std::uint64_t> found;
  ASSERT_TRUE(this->log()
                  .streams([&](StreamId id) { found.push_back(static_cast<std::uint64_t>(id)); })
                  .ok());
  EXPECT_EQ(found, (std::vector<std::uint64_t>{0, 2, 300, ~std::uint64_t{0}}));
}

TYPED_TEST_P(EventLogContract, PassesOnWhatAVisitorReturns) {
  ASSERT_TRUE(this->commit({append(1, 0, {"a", "b"})}).ok());
  int visits = 0;
  const auto outcome = this->log().replay(StreamId{1}, 0, [&](Sequence, BytesView) -> Result<void> {
    ++visits;
    return Error{ErrorCode::stopping, {}};
  });
  EXPECT_EQ(code_of(outcome), ErrorCode::stopping);
  EXPECT_EQ(visits, 1);
}

TYPED_TEST_P(EventLogContract, ShowsTheNewestSnapshotAndItsSequence) {
  auto first = append(1, 0, {"a"});
  first.snapshot = bytes("old");
  auto second = append(1, 1, {"b", "c"});
  second.snapshot = bytes("new");
  ASSERT_TRUE(this->commit({first}).ok());
  ASSERT_TRUE(this->commit({second, append(1, 3, {"d"})}).ok());

  const auto snapshot = this->log().snapshot(StreamId{1}).value();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->sequence, 3U);
  EXPECT_EQ(snapshot->state, bytes("new"));
}

TYPED_TEST_P(EventLogContract, ReplacesASnapshotThatStandsAtTheSameSequence) {
  auto first = append(1, 0, {"a"});
  first.snapshot = bytes("old");
  auto second = append(1, 1, {});
  second.snapshot = bytes("new");
  ASSERT_TRUE(this->commit({first}).ok());
  ASSERT_TRUE(this->commit({second}).ok());
  EXPECT_EQ(this->log().snapshot(StreamId{1}).value()->state, bytes("new"));
}

TYPED_TEST_P(EventLogContract, TrimsRecordsBelowASnapshot) {
  auto snapshot = append(1, 0, {"a", "b", "c"});
  snapshot.snapshot = bytes("state");
  ASSERT_TRUE(this->commit({snapshot, append(2, 0, {"other"})}).ok());
  auto trim = append(1, 3, {"d"});
  trim.trim_below = 3;
  ASSERT_TRUE(this->commit({trim}).ok());
  this->reopen();

  EXPECT_EQ(replayed(this->log(), 1, 2), (Records{{3, "c"}, {4, "d"}}));
  EXPECT_EQ(replayed(this->log(), 2), (Records{{1, "other"}}));
  const auto too_early =
      this->log().replay(StreamId{1}, 1, [](Sequence, BytesView) { return Result<void>(); });
  EXPECT_EQ(code_of(too_early), ErrorCode::log_corrupt);
}

TYPED_TEST_P(EventLogContract, NeverTrimsWhatNoSnapshotStandsFor) {
  auto greedy = append(1, 0, {"a", "b"});
  greedy.trim_below = 3;
  ASSERT_TRUE(this->commit({greedy}).ok());
  EXPECT_EQ(replayed(this->log(), 1).size(), 2U);

  auto snapshot = append(1, 2, {"c"});
  snapshot.snapshot = bytes("state");
  ASSERT_TRUE(this->commit({snapshot}).ok());
  auto greedier = append(1, 3, {"d"});
  greedier.trim_below = 100;
  ASSERT_TRUE(this->commit({greedier}).ok());
  EXPECT_EQ(replayed(this->log(), 1, 3), (Records{{4, "d"}}));
  EXPECT_EQ(this->last(1), 4U);
}

TYPED_TEST_P(EventLogContract, TrimsInTheBatchOfTheSnapshot) {
  ASSERT_TRUE(this->commit({append(1, 0, {"a", "b"})}).ok());
  auto all = append(1, 2, {"c"});
  all.snapshot = bytes("state");
  all.trim_below = 4;
  ASSERT_TRUE(this->commit({all}).ok());
  this->reopen();

  EXPECT_TRUE(replayed(this->log(), 1, 3).empty());
  EXPECT_EQ(this->log().snapshot(StreamId{1}).value()->sequence, 3U);
  EXPECT_TRUE(this->commit({append(1, 3, {"d"})}).ok());
  EXPECT_EQ(replayed(this->log(), 1, 3), (Records{{4, "d"}}));
}

TYPED_TEST_P(EventLogContract, TrimsOnAfterATrimThatEndedWithinAnAppend) {
  auto first = append(1, 0, {"a", "b", "c", "d"});
  first.snapshot = bytes("old");
  first.trim_below = 3;
  ASSERT_TRUE(this->commit({first}).ok());
  this->reopen();
  EXPECT_EQ(replayed(this->log(), 1, 2), (Records{{3, "c"}, {4, "d"}}));

  auto second = append(1, 4, {"e", "f", "g"});
  second.snapshot = bytes("new");
  second.trim_below = 6;
  ASSERT_TRUE(this->commit({second}).ok());
  this->reopen();
  EXPECT_EQ(replayed(this->log(), 1, 5), (Records{{6, "f"}, {7, "g"}}));
  for (const Sequence after : {2, 3, 4}) {
    EXPECT_EQ(code_of(this->log().replay(StreamId{1}, after,
                                         [](Sequence, BytesView) { return Result<void>(); })),
              ErrorCode::log_corrupt);
  }
  EXPECT_TRUE(this->commit({append(1, 7, {"h"})}).ok());
  EXPECT_EQ(replayed(this->log(), 1, 7), (Records{{8, "h"}}));
}

TYPED_TEST_P(EventLogContract, PutsAndDeletesRows) {
  auto put = append(1, 0, {"a"});
  put.rows = {{"b", bytes("2")}, {"a", bytes("1")}, {"c", bytes("3")}};
  ASSERT_TRUE(this->commit({put}).ok());
  auto change = append(1, 1, {"b"});
  change.rows = {{"a", bytes("9")}, {"b", std::nullopt}, {"never", std::nullopt}};
  ASSERT_TRUE(this->commit({change}).ok());

  EXPECT_EQ(this->rows(1), (std::vector<std::string>{"a=9", "c=3"}));
  EXPECT_EQ(this->log().row(StreamId{1}, "a").value(), bytes("9"));
  EXPECT_EQ(this->log().row(StreamId{1}, "b").value(), std::nullopt);
}

TYPED_TEST_P(EventLogContract, FindsRowsByPrefixInOrder) {
  auto put = append(1, 0, {"a"});
  put.rows = {{"ab", bytes("")}, {"b", bytes("")}, {"a", bytes("")}, {"a\xff", bytes("")}};
  auto other = append(2, 0, {"b"});
  other.rows = {{"aa", bytes("")}};
  ASSERT_TRUE(this->commit({put, other}).ok());

  EXPECT_EQ(this->rows(1, "a"), (std::vector<std::string>{"a=", "ab=", "a\xff="}));
  EXPECT_EQ(this->rows(2), (std::vector<std::string>{"aa="}));
  EXPECT_TRUE(this->rows(1, "c").empty());
}

TYPED_TEST_P(EventLogContract, LetsAVisitorReadOn) {
  auto put = append(1, 0, {"a"});
  put.rows = {{"key", bytes("value")}};
  ASSERT_TRUE(this->commit({put}).ok());
  std::size_t seen = 0;
  ASSERT_TRUE(this->log().streams([&](StreamId) { seen = replayed(this->log(), 1).size(); }).ok());
  EXPECT_EQ(seen, 1U);
}

TYPED_TEST_P(EventLogContract, ClearsAllThatAStreamHad) {
  auto full = append(1, 0, {"a", "b"});
  full.rows = {{"key", bytes("value")}};
  full.snapshot = bytes("state");
  full.trim_below = 2;
  auto other = append(2, 0, {"c"});
  other.rows = {{"key", bytes("other")}};
  ASSERT_TRUE(this->commit({full, other}).ok());
  auto clear = append(1, 2, {});
  clear.clear = true;
  ASSERT_TRUE(this->commit({clear}).ok());

  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(this->last(1), 0U);
    EXPECT_TRUE(replayed(this->log(), 1).empty());
    EXPECT_TRUE(this->rows(1).empty());
    EXPECT_FALSE(this->log().snapshot(StreamId{1}).value().has_value());
    EXPECT_EQ(replayed(this->log(), 2), (Records{{1, "c"}}));
    EXPECT_EQ(this->rows(2), std::vector<std::string>{"key=other"});
    this->reopen();
  }
  EXPECT_TRUE(this->commit({append(1, 0, {"d"})}).ok());
  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "d"}}));
}

TYPED_TEST_P(EventLogContract, BeginsAStreamAnewInTheAppendThatClearsIt) {
  auto old = append(1, 0, {"a", "b"});
  old.rows = {{"gone", bytes("1")}, {"kept", bytes("1")}};
  ASSERT_TRUE(this->commit({old}).ok());
  auto anew = append(1, 2, {"c"});
  anew.rows = {{"kept", bytes("2")}};
  anew.snapshot = bytes("state");
  anew.clear = true;
  EXPECT_EQ(anew.last(), 1U);
  ASSERT_TRUE(this->commit({anew, append(1, 1, {"d"})}).ok());
  this->reopen();

  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "c"}, {2, "d"}}));
  EXPECT_EQ(this->rows(1), std::vector<std::string>{"kept=2"});
  EXPECT_EQ(this->log().snapshot(StreamId{1}).value()->sequence, 1U);
}

TYPED_TEST_P(EventLogContract, ClearsWhatTheSameBatchWrote) {
  auto first = append(1, 0, {"a"});
  first.rows = {{"key", bytes("1")}};
  auto clear = append(1, 1, {});
  clear.clear = true;
  ASSERT_TRUE(this->commit({first, clear}).ok());
  EXPECT_EQ(this->last(1), 0U);
  EXPECT_TRUE(this->rows(1).empty());

  auto again = append(1, 0, {"b"});
  again.rows = {{"key", bytes("2")}};
  clear.expected = 0;
  ASSERT_TRUE(this->commit({clear, again}).ok());
  this->reopen();
  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "b"}}));
  EXPECT_EQ(this->rows(1), std::vector<std::string>{"key=2"});
}

TYPED_TEST_P(EventLogContract, ClearsNothingForAWriterThatLostTheRace) {
  ASSERT_TRUE(this->commit({append(1, 0, {"a"})}).ok());
  auto clear = append(1, 0, {});
  clear.clear = true;
  EXPECT_EQ(code_of(this->commit({clear})), ErrorCode::sequence_moved);
  EXPECT_EQ(replayed(this->log(), 1), (Records{{1, "a"}}));
}

TYPED_TEST_P(EventLogContract, ShowsFrozenRowsAsTheyWere) {
  auto put = append(1, 0, {"a"});
  put.rows = {{"a", bytes("1")}, {"b", bytes("2")}};
  auto other = append(2, 0, {"a"});
  other.rows = {{"a", bytes("9")}};
  ASSERT_TRUE(this->commit({put, other}).ok());
  const auto frozen = this->log().freeze(StreamId{1});
  auto clear = append(1, 1, {});
  clear.clear = true;
  clear.rows = {{"b", bytes("3")}, {"c", bytes("4")}};
  ASSERT_TRUE(this->commit({clear}).ok());

  EXPECT_EQ(this->words(frozen->read({}, 100)), "a=1 b=2");
  EXPECT_EQ(this->words(frozen->read("b", 100)), "b=2");
  EXPECT_EQ(this->words(frozen->read("bb", 100)), "");
  EXPECT_EQ(this->words(this->log().freeze(StreamId{1})->read({}, 100)), "b=3 c=4");
  EXPECT_EQ(this->words(this->log().freeze(StreamId{3})->read({}, 100)), "");
}

TYPED_TEST_P(EventLogContract, ReadsFrozenRowsInPieces) {
  auto put = append(1, 0, {"a"});
  put.rows = {{"a", bytes("12345")}, {"b", bytes("1")}, {"c", bytes("1")}, {"d", bytes("")}};
  ASSERT_TRUE(this->commit({put}).ok());
  const auto frozen = this->log().freeze(StreamId{1});

  EXPECT_EQ(this->words(frozen->read({}, 0)), "a=12345 | b");
  EXPECT_EQ(this->words(frozen->read("b", 3)), "b=1 | c");
  EXPECT_EQ(this->words(frozen->read("b", 4)), "b=1 c=1 | d");
  EXPECT_EQ(this->words(frozen->read("b", 5)), "b=1 c=1 d=");
}

REGISTER_TYPED_TEST_SUITE_P(EventLogContract, BeginsEmpty, ReplaysWhatWasAppendedInOrder,
                            ReplaysAppendsOfAnySizeFromAnyRecord, KeepsStreamsApart,
                            RefusesAWriterThatLostTheRace, WritesAllOfABatchOrNothing,
                            RefusesABatchWithAnotherNumberThanTheNext,
                            TellsNothingBeforeTheCommitIsDone, CommitsByAWriteAndALaterSync,
                            KeepsEverythingOverARestart, ListsStreamsThatHaveRecordsInOrder,
                            PassesOnWhatAVisitorReturns, ShowsTheNewestSnapshotAndItsSequence,
                            ReplacesASnapshotThatStandsAtTheSameSequence,
                            TrimsRecordsBelowASnapshot, NeverTrimsWhatNoSnapshotStandsFor,
                            TrimsInTheBatchOfTheSnapshot, TrimsOnAfterATrimThatEndedWithinAnAppend,
                            PutsAndDeletesRows, FindsRowsByPrefixInOrder, LetsAVisitorReadOn,
                            ClearsAllThatAStreamHad, BeginsAStreamAnewInTheAppendThatClearsIt,
                            ClearsWhatTheSameBatchWrote, ClearsNothingForAWriterThatLostTheRace,
                            ShowsFrozenRowsAsTheyWere, ReadsFrozenRowsInPieces);

}  // namespace hearth::storage
