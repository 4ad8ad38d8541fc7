#include "actors/replication/group_replica.hpp"

#include "actors/replication/group_events.hpp"
#include "messages/base/check.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication {

namespace {

/// Ends of chunks that one turn looks for: about 16 MiB of rows.
constexpr std::size_t measured_per_turn = 32;

/// Of what a machine decided in one turn, in one entry.
constexpr std::size_t gathered_bytes_max = std::size_t{256} << 10U;

std::size_t bytes_of(const storage::Append& append) {
  std::size_t bytes = 0;
  for (const auto& record : append.records) {
    bytes += record.size();
  }
  for (const auto& row : append.rows) {
    bytes += row.key.size() + (row.value ? row.value->size() : 0);
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<GroupReplica>> GroupReplica::open(GroupId group, const NodeId& self,
                                                         const std::optional<Configuration>& first,
                                                         const storage::EventLog& log,
                                                         ReplicatedReader& reader,
                                                         const GroupOptions& options,
                                                         RandomPort random, Instant now) {
  auto store = std::make_unique<GroupStore>(group, log, reader);
  auto found = store->recover();
  if (!found) {
    return found.error();
  }
  const bool founds = !found.value() && first;
  auto recovered = found.value() ? std::move(*found.value()) : Recovered{};
  std::optional<storage::Append> bootstrap;
  if (founds) {
    recovered.base.configuration = *first;
    bootstrap = store->bootstrap(*first);
  }
  RaftMachine raft(self, std::move(recovered), options.raft, std::move(random), now);
  std::unique_ptr<GroupReplica> replica(
      new GroupReplica(group, self, reader, std::move(store), std::move(raft), options));
  replica->bootstrap_ = std::move(bootstrap);
  return replica;
}

GroupReplica::GroupReplica(GroupId group, const NodeId& self, const ReplicatedReader& reader,
                           std::unique_ptr<GroupStore> store, RaftMachine raft,
                           const GroupOptions& options)
    : group_(group),
      self_(self),
      reader_(reader),
      store_(std::move(store)),
      raft_(std::move(raft)),
      options_(options) {}

Result<void> GroupReplica::receive(const NodeId& from, GroupMessage message, Instant now) {
  if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
    if (auto held = store_->hold_chunk(from, *chunk, message.chunk); !held) {
      return held;
    }
  }
  return raft_.receive(Message{from, self_, message.term, std::move(message.body)}, now);
}

// ---- members ----

namespace {

Error error_of(Refusal refusal, const Configuration& current, const Configuration& next) {
  switch (refusal) {
    case Refusal::not_leader:
      return {ErrorCode::not_leader, "this directory does not lead: ask the one that does"};
    case Refusal::transfer_under_way:
      return {ErrorCode::change_under_way, "leadership is being handed over: try again"};
    case Refusal::learner_behind:
      return {ErrorCode::learner_behind, "the new voter has not caught up yet: try again"};
    case Refusal::majority_silent:
      return {ErrorCode::no_quorum, "of the voters that there would be too few answer"};
    case Refusal::change_invalid: return {ErrorCode::value_invalid, objection_to(current, next)};
    default: break;
  }
  return {ErrorCode::change_under_way, "another change is not committed yet: try again"};
}

}  // namespace

Result<MembersProposed> GroupReplica::change(const ChangeMembers& change, Instant now) {
  const auto& log = raft_.log();
  if (raft_.role() == RaftRole::leader && change.members_index != log.configuration_index()) {
    return Error{ErrorCode::sequence_moved,
                 "the members have changed since index " + std::to_string(change.members_index)};
  }
  const auto refusal = raft_.change(change.members, now);
  if (refusal != Refusal::none) {
    return error_of(refusal, log.configuration(), change.members);
  }
  return MembersProposed{log.configuration_index()};
}

// ---- the machine ----

void GroupReplica::begin_reign(std::uint64_t reign) {
  if (reign != told_.reign) {
    return;  // over already
  }
  begun_reign_ = reign;
  sequence_ = store_->applied().sequence;
  sequences_.clear();
}

Result<void> GroupReplica::append(storage::Append append) {
  if (begun_reign_ != told_.reign) {
    HEARTH_PROBE(true, "replication: an append of an earlier reign");
    return {};
  }
  auto known = sequences_.find(append.stream);
  if (known == sequences_.end()) {
    auto last = reader_.last_sequence(append.stream);
    if (!last) {
      return last.error();
    }
    known = sequences_.emplace(append.stream, last.value()).first;
  }
  if (append.expected != known->second) {
    return Error{ErrorCode::sequence_moved, "an append does not follow what was decided"};
  }
  known->second = append.last();
  const auto bytes = bytes_of(append);
  const bool is_full =
      gathered_.size() == GroupEvents::streams_max || gathered_bytes_ + bytes > gathered_bytes_max;
  if (is_full) {
    if (auto proposed = propose(); !proposed) {
      return proposed;
    }
  }
  gathered_bytes_ += bytes;
  gathered_.push_back(std::move(append));
  return {};
}

/// What a machine decided within a turn becomes one entry: one row of the log, one comparison.
Result<void> GroupReplica::propose() {
  if (gathered_.empty()) {
    return {};
  }
  const auto payload = encode_events(sequence_, gathered_);
  if (!payload) {
    return payload.error();
  }
  for (const auto& append : gathered_) {
    sequence_ += append.records.size();
  }
  // The machine hears of it: leadership is lost, perhaps won again, or being handed over.
  const bool is_same_reign = !is_refused_ && raft_.decides() && raft_.term() == told_term_;
  if (is_same_reign && raft_.propose(std::span(&payload.value(), 1)) == Refusal::none) {
    proposed_.push_back({raft_.log().last_index(), gathered_.size()});
  } else {
    HEARTH_PROBE(true, "replication: a proposal is refused");
    is_refused_ = true;
  }
  gathered_.clear();
  gathered_bytes_ = 0;
  return {};
}

void GroupReplica::confirm() {
  if (begun_reign_ == told_.reign) {
    ++reads_asked_;
    wants_read_ = true;
  }
}

void GroupReplica::durable(Instant now) {
  const auto settled = store_->durable();
  if (settled.persisted) {
    raft_.persisted(*settled.persisted, now);
  }
  if (settled.applied) {
    applied_ = *settled.applied;
    raft_.applied(*settled.applied);
  }
}

// ---- turns ----

Instant GroupReplica::wake_at() const {
  return source_ && !is_measured_ ? Instant{} : raft_.wake_at();
}

GroupTurn GroupReplica::take(Instant now) {
  GroupTurn turn;
  const auto fail = [&turn](const Error& error) {
    turn = {};
    turn.stop = error;
    return std::move(turn);
  };
  if (bootstrap_) {
    turn.appends.push_back(std::move(*bootstrap_));
    bootstrap_.reset();
  }
  if (auto proposed = propose(); !proposed) {
    return fail(proposed.error());
  }
  if (std::exchange(wants_read_, false)) {
    static_cast<void>(raft_.read(reads_asked_));  // refused: leadership is lost
  }
  raft_.take(effects_, now);
  if (effects_.stop) {
    return fail(*effects_.stop);
  }
  tell_leadership(turn);
  auto appends = store_->perform(effects_);
  if (!appends) {
    return fail(appends.error());
  }
  std::move(appends.value().begin(), appends.value().end(), std::back_inserter(turn.appends));
  if (auto sent = send(turn); !sent) {
    return fail(sent.error());
  }
  tell_committed(turn);
  tell_confirmed(turn);
  if (auto opened = open_snapshot(); !opened) {
    return fail(opened.error());
  }
  trim(turn);
  return turn;
}

/// What one who is no member any longer knew of leaders may be long over.
bool GroupReplica::seeks_leader() const {
  return raft_.leader().is_zero() || raft_.log().configuration().find(self_) == nullptr;
}

void GroupReplica::tell_leadership(GroupTurn& turn) {
  if (raft_.term() != told_term_) {
    resumes_at_ = 0;  // what a new term decides on is applied
  } else if (told_.decides && (is_refused_ || !raft_.decides())) {
    resumes_at_ = raft_.log().last_index();  // a transfer of leadership that may come to nothing
  }
  const bool decides = raft_.decides() && applied_ >= resumes_at_;
  if (!seeks_leader()) {
    heard_leader_ = {};
  }
  const auto known = seeks_leader() ? heard_leader_ : raft_.leader();
  // A leader that may not decide yet is of no use to anybody.
  const auto leader = known == self_ && !decides ? NodeId{} : known;
  const bool is_same_reign = !is_refused_ && (!decides || raft_.term() == told_term_);
  if (decides == told_.decides && leader == told_.leader && is_same_reign) {
    return;
  }
  is_refused_ = false;
  told_term_ = raft_.term();
  told_ = {told_.reign + 1, decides, leader};
  proposed_.clear();
  reads_confirmed_ = reads_asked_;
  turn.leadership = told_;
}

void GroupReplica::tell_committed(GroupTurn& turn) {
  for (const auto& entry : effects_.committed) {
    if (!proposed_.empty() && entry.index == proposed_.front().index) {
      turn.committed += proposed_.front().appends;
      proposed_.pop_front();
    }
  }
}

void GroupReplica::tell_confirmed(GroupTurn& turn) {
  for (const auto& ready : effects_.reads) {
    if (ready.token > reads_confirmed_) {
      turn.confirmed += ready.token - reads_confirmed_;
      reads_confirmed_ = ready.token;
    }
  }
}

Result<void> GroupReplica::send(GroupTurn& turn) {
  for (auto& message : effects_.messages) {
    GroupMessage out{group_, message.term, std::move(message.body), {}};
    if (const auto* chunk = std::get_if<SnapshotChunk>(&out.body)) {
      auto bytes = source_->chunk(chunk->position);
      if (!bytes) {
        return bytes.error();
      }
      out.chunk = std::move(bytes.value());
    }
    turn.frames[message.to].push_back(std::move(out));
  }
  return {};
}

/// A large state is measured over many turns; nobody waits meanwhile.
Result<void> GroupReplica::open_snapshot() {
  if (effects_.open_snapshot) {
    auto source = store_->open_snapshot();
    if (!source) {
      return source.error();
    }
    source_ = std::move(source.value());
    is_measured_ = false;
  } else if (source_ && is_measured_ && !raft_.sends_snapshot()) {
    source_.reset();
  }
  if (source_ && !is_measured_) {
    const auto chunks = source_->measure(measured_per_turn);
    if (!chunks) {
      return chunks.error();
    }
    if (chunks.value()) {
      is_measured_ = true;
      raft_.snapshot_opened(source_->index(), *chunks.value());
    }
  }
  return {};
}

void GroupReplica::trim(GroupTurn& turn) {
  const auto& log = raft_.log();
  const auto applied = store_->applied().index;
  const auto base = log.base().index;
  if (applied < base + 2 * options_.entries_kept && log.bytes() < 2 * options_.bytes_kept) {
    return;
  }
  auto last = std::max(applied, options_.entries_kept + base) - options_.entries_kept;
  auto bytes = log.bytes();
  for (auto index = base + 1; index <= applied && bytes > options_.bytes_kept; ++index) {
    bytes -= log.at(index).bytes();
    last = std::max(last, index);
  }
  raft_.trim(last);
  if (auto append = store_->trim(raft_.log())) {
    HEARTH_PROBE(true, "replication: the log is trimmed");
    turn.appends.push_back(std::move(*append));
  }
}

}  // namespace hearth::replication
