// A group's state on its way from one store to another.

#include "actors/replication/group_store.hpp"
#include "actors/replication/snapshot_chunk.hpp"
#include "messages/base/limits.hpp"
#include "tests/actors/replication/replica.hpp"
#include "tests/actors/replication/stored_group.hpp"
#include "tests/support/log_places.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearth::replication::testing {
namespace {

using Stored = StoredGroup<test::LogInMemory>;
using StoredOnDisk = StoredGroup<test::LogInRocks>;

/// What a leader sends of one state.
struct Sent {
  Snapshot snapshot;
  std::vector<Bytes> chunks;
};

Sent sent_by(Stored& sender, Term term) {
  auto source = sender.store().open_snapshot();
  EXPECT_TRUE(source.ok());
  Sent sent{{{source.value().index(), term}, voters(3)}, {}};
  std::optional<std::uint32_t> chunks;
  while (!chunks) {
    chunks = source.value().measure(1).value();
  }
  for (std::uint32_t position = 0; position < *chunks; ++position) {
    sent.chunks.push_back(source.value().chunk(position).value());
  }
  return sent;
}

/// A state of more than one chunk: many rows, one of them as large as a chunk alone.
void fill(Stored& stored) {
  for (Index index = 1; index <= 8; ++index) {
    std::vector<storage::Row> rows;
    for (int i = 0; i < 50; ++i) {
      rows.push_back({"row " + std::to_string(index) + "." + std::to_string(i), Bytes(3000, 1)});
    }
    stored.put({index, 1, EntryKind::events, event(index - 1, rows)});
  }
  stored.put({9, 1, EntryKind::events, event(8, {{"large", Bytes(800'000, 2)}})});
  stored.sync_all();
}

Effects staging(const Sent& sent, std::uint32_t position) {
  Effects effects;
  effects.stage = {
      {node(1), sent.snapshot.id, static_cast<std::uint32_t>(sent.chunks.size()), position}};
  return effects;
}

template <class Place>
Result<void> hold(StoredGroup<Place>& receiver, const Sent& sent, std::uint32_t position) {
  return receiver.store().hold_chunk(
      node(1), {sent.snapshot, position, static_cast<std::uint32_t>(sent.chunks.size())},
      sent.chunks[position]);
}

template <class Place>
void stage(StoredGroup<Place>& receiver, const Sent& sent, std::uint32_t position) {
  ASSERT_TRUE(hold(receiver, sent, position).ok());
  receiver.perform(staging(sent, position));
}

Effects switching(const Sent& sent, WriteNumber number) {
  Effects effects;
  effects.write = Write{number, HardState{5, node(2)}, sent.snapshot, {}};
  return effects;
}

template <class Place>
void install(StoredGroup<Place>& receiver, const Sent& sent) {
  for (std::uint32_t position = 0; position < sent.chunks.size(); ++position) {
    stage(receiver, sent, position);
  }
  receiver.perform(switching(sent, 1));
}

template <class Place>
void expect_same_state(Stored& one, StoredGroup<Place>& other) {
  EXPECT_EQ(one.store().applied(), other.store().applied());
  EXPECT_EQ(state_rows(one.log(), one.generation()), state_rows(other.log(), other.generation()));
  one.expect_true_hash();
  other.expect_true_hash();
}

TEST(GroupSnapshot, BringsAllRowsAndTheHash) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 1);
  EXPECT_EQ(sent.snapshot.id.index, 9U);
  EXPECT_GE(sent.chunks.size(), 4U);
  for (const auto& chunk : sent.chunks) {
    EXPECT_LE(chunk.size(), limits::snapshot_chunk_bytes_max);
  }
  Stored receiver;
  install(receiver, sent);
  receiver.sync_all();
  expect_same_state(sender, receiver);
  EXPECT_EQ(receiver.reader().last_sequence(accounts).value(), 9U);
  EXPECT_EQ(receiver.reader().row(accounts, "large").value(), Bytes(800'000, 2));
}

TEST(GroupSnapshot, IsTheStateOfTheMomentWhenItWasOpened) {
  Stored sender;
  sender.put(event_entry(1, 1, 0, {"a=1"}));
  sender.sync_all();
  auto source = std::move(sender.store().open_snapshot().value());
  sender.put(event_entry(2, 1, 1, {"a=2"}));
  sender.sync_all();
  EXPECT_EQ(source.index(), 1U);
  ASSERT_EQ(source.measure(10).value(), 1U);
  const auto rows = decode_chunk(source.chunk(0).value()).value();
  EXPECT_EQ(rows.back().value, test::bytes("1"));
}

TEST(GroupSnapshot, ShowsOnlyWhatIsDurable) {
  Stored sender;
  EXPECT_EQ(sender.store().open_snapshot().value().index(), 0U);
  sender.put(event_entry(1, 1, 0, {"a=1"}));
  EXPECT_EQ(sender.store().open_snapshot().value().index(), 0U);
  sender.sync_all();
  EXPECT_EQ(sender.store().open_snapshot().value().index(), 1U);
}

TEST(GroupSnapshot, MeasuresInSteps) {
  Stored sender;
  fill(sender);
  auto source = std::move(sender.store().open_snapshot().value());
  EXPECT_EQ(source.measure(1).value(), std::nullopt);
  EXPECT_EQ(source.measure(1).value(), std::nullopt);
  const auto chunks = source.measure(100).value();
  ASSERT_TRUE(chunks.has_value());
  EXPECT_EQ(source.measure(1).value(), chunks);
}

TEST(GroupSnapshot, TellsWhenItIsInPlace) {
  Stored sender;
  sender.put(event_entry(1, 1, 0, {"a=1"}));
  sender.sync_all();
  const auto sent = sent_by(sender, 1);
  Stored receiver;
  stage(receiver, sent, 0);
  auto effects = switching(sent, 4);
  effects.committed = {event_entry(2, 1, 1, {"a=2"})};
  effects.write->entries = effects.committed;
  receiver.perform(effects);
  const auto staged = receiver.sync();
  EXPECT_EQ(staged.persisted, std::nullopt);
  EXPECT_EQ(staged.applied, std::nullopt);
  EXPECT_EQ(receiver.row("a"), "none");
  const auto switched = receiver.sync();
  EXPECT_EQ(switched.persisted, 4U);
  EXPECT_EQ(switched.applied, 1U);
  EXPECT_EQ(receiver.row("a"), "1");
  EXPECT_EQ(receiver.sync().applied, 2U);
  EXPECT_EQ(receiver.row("a"), "2");
  receiver.expect_true_hash();
}

TEST(GroupSnapshot, ReplacesStateAndLogAtOnce) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 4);
  StoredOnDisk receiver;
  receiver.queue(receiver.store().bootstrap(voters(2)));
  for (Index index = 1; index <= 3; ++index) {
    receiver.put(event_entry(index, 1, index - 1, {"old=1", "large=old"}));
  }
  receiver.sync_all();
  install(receiver, sent);
  // Everything but the switch: the old state counts.
  while (receiver.under_way() > 1) {
    static_cast<void>(receiver.sync());
  }
  EXPECT_EQ(receiver.row("old"), "1");
  static_cast<void>(receiver.sync());
  EXPECT_EQ(receiver.row("old"), "none");
  EXPECT_FALSE(state_rows(receiver.log(), 0).empty());
  // The next turn clears what nobody reads any more.
  receiver.perform({});
  receiver.sync_all();
  EXPECT_TRUE(state_rows(receiver.log(), 0).empty());

  receiver.restart();
  EXPECT_EQ(receiver.recovered()->base, sent.snapshot);
  EXPECT_EQ(receiver.recovered()->hard_state, (HardState{5, node(2)}));
  EXPECT_TRUE(receiver.recovered()->entries.empty());
  EXPECT_EQ(receiver.recovered()->applied, 9U);
  EXPECT_EQ(receiver.recovered()->staged, Staged());
  expect_same_state(sender, receiver);
}

TEST(GroupSnapshot, KeepsTheHardStateWhereASwitchBringsNone) {
  Stored sender;
  sender.put(event_entry(1, 1, 0, {"a=1"}));
  sender.sync_all();
  const auto sent = sent_by(sender, 1);
  Stored receiver;
  receiver.write(1, HardState{3, node(3)}, {});
  stage(receiver, sent, 0);
  Effects effects;
  effects.write = Write{2, std::nullopt, sent.snapshot, {}};
  receiver.perform(effects);
  receiver.sync_all();
  receiver.restart();
  EXPECT_EQ(receiver.recovered()->hard_state, (HardState{3, node(3)}));
}

TEST(GroupSnapshot, GoesOnWithAnyRowAfterItIsInPlace) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 1);
  Stored receiver;
  install(receiver, sent);
  // Before a single chunk is durable.
  for (auto* stored : {&sender, &receiver}) {
    stored->apply({event_entry(10, 1, 9, {"large=small", "row 1.1-", "new=1"})});
  }
  receiver.sync_all();
  sender.sync_all();
  expect_same_state(sender, receiver);
  EXPECT_EQ(receiver.reader().last_sequence(accounts).value(), 10U);
}

TEST(GroupSnapshot, IsResumedAfterACrashAtAnyMoment) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 1);
  const auto count = static_cast<std::uint32_t>(sent.chunks.size());
  for (std::uint32_t durable = 0; durable <= count; ++durable) {
    StoredOnDisk receiver;
    receiver.write(1, HardState{1, {}}, {});
    static_cast<void>(receiver.sync());
    install(receiver, sent);
    for (std::uint32_t i = 0; i < durable; ++i) {
      static_cast<void>(receiver.sync());
    }
    receiver.restart();
    const Staged expected{node(1), sent.snapshot.id, count, durable};
    EXPECT_EQ(receiver.recovered()->staged, durable == 0 ? Staged() : expected);
    EXPECT_EQ(receiver.recovered()->applied, 0U);
    for (auto position = durable; position < count; ++position) {
      stage(receiver, sent, position);
    }
    receiver.perform(switching(sent, 1));
    receiver.sync_all();
    expect_same_state(sender, receiver);
  }
}

TEST(GroupSnapshot, LeavesNothingOfTheStateBeforeAfterACrash) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 1);
  StoredOnDisk receiver;
  receiver.put(event_entry(1, 1, 0, {"old=1"}));
  receiver.sync_all();
  install(receiver, sent);
  receiver.sync_all();
  receiver.restart();  // Before anybody has cleared the generation of before.
  EXPECT_FALSE(state_rows(receiver.log(), 0).empty());
  receiver.perform({});
  receiver.sync_all();
  EXPECT_TRUE(state_rows(receiver.log(), 0).empty());
  receiver.restart();
  receiver.perform({});
  EXPECT_EQ(receiver.under_way(), 0U);
}

