#pragma once
// One child process: in a session of its own, killed by the kernel when its parent goes, its
// stderr and its ready line read through pipes.

#include "messages/base/result.hpp"
#include "nodes/support/unique_fd.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace hearth::cli::up {

class Child {
 public:
  /// Starts `program` with `arguments` and `--ready-fd N`, in the network namespace `netns` unless
  /// that is -1. Call it from the main thread alone: the
  /// kernel kills the child when the thread that forked it ends, not the process.
  /// Errors: `overloaded` (no processes or descriptors left).
  [[nodiscard]] static Result<Child> start(const std::string& program,
                                           const std::vector<std::string>& arguments,
                                           int netns = -1);

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// To be polled for reading; -1 once it was closed.
  [[nodiscard]] int log_fd() const { return log_.get(); }
  [[nodiscard]] int ready_fd() const { return ready_.get(); }

  /// Complete lines that came since the last call, without their ends; does not block. Lines
  /// longer than 64 KiB are cut. Closes the pipe at its end.
  [[nodiscard]] std::vector<std::string> read_log() { return read_lines(log_, log_rest_); }
  [[nodiscard]] std::vector<std::string> read_ready() { return read_lines(ready_, ready_rest_); }

  /// To the whole group, so that what it started goes with it.
  void signal(int number) const;

 private:
  Child(pid_t pid, UniqueFd log, UniqueFd ready);
  static std::vector<std::string> read_lines(UniqueFd& fd, std::string& rest);

  pid_t pid_ = -1;
  UniqueFd log_;
  UniqueFd ready_;
  std::string log_rest_;
  std::string ready_rest_;
};

}  // namespace hearth::cli::up
