#include "nodes/http/event_loop.hpp"

#include "messages/base/check.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace hearth::http {

namespace asio = boost::asio;

/// Keeps the thread waiting while there is nothing to do.
struct EventLoop::Keep {
  asio::executor_work_guard<asio::io_context::executor_type> guard;
};

EventLoop::EventLoop()
    : context_(std::make_unique<asio::io_context>(1)),
      keep_(new Keep{asio::make_work_guard(*context_)}) {}

EventLoop::~EventLoop() {
  stop();
}

void EventLoop::start() {
  HEARTH_CHECK(!thread_.joinable());
  thread_ = std::thread([this] { context_->run(); });
}

void EventLoop::stop() {
  context_->stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void EventLoop::post(std::function<void()> task) {
  asio::post(*context_, std::move(task));
}

std::shared_ptr<void> EventLoop::after(Millis delay, std::function<void()> task) {
  auto timer = std::make_shared<asio::steady_timer>(*context_, delay);
  timer->async_wait([alive = std::weak_ptr<void>(timer),
                     run = std::move(task)](const boost::system::error_code& error) {
    if (!error && !alive.expired()) {
      run();
    }
  });
  return timer;
}

Instant EventLoop::now() {
  return std::chrono::steady_clock::now();
}

}  // namespace hearth::http
