#include "nodes/support/stop_signals.hpp"

#include <csignal>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

sigset_t stop_set() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const auto set = stop_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // A peer that goes away is an error of that write, not our end.
}

Result<void> StopSignals::wait() {
  const auto set = stop_set();
  int signal = 0;
  ::sigwait(&set, &signal);
  const std::lock_guard lock(mutex_);
  return error_ ? Result<void>(*error_) : Result<void>();
}

void StopSignals::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!error_) {
      error_ = std::move(error);
    }
  }
  ::kill(::getpid(), SIGTERM);
}

}  // namespace hearth
