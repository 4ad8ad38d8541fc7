#pragma once
// A child process that opens untrusted media: it gets a descriptor and an extension over a socket
// pair and says what it found. It has bounded CPU, memory and time, may write nothing, and is
// killed and started again when it crashes or hangs; nothing that it says is believed unchecked.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "nodes/home/probe_answer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace hearth::home {

/// The program `hearth-prober` that stands beside the running one.
[[nodiscard]] std::string prober_program();

struct ProbeOptions {
  /// Program and arguments of the child, whose standard input is the socket; it must call
  /// `run_probe_worker(0)`.
  std::vector<std::string> command{prober_program()};
  Millis timeout{20'000};  ///< For one file.
};

enum class ProbeTask : std::uint8_t { describe = 1, art = 2 };

/// One child. Used by one thread. The child is started by the first `send` and after every death.
class ProbeWorker final {
 public:
  explicit ProbeWorker(ProbeOptions options);
  ~ProbeWorker();  ///< Kills the child.
  ProbeWorker(const ProbeWorker&) = delete;
  ProbeWorker& operator=(const ProbeWorker&) = delete;

  /// Hands over a task; `file` stays the caller's. `extension`: lower case, without the dot.
  /// Errors: `overloaded` (no child could be started, or it does not take more).
  Result<void> send(ProbeTask task, int file, std::string_view extension);

  /// To poll for reading while tasks are out; -1 without a child.
  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// The answer to the oldest task that is out, if it is complete; does not block.
  /// Errors: `unreachable` when the child died of a task, `stopping` when it ended between two,
  /// `message_malformed` when it talks nonsense: the child is then gone, and every task that was
  /// out with it.
  Result<std::optional<Bytes>> receive();

  /// Sends and waits for the answer, at most `timeout`. Errors: as above, and `timed_out`.
  Result<Bytes> ask(ProbeTask task, int file, std::string_view extension);

  /// Ends the child, and every task that is out with it. True if it had ended well by itself.
  bool kill();

 private:
  Result<void> start();
  Result<bool> receive_more();

  ProbeOptions options_;
  int socket_ = -1;
  pid_t pid_ = -1;
  Bytes received_;
  std::deque<ProbeTask> out_;  ///< Oldest first.
};

}  // namespace hearth::home
