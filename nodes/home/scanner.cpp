#include "nodes/home/scanner.hpp"

#include "nodes/home/scan_run.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <utility>
#include <variant>

namespace hearth::home {

class Scanner::Thread final {
 public:
  Thread(ScannerOptions options, Output output)
      : options_(std::move(options)),
        output_(std::move(output)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    std::ranges::transform(options_.folders, options_.folders.begin(), media_folder_named);
    for (std::size_t i = 0; i < options_.workers; ++i) {
      lanes_.emplace_back(options_.probe);
      pids_.push_back(-1);
    }
    thread_ = std::thread([this] { work(); });
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    stop_ = true;
    wake();
    thread_.join();
  }

  void start(StartScan order) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(order);
    superseded_ = true;
    wake();
  }

  void resume(ContinueScan order) {
    const std::lock_guard lock(mutex_);
    resumed_ = order;
    wake();
  }

  [[nodiscard]] std::vector<int> worker_pids() const {
    const std::lock_guard lock(mutex_);
    std::vector<int> alive;
    std::ranges::copy_if(pids_, std::back_inserter(alive), [](int pid) { return pid > 0; });
    return alive;
  }

 private:
  void wake() const { static_cast<void>(::eventfd_write(wake_.get(), 1)); }

  void work() {
    while (!stop_) {
      if (auto order = take_order()) {
        run(std::move(*order));
      } else {
        wait({}, std::nullopt);
      }
    }
  }

  void run(StartScan order) {
    ScanRun run(options_, std::move(order), lanes_, output_,
                [this] { return stop_ || superseded_; });
    run.walk();
    while (!stop_ && !superseded_ && !run.advance()) {
      note_pids();
      wait(run.sockets(), run.wake_at());
      if (const auto resumed = take_resumed()) {
        run.resume(*resumed);
      }
    }
    for (auto& lane : lanes_) {  // An idle home keeps no children.
      lane.end();
    }
    note_pids();
  }

  std::optional<StartScan> take_order() {
    const std::lock_guard lock(mutex_);
    superseded_ = false;
    return std::exchange(next_, std::nullopt);
  }

  std::optional<ContinueScan> take_resumed() {
    const std::lock_guard lock(mutex_);
    return std::exchange(resumed_, std::nullopt);
  }

  void note_pids() {
    const std::lock_guard lock(mutex_);
    std::ranges::transform(lanes_, pids_.begin(), &ProbeLane::pid);
  }

  void wait(const std::vector<int>& sockets, std::optional<Instant> until) const {
    std::vector<pollfd> ready{{wake_.get(), POLLIN, 0}};
    for (const int socket : sockets) {
      ready.push_back({socket, POLLIN, 0});
    }
    int timeout_ms = -1;
    if (until) {
      const auto left = *until - std::chrono::steady_clock::now();
      timeout_ms =
          static_cast<int>(std::max<Millis::rep>(0, std::chrono::ceil<Millis>(left).count()));
    }
    static_cast<void>(::poll(ready.data(), ready.size(), timeout_ms));
    eventfd_t count = 0;
    static_cast<void>(::eventfd_read(wake_.get(), &count));
  }

  ScannerOptions options_;
  const Output output_;
  const UniqueFd wake_;
  std::vector<ProbeLane> lanes_;  ///< The thread's own.
  std::atomic<bool> stop_ = false;
  std::atomic<bool> superseded_ = false;
  mutable std::mutex mutex_;
  std::optional<StartScan> next_;
  std::optional<ContinueScan> resumed_;
  std::vector<int> pids_;
  std::thread thread_;
};

Scanner::Scanner(ScannerOptions options, Output output)
    : thread_(std::make_unique<Thread>(std::move(options), std::move(output))) {}

Scanner::~Scanner() = default;

void Scanner::start(StartScan order) {
  thread_->start(std::move(order));
}

void Scanner::resume(ContinueScan order) {
  thread_->resume(order);
}

std::vector<int> Scanner::worker_pids() const {
  return thread_->worker_pids();
}

}  // namespace hearth::home