TEST(GroupSnapshot, FollowsAnotherOne) {
  Stored sender;
  Stored receiver;
  for (Index index = 1; index <= 3; ++index) {
    sender.put(event_entry(index, 1, index - 1, {"a=" + std::to_string(index)}));
    sender.sync_all();
    install(receiver, sent_by(sender, 1));
    receiver.sync_all();
    expect_same_state(sender, receiver);
    EXPECT_EQ(receiver.generation(), index);
  }
  receiver.perform({});
  receiver.sync_all();
  EXPECT_TRUE(state_rows(receiver.log(), 1).empty());
  EXPECT_TRUE(state_rows(receiver.log(), 2).empty());
}

TEST(GroupSnapshot, BeginsAnewWithTheFirstChunkOfAnother) {
  Stored sender;
  fill(sender);
  const auto abandoned = sent_by(sender, 1);
  sender.put(event_entry(10, 1, 9, {"row 1.0-", "large-"}));
  sender.sync_all();
  const auto sent = sent_by(sender, 1);
  Stored receiver;
  stage(receiver, abandoned, 0);
  stage(receiver, abandoned, 1);
  receiver.sync_all();
  install(receiver, sent);
  receiver.sync_all();
  expect_same_state(sender, receiver);
}

// ---- broken peers ----

