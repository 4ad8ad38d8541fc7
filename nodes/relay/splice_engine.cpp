#include "nodes/relay/splice_engine.hpp"

#include "nodes/relay/socket_setup.hpp"
#include "nodes/relay/splice_loop.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <pthread.h>
#include <sys/eventfd.h>
#include <thread>
#include <utility>

namespace hearth {
namespace {

/// splice(2) into a socket that is closed raises SIGPIPE, and has no flag against it.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

SpliceEngineOptions fitting(SpliceEngineOptions options, std::size_t descriptors) {
  const auto share = descriptors / 8 * 3;
  auto& pipes = options.pipes;
  const auto pipes_max = share / 8;  // Of two descriptors each.
  pipes.big_max = std::min(pipes.big_max, pipes_max / 2);
  pipes.small_max = std::min(pipes.small_max, pipes_max - pipes.big_max);
  auto& limits = options.limits;
  limits.connections = std::min(limits.connections, share - 2 * pipes_max);
  limits.unproven = std::min(limits.unproven, limits.connections / 2);
  return options;
}

struct SpliceEngine::State {
  OrderQueue queue;
  SpliceCounters counters;
  std::optional<SpliceLoop> loop;
  std::thread thread;
};

SpliceEngine::SpliceEngine(std::unique_ptr<State> state) : state_(std::move(state)) {}

SpliceEngine::~SpliceEngine() {
  stop();
}

Result<std::unique_ptr<SpliceEngine>> SpliceEngine::start(std::vector<UniqueFd> listeners,
                                                          const SpliceEngineOptions& options,
                                                          Report report) {
  const SocketSetup setup{options.buffer_bytes, options.congestion_control};
  for (const auto& listener : listeners) {
    if (auto listening = listen_for_data(listener.get(), setup); !listening) {
      return listening.error();
    }
  }
  auto state = std::make_unique<State>();
  state->queue.bell = UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  state->loop.emplace(std::move(listeners), options, std::move(report), state->queue,
                      state->counters);
  if (auto ready = state->loop->prepare(); !ready) {
    return ready.error();
  }
  state->thread = std::thread([loop = &*state->loop] {
    block_sigpipe();
    loop->run();
  });
  return std::unique_ptr<SpliceEngine>(new SpliceEngine(std::move(state)));
}

void SpliceEngine::order(relay::RelayCommand command) {
  {
    const std::lock_guard lock(state_->queue.mutex);
    state_->queue.orders.push_back(std::move(command));
  }
  state_->queue.ring();
}

void SpliceEngine::stop() {
  if (!state_->thread.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(state_->queue.mutex);
    state_->queue.stop = true;
  }
  state_->queue.ring();
  state_->thread.join();
}

const SpliceCounters& SpliceEngine::counters() const {
  return state_->counters;
}

}  // namespace hearth
