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

std::optional<Result<void>> StopSignals::wait(Millis patience) {
  const auto set = stop_set();
  const timespec wait{patience.count() / 1000, (patience.count() % 1000) * 1'000'000};
  if (::sigtimedwait(&set, nullptr, &wait) < 0) {
    return std::nullopt;
  }
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
