#include "tests/actors/replication/stored_replica.hpp"

#include "actors/replication/group_events.hpp"
#include "messages/base/check.hpp"
#include "tests/support/log_helpers.hpp"

#include <string>
#include <utility>

namespace hearth::replication::testing {

namespace {

constexpr GroupId group{7};
constexpr storage::StreamId table{1};
constexpr std::size_t large_rows = 30;
constexpr std::size_t large_bytes = 40'000;

template <class T>
T expect(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().detail;
  HEARTH_CHECK(result.ok());
  return std::move(result.value());
}

storage::Append decide(std::uint64_t number) {
  storage::Append append;
  append.stream = table;
  append.records = {test::bytes("command")};
  append.rows = {{"command " + std::to_string(number), test::bytes("done")},
                 {"large " + std::to_string(number % large_rows),
                  Bytes(large_bytes, static_cast<std::uint8_t>(number))}};
  return append;
}

}  // namespace

void StoredReplica::start(const std::optional<Configuration>& first, Instant now) {
  reader_ = std::make_unique<ReplicatedReader>(group, place_.log());
  store_ = std::make_unique<GroupStore>(group, place_.log(), *reader_);
  auto recovered = expect(store_->recover());
  if (!recovered && first) {
    enqueue({store_->bootstrap(*first)});
    recovered = Recovered{{}, {{}, *first}, {}, 0, {}};
  }
  machine_.emplace(self_, recovered.value_or(Recovered()), RaftOptions(), random_, now);
}

void StoredReplica::crash() {
  machine_.reset();
  source_.reset();
  store_.reset();
  reader_.reset();
  queue_.clear();
  decided_.reset();
  proposed_.clear();
  place_.engine.drop();
  place_.reopen();
}

void StoredReplica::enqueue(GroupStore::Appends appends) {
  for (auto& append : appends) {
    queue_.push_back(std::move(append));
  }
}

void StoredReplica::turn(Instant now, std::map<NodeId, std::vector<ReplicationFrame>>& frames) {
  machine_->take(effects_, now);
  ASSERT_FALSE(effects_.stop.has_value()) << effects_.stop->detail;
  if (effects_.leadership) {
    decided_.reset();
    proposed_.clear();
  }
  generation_ += effects_.write && effects_.write->snapshot ? 1 : 0;
  enqueue(expect(store_->perform(effects_)));
  std::map<NodeId, std::vector<GroupMessage>> messages;
  for (auto& message : effects_.messages) {
    Bytes bytes;
    if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
      ASSERT_TRUE(source_ && source_->index() == chunk->snapshot.id.index);
      bytes = expect(source_->chunk(chunk->position));
    }
    messages[message.to].push_back(
        {group, message.term, std::move(message.body), std::move(bytes)});
  }
  for (auto& [to, all] : messages) {
    for (auto& frame : frames_of(std::move(all))) {
      frames[to].push_back(std::move(frame));
    }
  }
  tend_snapshot(effects_);
}

void StoredReplica::tend_snapshot(const Effects& effects) {
  if (effects.open_snapshot) {
    source_.emplace(expect(store_->open_snapshot()));
    told_of_source_ = false;
  }
  if (source_ && told_of_source_ && !machine_->sends_snapshot()) {
    source_.reset();
  }
  if (source_ && !told_of_source_) {
    if (const auto chunks = expect(source_->measure(1))) {
      machine_->snapshot_opened(source_->index(), *chunks);
      told_of_source_ = true;
    }
  }
}

void StoredReplica::receive(const NodeId& from, ReplicationFrame frame, Instant now) {
  for (auto& message : frame.messages) {
    ASSERT_EQ(message.group, group);
    if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
      ASSERT_TRUE(store_->hold_chunk(from, *chunk, message.chunk).ok());
    }
    const auto received =
        machine_->receive({from, self_, message.term, std::move(message.body)}, now);
    ASSERT_TRUE(received.ok()) << received.error().detail;
  }
}

void StoredReplica::sync(Instant now) {
  if (queue_.empty()) {
    return;
  }
  const auto committed = test::commit(log(), place_.engine, {std::move(queue_.front())});
  ASSERT_TRUE(committed.ok()) << committed.error().detail;
  queue_.pop_front();
  const auto settled = store_->durable();
  if (settled.persisted) {
    machine_->persisted(*settled.persisted, now);
  }
  if (settled.applied) {
    machine_->applied(*settled.applied);
    for (auto done = proposed_.begin(); done != proposed_.end() && done->first <= *settled.applied;
         done = proposed_.erase(done)) {
      answered_.insert(done->second);
    }
  }
}

bool StoredReplica::propose(std::uint64_t number) {
  if (!machine_->decides()) {
    return false;
  }
  const auto append = decide(number);
  const auto before = decided_.value_or(store_->applied().sequence);
  const std::vector<Payload> payloads{expect(encode_events(before, {&append, 1}))};
  if (machine_->propose(payloads) != Refusal::none) {
    return false;
  }
  decided_ = before + 1;
  proposed_[machine_->log().last_index()] = number;
  return true;
}

void StoredReplica::trim(Index index) {
  machine_->trim(index);
  if (auto append = store_->trim(machine_->log())) {
    enqueue({std::move(*append)});
  }
}

}  // namespace hearth::replication::testing
