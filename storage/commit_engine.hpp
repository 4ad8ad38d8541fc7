#pragma once

#include "messages/base/result.hpp"

#include <functional>

namespace hearth::storage {

/// The steps by which a log makes one batch durable; they may block. An engine runs either
/// `write_and_sync`, or `write` and later `sync`, in that order, and reports the first error.
struct CommitSteps {
  std::function<Result<void>()> write_and_sync;
  std::function<Result<void>()> write;
  std::function<Result<void>()> sync;
  /// Syncs the `acked` mark of the batch, within 5 ms of its end and beside later batches; the mark
  /// of a later batch stands for all before. The log keeps an error and reports it by the next
  /// batch.
  std::function<Result<void>()> mark;
};

/// When and where blocking work of a log is done: a thread in a node, virtual time in the
/// simulator. One commit is under way at a time.
class CommitEngine {
 public:
  using Done = std::function<void(Result<void>)>;

  CommitEngine() = default;
  CommitEngine(const CommitEngine&) = delete;
  CommitEngine& operator=(const CommitEngine&) = delete;
  virtual ~CommitEngine() = default;

  /// Calls `done` once, later, from any thread; never from inside this call.
  virtual void run(CommitSteps steps, Done done) = 0;
};

}  // namespace hearth::storage
