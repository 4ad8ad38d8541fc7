#include "nodes/link/resolver.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace hearth {

struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::pair<std::uint64_t, seal::Endpoint>> jobs;
  Found found;
  bool running = false;
  bool stopped = false;

  static void run(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    while (!shared->stopped) {
      if (shared->jobs.empty()) {
        shared->changed.wait(lock);
        continue;
      }
      const auto [job, endpoint] = std::move(shared->jobs.front());
      shared->jobs.pop_front();
      lock.unlock();
      auto addresses = look_up(endpoint);
      lock.lock();
      if (!shared->stopped) {
        shared->found(job, std::move(addresses));
      }
    }
  }
};

Resolver::Resolver(Found found) : shared_(std::make_shared<Shared>()) {
  shared_->found = std::move(found);
}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stopped = true;
  shared_->found = nullptr;
  shared_->changed.notify_all();
}

void Resolver::resolve(std::uint64_t job, const seal::Endpoint& endpoint) {
  const std::lock_guard lock(shared_->mutex);
  shared_->jobs.emplace_back(job, endpoint);
  if (!std::exchange(shared_->running, true)) {
    std::thread(&Shared::run, shared_).detach();
  }
  shared_->changed.notify_all();
}

}  // namespace hearth
