#pragma once

#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace hearth::sim {

/// SIGINT and SIGTERM as something to poll, as long as it lives. Make it before other threads,
/// which inherit what is blocked.
class StopSignals final {
 public:
  StopSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
    fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    signalfd_siginfo info{};
    while (::read(fd_, &info, sizeof info) > 0) {  // Else it would strike once unblocked.
    }
    ::close(fd_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  [[nodiscard]] int fd() const { return fd_; }
  /// One of them came.
  [[nodiscard]] bool came() const {
    pollfd fd{fd_, POLLIN, 0};
    return ::poll(&fd, 1, 0) > 0;
  }

 private:
  sigset_t before_{};
  int fd_ = -1;
};

}  // namespace hearth::sim
