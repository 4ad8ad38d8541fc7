#pragma once

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <mutex>
#include <optional>

namespace hearth {

/// SIGTERM and SIGINT as something to wait for, and the node's own way to say that it cannot go
/// on. Make it in `main` before any thread, because threads inherit what is blocked.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Returns at a signal, or with the error of `fail`; with nothing when `patience` is over. One
  /// thread.
  [[nodiscard]] std::optional<Result<void>> wait(Millis patience);

  /// Ends `wait`. Any thread; the first error stays.
  void fail(Error error);

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace hearth
