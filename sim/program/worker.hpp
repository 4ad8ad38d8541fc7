#pragma once
// One run in a process of its own. Two reasons: libsodium's random source is the process's, and
// what trips an assertion ends its own run only. A fresh process also has another memory layout,
// so that comparing two workers finds what depends on addresses.

#include "messages/base/result.hpp"
#include "sim/drill/outcome.hpp"
#include "sim/drill/profile.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace hearth::sim {

struct WorkOrder {
  drill::Drill drill;
  drill::Profile profile;
  std::uint64_t seed = 1;
  /// Also give the transcript of this event and of those up to the next mark of the trace.
  std::optional<std::uint64_t> lines_from = {};
};

struct WorkResult {
  drill::RunOutcome outcome;  ///< `crashed`, if the process ended before its run.
  std::vector<std::uint64_t> trace_marks;
  std::vector<std::string> lines;
};

/// The child's part: reads the order's texts from stdin, plays, answers on stdout. Returns the exit
/// code of the process.
[[nodiscard]] int work(std::uint64_t seed, std::optional<std::uint64_t> lines_from);

/// The parent's part. Killed with its parent, and when it is destroyed.
class Worker final {
 public:
  /// Errors: `overloaded`: no process or descriptor is left.
  [[nodiscard]] static Result<Worker> start(const WorkOrder& order);
  Worker(Worker&& other) noexcept;
  Worker& operator=(Worker&& other) noexcept;
  ~Worker();

  /// What to poll for reading; -1 for what has ended.
  [[nodiscard]] int answer_fd() const { return answer_.fd; }
  [[nodiscard]] int complaint_fd() const { return complaint_.fd; }
  /// Takes what is there. True: the process has said all.
  bool read();
  /// Waits for its end. Call once, after `read` was true.
  [[nodiscard]] WorkResult finish();

 private:
  struct Stream {
    int fd = -1;
    std::string text;
  };
  Worker() = default;
  static void take(Stream& stream, std::size_t bytes_max);
  [[nodiscard]] WorkResult crashed(const std::string& how) const;

  pid_t pid_ = -1;
  std::uint64_t seed_ = 0;
  Stream answer_;
  Stream complaint_;  ///< Its stderr: an assertion says there what broke.
};

}  // namespace hearth::sim
