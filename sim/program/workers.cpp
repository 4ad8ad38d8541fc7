#include "sim/program/workers.hpp"

#include "sim/program/stop_signals.hpp"

#include <map>
#include <poll.h>
#include <utility>

namespace hearth::sim {
namespace {

constexpr int tick_ms = 500;

class Pool final {
 public:
  Pool(const std::vector<WorkOrder>& orders, std::size_t jobs,
       const std::function<void(std::size_t, WorkResult)>& done)
      : orders_(orders), jobs_(jobs), done_(done) {}

  Result<void> play(const std::function<void()>& tick) {
    while (true) {
      if (const auto filled = fill(); !filled) {
        return filled;
      }
      if (running_.empty()) {
        return {};
      }
      if (stopped()) {
        return Error{ErrorCode::stopping, "interrupted"};
      }
      collect();
      tick();
    }
  }

 private:
  Result<void> fill() {
    while (running_.size() < jobs_ && next_ < orders_.size()) {
      auto worker = Worker::start(orders_[next_]);
      if (!worker) {
        return worker.error();
      }
      running_.emplace(next_++, std::move(worker.value()));
    }
    return {};
  }

  /// Waits for anything to happen. True: a signal did.
  bool stopped() {
    std::vector<pollfd> fds = {{signals_.fd(), POLLIN, 0}};
    for (const auto& [order, worker] : running_) {
      fds.push_back({worker.answer_fd(), POLLIN, 0});
      fds.push_back({worker.complaint_fd(), POLLIN, 0});
    }
    ::poll(fds.data(), fds.size(), tick_ms);
    return fds.front().revents != 0;
  }

  void collect() {
    for (auto at = running_.begin(); at != running_.end();) {
      if (at->second.read()) {
        done_(at->first, at->second.finish());
        at = running_.erase(at);
      } else {
        ++at;
      }
    }
  }

  const std::vector<WorkOrder>& orders_;
  std::size_t jobs_;
  const std::function<void(std::size_t, WorkResult)>& done_;
  StopSignals signals_;
  std::map<std::size_t, Worker> running_;  ///< By the place of its order.
  std::size_t next_ = 0;
};

}  // namespace

Result<void> play(const std::vector<WorkOrder>& orders, std::size_t jobs,
                  const std::function<void(std::size_t, WorkResult)>& done,
                  const std::function<void()>& tick) {
  return Pool(orders, jobs, done).play(tick);
}

Result<WorkResult> play(const WorkOrder& order) {
  WorkResult result;
  const auto played = play(
      {order}, 1, [&result](std::size_t, WorkResult one) { result = std::move(one); }, [] {});
  return played ? Result<WorkResult>(std::move(result)) : played.error();
}

}  // namespace hearth::sim
