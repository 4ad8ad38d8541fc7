#pragma once
// The store of one group with a log of its own, and a log-writer that makes one append durable when
// the test says so.

#include "actors/replication/group_events.hpp"
#include "actors/replication/group_store.hpp"
#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::replication::testing {

inline constexpr GroupId group{7};
inline constexpr storage::StreamId accounts{1};

/// Machine rows, for an append to the stream `accounts`: "key=value", or "key-" where it goes.
[[nodiscard]] inline std::vector<storage::Row> machine_rows(const std::vector<std::string>& words) {
  std::vector<storage::Row> rows;
  for (const auto& word : words) {
    const auto end = word.find_first_of("=-");
    rows.push_back({word.substr(0, end), std::nullopt});
    if (word[end] == '=') {
      rows.back().value = test::bytes(word.substr(end + 1));
    }
  }
  return rows;
}

/// One event that changes `rows`, after `sequence` events of the group.
[[nodiscard]] inline Payload event(storage::Sequence sequence, std::vector<storage::Row> rows) {
  storage::Append append;
  append.stream = accounts;
  append.records = {test::bytes("event")};
  append.rows = std::move(rows);
  const auto payload = encode_events(sequence, {&append, 1});
  EXPECT_TRUE(payload.ok());
  return payload.value();
}

[[nodiscard]] inline Entry event_entry(Index index, Term term, storage::Sequence sequence,
                                       const std::vector<std::string>& rows) {
  return {index, term, EntryKind::events, event(sequence, machine_rows(rows))};
}

/// All rows of the group that a log has, but for a mark of staging.
[[nodiscard]] inline std::map<std::string, Bytes> state_rows(const storage::LogReader& log,
                                                             Generation generation) {
  std::map<std::string, Bytes> rows;
  const auto visit = [&rows](std::string_view key, BytesView value) -> Result<void> {
    if (key != mark_key) {
      rows.emplace(key, Bytes(value.begin(), value.end()));
    }
    return {};
  };
  EXPECT_TRUE(log.rows(rows_stream(group, generation), {}, visit).ok());
  return rows;
}

/// The hash of a state, from all its rows anew.
[[nodiscard]] inline RowHash hash_of(const std::map<std::string, Bytes>& rows) {
  RowHash hash;
  for (const auto& [key, value] : rows) {
    if (key != applied_key) {
      hash += hash_of_row(key, value);
    }
  }
  return hash;
}

/// What a store of `group` finds in `log`.
[[nodiscard]] inline Result<std::optional<Recovered>> recovered_of(GroupId of,
                                                                   const storage::EventLog& log) {
  ReplicatedReader reader(of, log);
  return GroupStore(of, log, reader).recover();
}

template <class Place>
class StoredGroup {
 public:
  StoredGroup() { start(); }

  [[nodiscard]] GroupStore& store() { return *store_; }
  [[nodiscard]] const storage::LogReader& reader() const { return *reader_; }
  [[nodiscard]] storage::EventLog& log() { return place_.log(); }
  /// What the last start found.
  [[nodiscard]] const std::optional<Recovered>& recovered() const { return recovered_; }
  [[nodiscard]] std::size_t under_way() const { return queue_.size(); }

  void queue(storage::Append append) { queue_.push_back(std::move(append)); }
  void perform(const Effects& effects) {
    auto appends = store_->perform(effects);
    ASSERT_TRUE(appends.ok()) << appends.error().detail;
    for (auto& append : appends.value()) {
      queue(std::move(append));
    }
  }
  void write(WriteNumber number, std::optional<HardState> hard_state, std::vector<Entry> entries) {
    Effects effects;
    effects.write = Write{number, hard_state, std::nullopt, std::move(entries)};
    perform(effects);
  }
  void apply(std::vector<Entry> entries) {
    Effects effects;
    effects.committed = std::move(entries);
    perform(effects);
  }
  /// Writes an entry and applies it.
  void put(const Entry& entry) {
    write(0, std::nullopt, {entry});
    apply({entry});
  }

  /// The oldest append becomes durable.
  GroupStore::Settled sync() {
    const auto committed = test::commit(log(), place_.engine, {std::move(queue_.front())});
    EXPECT_TRUE(committed.ok()) << committed.error().detail;
    queue_.pop_front();
    return store_->durable();
  }
  void sync_all() {
    while (!queue_.empty()) {
      static_cast<void>(sync());
    }
  }
  /// Appends that are not durable are gone, and the node starts again.
  void restart() {
    store_.reset();
    reader_.reset();
    queue_.clear();
    place_.reopen();
    start();
  }

  [[nodiscard]] std::string row(std::string_view key) const {
    const auto row = reader().row(accounts, key);
    EXPECT_TRUE(row.ok());
    return row.value() ? test::text(*row.value()) : "none";
  }
  /// That the hash of what is applied is the one of the rows that there are.
  void expect_true_hash() {
    const auto& applied = store_->applied();
    const auto rows = state_rows(log(), generation());
    const auto stored = rows.find(std::string(applied_key));
    ASSERT_NE(stored, rows.end());
    EXPECT_EQ(decode_applied(stored->second).value(), applied);
    EXPECT_EQ(hash_of(rows), applied.hash);
  }
  /// Of the rows that count, as the log has it.
  [[nodiscard]] Generation generation() {
    const auto base = log().row(log_stream(group), base_key);
    EXPECT_TRUE(base.ok());
    return base.value() ? decode_base(*base.value()).value().generation : 0;
  }

 private:
  void start() {
    reader_ = std::make_unique<ReplicatedReader>(group, place_.log());
    store_ = std::make_unique<GroupStore>(group, place_.log(), *reader_);
    auto recovered = store_->recover();
    ASSERT_TRUE(recovered.ok()) << recovered.error().detail;
    recovered_ = std::move(recovered.value());
  }

  Place place_;
  std::unique_ptr<ReplicatedReader> reader_;
  std::unique_ptr<GroupStore> store_;
  std::optional<Recovered> recovered_;
  std::deque<storage::Append> queue_;
};

}  // namespace hearth::replication::testing
