#pragma once

#include "messages/base/types.hpp"

#include <functional>
#include <memory>
#include <thread>

namespace boost::asio {
class io_context;
}

namespace hearth::http {

/// One thread that waits for sockets and timers. What is posted runs on it, in order.
class EventLoop final {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  /// Stops. What was posted and did not run yet is dropped.
  ~EventLoop();

  void start();
  /// Waits for the thread to end. Not from the loop's own thread.
  void stop();

  /// From any thread.
  void post(std::function<void()> task);

  /// Runs `task` after `delay` unless the handle is dropped before. On the loop's thread.
  [[nodiscard]] std::shared_ptr<void> after(Millis delay, std::function<void()> task);

  /// The steady clock.
  [[nodiscard]] static Instant now();

  [[nodiscard]] boost::asio::io_context& context() { return *context_; }

 private:
  struct Keep;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<Keep> keep_;
  std::thread thread_;
};

}  // namespace hearth::http
