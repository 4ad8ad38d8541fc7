#include "nodes/support/resolver.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace hearth {

namespace {
constexpr std::size_t threads_max = 4;
}  // namespace

struct Resolver::Shared {
  struct Name {
    seal::Endpoint endpoint;
    std::map<Job, Found> jobs;
    bool under_way = false;
  };
  using Names = std::list<Name>;

  LookUp look_up;
  std::mutex mutex;
  std::condition_variable changed;
  Names names;  ///< Oldest first.
  Job last_job = 0;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool stopped = false;

  [[nodiscard]] Names::iterator next() {
    return std::find_if(names.begin(), names.end(),
                        [](const Name& name) { return !name.under_way; });
  }
  [[nodiscard]] std::size_t waiting() const {
    return static_cast<std::size_t>(std::count_if(
        names.begin(), names.end(), [](const Name& name) { return !name.under_way; }));
  }

  static void run(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    while (!shared->stopped) {
      const auto name = shared->next();
      if (name == shared->names.end()) {
        ++shared->idle;
        shared->changed.wait(lock);
        --shared->idle;
        continue;
      }
      name->under_way = true;
      const auto endpoint = name->endpoint;
      lock.unlock();
      const auto addresses = shared->look_up(endpoint);
      lock.lock();
      if (shared->stopped) {
        return;  // The names are gone.
      }
      for (const auto& [job, found] : name->jobs) {
        found(addresses);
      }
      shared->names.erase(name);
    }
  }
};

Resolver::Resolver(LookUp look_up) : shared_(std::make_shared<Shared>()) {
  shared_->look_up = std::move(look_up);
}

Resolver::~Resolver() {
  stop();
}

void Resolver::stop() {
  Shared::Names dropped;
  const std::lock_guard lock(shared_->mutex);
  shared_->stopped = true;
  dropped.swap(shared_->names);
  shared_->changed.notify_all();
}

Resolver::Job Resolver::resolve(const seal::Endpoint& endpoint, Found found) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->stopped) {
    return ++shared_->last_job;
  }
  auto& names = shared_->names;
  auto name = std::find_if(names.begin(), names.end(),
                           [&](const auto& other) { return other.endpoint == endpoint; });
  if (name == names.end()) {
    name = names.insert(names.end(), Shared::Name{endpoint, {}, false});
  }
  const auto job = ++shared_->last_job;
  name->jobs.emplace(job, std::move(found));
  if (shared_->waiting() > shared_->idle && shared_->threads < threads_max) {
    ++shared_->threads;
    std::thread(&Shared::run, shared_).detach();
  }
  shared_->changed.notify_one();
  return job;
}

void Resolver::forget(Job job) {
  Found dropped;  // What it holds goes without the lock.
  const std::lock_guard lock(shared_->mutex);
  for (auto name = shared_->names.begin(); name != shared_->names.end(); ++name) {
    const auto found = name->jobs.find(job);
    if (found == name->jobs.end()) {
      continue;
    }
    dropped = std::move(found->second);
    name->jobs.erase(found);
    if (name->jobs.empty() && !name->under_way) {
      shared_->names.erase(name);
    }
    return;
  }
}

}  // namespace hearth
