#pragma once
// A probe worker with the tasks that are out with it: a few at once, so that it need not wait for
// the scanner between two files.

#include "actors/home/home_ports.hpp"
#include "messages/base/types.hpp"
#include "nodes/home/folder_walk.hpp"
#include "nodes/home/probe_worker.hpp"
#include "nodes/support/unique_fd.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace hearth::home {

class ProbeLane final {
 public:
  struct Task {
    FoundFile file;
    FileSeen seen;  ///< Of the open file.
    ItemId id;
    UniqueFd fd;
  };
  struct Outcome {
    std::vector<std::pair<Task, ProbeAnswer>> answered;
    std::optional<Task> culprit;  ///< The worker died of it, or was killed because of it.
    std::vector<Task> again;      ///< Were out with that worker, and to blame for nothing.
  };
  static constexpr std::size_t depth = 4;

  explicit ProbeLane(const ProbeOptions& options)
      : timeout_(options.timeout), worker_(std::make_unique<ProbeWorker>(options)) {}

  [[nodiscard]] bool has_room() const { return out_.size() < depth; }
  [[nodiscard]] bool is_idle() const { return out_.empty(); }
  [[nodiscard]] int socket() const { return out_.empty() ? -1 : worker_->socket(); }
  [[nodiscard]] int pid() const { return worker_->pid(); }
  /// When the oldest task is overdue.
  [[nodiscard]] std::optional<Instant> deadline() const;

  /// False, and the task stays the caller's: no worker takes it.
  bool send(Task& task, Instant now);
  [[nodiscard]] Outcome collect(Instant now);
  void end();

 private:
  void blame_oldest(Outcome& outcome, bool blame);

  Millis timeout_;
  std::unique_ptr<ProbeWorker> worker_;
  std::deque<Task> out_;
  Instant oldest_since_{};
};

}  // namespace hearth::home
