#include "nodes/roles/operator_socket.hpp"

#include "messages/envelope/codec.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <utility>
#include <vector>

namespace hearth::cli {

namespace {

/// Longer than the directory gives the others.
constexpr Millis patience = replication::OperatorDesk::patience + Millis(1000);

}  // namespace

Result<std::unique_ptr<OperatorSocket>> OperatorSocket::serve(
    const std::filesystem::path& data, std::function<void(replication::OperatorRequest)> post) {
  auto orders = OrderSocket::listen(data, name);
  if (!orders) {
    return orders.error();
  }
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop) {
    return Error{ErrorCode::disk_failed, "no descriptor is left for the operator's socket"};
  }
  return std::unique_ptr<OperatorSocket>(
      new OperatorSocket(std::move(orders.value()), std::move(stop), std::move(post)));
}

OperatorSocket::OperatorSocket(OrderSocket orders, UniqueFd stop,
                               std::function<void(replication::OperatorRequest)> post)
    : orders_(std::move(orders)),
      stop_(std::move(stop)),
      post_(std::move(post)),
      thread_([this] { run(); }) {}

OperatorSocket::~OperatorSocket() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void OperatorSocket::answer(replication::OperatorReply reply) {
  {
    const std::lock_guard lock(mutex_);
    if (reply.id != id_) {
      return;
    }
    answer_ = std::move(reply.answer);
  }
  changed_.notify_all();
}

void OperatorSocket::run() {
  while (true) {
    std::vector<pollfd> waits{{stop_.get(), POLLIN, 0}};
    orders_.add_to(waits);
    if (::poll(waits.data(), waits.size(), -1) > 0 && waits[0].revents != 0) {
      return;
    }
    orders_.serve([this](std::string_view order) { return obey(order); });
  }
}

std::string OperatorSocket::obey(std::string_view text) {
  const auto order = decode<replication::OperatorOrder>(
      {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  const auto answer =
      encode(order ? ask(order.value()) : replication::OperatorAnswer{order.error()});
  return {answer.begin(), answer.end()};
}

replication::OperatorAnswer OperatorSocket::ask(replication::OperatorOrder order) {
  std::unique_lock lock(mutex_);
  answer_.reset();
  const auto id = ++id_;
  lock.unlock();
  post_({id, std::move(order)});
  lock.lock();
  changed_.wait_for(lock, patience, [this] { return answer_ || stopping_; });
  ++id_;  // what comes now is too late
  if (answer_) {
    return std::move(*answer_);
  }
  return {Error{ErrorCode::timed_out, "the directory's actors do not answer"}};
}

}  // namespace hearth::cli
