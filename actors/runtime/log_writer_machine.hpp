#pragma once
// Group commit: while one numbered batch over all streams is at the disk, the next one gathers.
// Pure. Never refuses for load: what has been decided is written. It tells how much waits and since
// when, and the `LogDoor` turns new requests away before they are decided.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace hearth {

class LogWriterMachine {
 public:
  /// One append, durable up to and including `last`.
  struct Settled {
    storage::StreamId stream{};
    storage::Sequence last = 0;
    friend bool operator==(const Settled&, const Settled&) = default;
  };

  /// What a step wants done, in this order.
  struct Step {
    std::optional<Error> refused;          ///< The append of this step was not taken.
    std::vector<Settled> durable;          ///< The oldest appends that were taken, in their order.
    std::optional<storage::Batch> commit;  ///< For `EventLog::commit`; ends in `committed`.
    std::optional<Error> stop;             ///< The log takes no more.
  };

  /// `last` is the number of the last durable batch.
  explicit LogWriterMachine(storage::BatchNumber last) : last_batch_(last) {}

  /// Refuses with `sequence_moved` what does not follow the appends of its stream that are under
  /// way: the invariant of one writer is broken, and the others must not pay for it. A stream of
  /// which nothing is under way is checked by the log itself, see `committed`.
  [[nodiscard]] Step append(storage::Append append, Instant now);

  /// The batch at the disk is done. Every error stops the writer: after `disk_full` and
  /// `disk_failed` the log takes no more, and after `sequence_moved` a writer has decided on a
  /// state that the log does not have. Nothing was written then, so all recover by a new start.
  [[nodiscard]] Step committed(const Result<void>& outcome);

  /// Bytes that wait for the disk or are on their way.
  [[nodiscard]] std::size_t uncommitted_bytes() const { return bytes_; }

  /// When the oldest append that is not durable came. Precondition: `uncommitted_bytes()` > 0.
  [[nodiscard]] Instant oldest() const { return waiting_.front().since; }

 private:
  struct Waiting {
    storage::StreamId stream{};
    storage::Sequence last = 0;
    std::size_t bytes = 0;
    Instant since;
  };

  std::optional<storage::Batch> next_batch();
  Settled settle_oldest();

  storage::BatchNumber last_batch_;
  std::vector<storage::Append> gathering_;
  std::deque<Waiting> waiting_;  // first those at the disk, then those of gathering_
  std::unordered_map<storage::StreamId, storage::Sequence> promised_;  // of streams in waiting_
  std::size_t bytes_ = 0;
  std::size_t at_disk_ = 0;  // appends of waiting_ that are; 0: the disk is idle
  bool stopped_ = false;
};

}  // namespace hearth
