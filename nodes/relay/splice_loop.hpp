#pragma once
// The engine's thread: waits for sockets, feeds the engine machine, carries out its effects.

#include "actors/relay/relay_engine_machine.hpp"
#include "nodes/relay/pipe_pool.hpp"
#include "nodes/relay/splice_engine.hpp"
#include "nodes/relay/splice_pump.hpp"
#include "nodes/support/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <sys/epoll.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hearth {

/// What other threads leave for the loop. `bell` wakes it.
struct OrderQueue {
  UniqueFd bell;
  std::mutex mutex;
  std::vector<relay::RelayCommand> orders;
  bool stop = false;

  void ring() const;
};

class SpliceLoop {
 public:
  SpliceLoop(std::vector<UniqueFd> listeners, const SpliceEngineOptions& options,
             SpliceEngine::Report report, OrderQueue& queue, SpliceCounters& counters);

  /// Errors: `limit_reached`.
  Result<void> prepare();
  /// Returns after `OrderQueue::stop`.
  void run();

 private:
  void on_event(const epoll_event& event);
  void on_leg(Leg& leg, std::uint32_t events);
  bool take_orders();
  void accept_all(int listener);
  void shed(int listener);

  /// Carries out `effects`, then tells the machine of what broke meanwhile.
  void apply(relay::EngineEffects effects);
  void perform(const relay::ReadUpTo& effect);
  void perform(const relay::SendBytes& effect);
  void perform(const relay::Join& effect);
  void perform(const relay::ShutDown& effect);
  void perform(const relay::Close& effect);
  void perform(relay::RelayExternal& effect);

  void read_preface(Leg& leg);
  void read_wanted();
  void pump(Leg& from);
  void on_drained(Leg& leg);
  void on_broken(relay::ConnectionId id);
  void run_queue();
  void enqueue(Leg& leg);
  void close_leg(relay::ConnectionId id, bool abort);
  void show_counts();
  [[nodiscard]] Leg* find(relay::ConnectionId id);
  [[nodiscard]] int wait_ms() const;

  std::vector<UniqueFd> listeners_;
  relay::RelayEngineMachine machine_;
  SpliceEngine::Report report_;
  OrderQueue& queue_;
  SpliceCounters& counters_;
  PipePool pipes_;
  SplicePump pump_;
  UniqueFd epoll_;
  UniqueFd spare_;  ///< Given up for a moment to refuse a connection when descriptors run out.
  Instant now_{};
  relay::ConnectionId last_id_ = 0;
  std::unordered_map<relay::ConnectionId, std::unique_ptr<Leg>> legs_;
  std::vector<relay::ConnectionId> turns_;   ///< Of legs with more to move.
  std::vector<relay::ConnectionId> wanted_;  ///< Of legs whose preface goes on.
  std::vector<relay::ConnectionId> broken_;
};

}  // namespace hearth