TEST(GroupSnapshot, RefusesBytesThatAreNoRows) {
  Stored receiver;
  const SnapshotChunk chunk{{{1, 1}, voters(3)}, 0, 1};
  const auto held = receiver.store().hold_chunk(node(1), chunk, test::bytes("no rows"));
  EXPECT_EQ(test::code_of(held), ErrorCode::message_malformed);
}

TEST(GroupSnapshot, ForgetsAChunkThatTheMachineDoesNotKeep) {
  Stored sender;
  sender.put(event_entry(1, 1, 0, {"a=1"}));
  sender.sync_all();
  const auto sent = sent_by(sender, 1);
  Stored receiver;
  ASSERT_TRUE(hold(receiver, sent, 0).ok());
  receiver.perform({});
  EXPECT_EQ(receiver.under_way(), 0U);
  receiver.restart();
  EXPECT_FALSE(receiver.recovered().has_value());
}

ErrorCode outcome_of(Sent sent) {
  Stored receiver;
  for (std::uint32_t position = 0; position < sent.chunks.size(); ++position) {
    EXPECT_TRUE(hold(receiver, sent, position).ok());
    const auto appends = receiver.store().perform(staging(sent, position));
    if (!appends) {
      return appends.error().code;
    }
  }
  return ErrorCode::none;
}

TEST(GroupSnapshot, RefusesAStateThatIsNotWhatItsHashSays) {
  Stored sender;
  fill(sender);
  const auto sent = sent_by(sender, 1);
  EXPECT_EQ(outcome_of(sent), ErrorCode::none);

  auto changed = sent;
  changed.chunks[1].back() ^= 1U;
  EXPECT_EQ(outcome_of(changed), ErrorCode::log_corrupt);

  auto left_out = sent;
  left_out.chunks[1].clear();
  EXPECT_EQ(outcome_of(left_out), ErrorCode::log_corrupt);

  auto twice = sent;
  twice.chunks[2] = twice.chunks[1];
  EXPECT_EQ(outcome_of(twice), ErrorCode::log_corrupt);

  auto of_another_index = sent;
  ++of_another_index.snapshot.id.index;
  EXPECT_EQ(outcome_of(of_another_index), ErrorCode::log_corrupt);

  auto without_state = sent;
  without_state.chunks.erase(without_state.chunks.begin());
  EXPECT_EQ(outcome_of(without_state), ErrorCode::log_corrupt);
}

}  // namespace
}  // namespace hearth::replication::testing
