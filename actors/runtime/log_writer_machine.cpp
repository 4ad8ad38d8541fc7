#include "actors/runtime/log_writer_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <string>
#include <utility>

namespace hearth {

namespace {

/// Keys, numbers and checksums that the log adds to a record or row; also what an empty append
/// costs, so that nothing waits uncounted.
constexpr std::size_t overhead_bytes = 32;

std::size_t size_of(const storage::Append& append) {
  auto bytes = overhead_bytes + (append.snapshot ? append.snapshot->size() : 0);
  for (const auto& record : append.records) {
    bytes += record.size() + overhead_bytes;
  }
  for (const auto& row : append.rows) {
    bytes += row.key.size() + (row.value ? row.value->size() : 0) + overhead_bytes;
  }
  return bytes;
}

}  // namespace

LogWriterMachine::Step LogWriterMachine::append(storage::Append append, Instant now) {
  const auto last = append.last();
  const auto promised = promised_.find(append.stream);
  if (promised != promised_.end() && promised->second != append.expected) {
    auto why = "the writer stands at " + std::to_string(append.expected) +
               ", its stream is on the way to " + std::to_string(promised->second);
    HEARTH_PROBE(true, "log: an append does not follow its stream");
    return {Error{ErrorCode::sequence_moved, std::move(why)}, {}, {}, {}};
  }
  promised_[append.stream] = last;
  waiting_.push_back({append.stream, last, size_of(append), now});
  bytes_ += waiting_.back().bytes;
  gathering_.push_back(std::move(append));
  return {{}, {}, next_batch(), {}};
}

LogWriterMachine::Step LogWriterMachine::committed(const Result<void>& outcome) {
  HEARTH_CHECK(at_disk_ > 0);
  if (!outcome && !HEARTH_MUTANT("acknowledge-a-failed-batch")) {
    HEARTH_PROBE(true, "log: a commit fails");
    stopped_ = true;
    return {{}, {}, {}, outcome.error()};
  }
  Step step;
  ++last_batch_;
  if (HEARTH_MUTANT("acknowledge-the-next-batch")) {
    at_disk_ = waiting_.size();
  }
  step.durable.reserve(at_disk_);
  for (; at_disk_ > 0; --at_disk_) {
    step.durable.push_back(settle_oldest());
  }
  step.commit = next_batch();
  return step;
}

std::optional<storage::Batch> LogWriterMachine::next_batch() {
  if (stopped_ || at_disk_ > 0 || gathering_.empty()) {
    return std::nullopt;
  }
  at_disk_ = gathering_.size();
  HEARTH_PROBE(at_disk_ > 1, "log: several appends share a sync");
  return storage::Batch{last_batch_ + 1, std::exchange(gathering_, {})};
}

LogWriterMachine::Settled LogWriterMachine::settle_oldest() {
  const auto oldest = waiting_.front();
  waiting_.pop_front();
  bytes_ -= oldest.bytes;
  // An append without records, or one that clears, may end where others do: it may be gone already.
  const auto promised = promised_.find(oldest.stream);
  if (promised != promised_.end() && promised->second == oldest.last) {
    promised_.erase(promised);
  }
  return {oldest.stream, oldest.last};
}

}  // namespace hearth
