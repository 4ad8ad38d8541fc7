#pragma once
// The super-peer's data connections: accepts them, lets the pure engine machine judge them, and
// moves the ciphertext of joined ones with splice(2) on a thread of its own. It never dials.
//
// Source of the numbers: an edge-triggered epoll loop costs as little as the
// best relay we know; bench/relay_bench measures it.

#include "actors/relay/relay_engine_machine.hpp"
#include "actors/relay/relay_ports.hpp"
#include "messages/base/result.hpp"
#include "nodes/relay/pipe_pool.hpp"
#include "nodes/support/unique_fd.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth {

struct SpliceEngineOptions {
  relay::EngineLimits limits = {};
  PipeBounds pipes = {};
  /// What the relay may hold of one direction, each way; the kernel may allow less
  /// (net.core.rmem_max, wmem_max). Bounds how stale a stream is after a seek.
  std::size_t buffer_bytes = std::size_t{2} << 20U;
  /// Taken where the kernel offers it; empty: the kernel's default.
  std::string congestion_control = "bbr";
};

/// `options` for a process that may have `descriptors` open: at most three eighths of them become
/// data connections and pipes, and at most half of these connections are unproven ones. So a flood
/// of strangers leaves room for peers, for the control port and for the log.
[[nodiscard]] SpliceEngineOptions fitting(SpliceEngineOptions options, std::size_t descriptors);

/// Written by the engine's thread, read by any. All but the last three only grow.
struct SpliceCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> bytes_to_clients{0};  ///< Taken by the kernel for them.
  std::atomic<std::uint64_t> bytes_to_homes{0};
  std::atomic<std::uint64_t> bytes_copied{0};  ///< Of both, because no pipe was to be had.
  std::atomic<std::uint64_t> rejected{0};      ///< Connections without a proper preface.
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> unproven{0};
  std::atomic<std::uint64_t> pairs{0};
};

class SpliceEngine final {
 public:
  /// Called on the engine's thread; must not block.
  using Report = std::function<void(relay::RelayExternal)>;

  /// Listens on `listeners`, which are bound TCP sockets, and starts the thread.
  /// Errors: `in_use`, `value_invalid`, `limit_reached` (no descriptors).
  [[nodiscard]] static Result<std::unique_ptr<SpliceEngine>> start(
      std::vector<UniqueFd> listeners, const SpliceEngineOptions& options, Report report);

  SpliceEngine(const SpliceEngine&) = delete;
  SpliceEngine& operator=(const SpliceEngine&) = delete;
  ~SpliceEngine();

  /// Any thread; returns at once. Orders are carried out in the order of the calls.
  void order(relay::RelayCommand command);

  /// Reports the last bills, aborts all connections and ends the thread. Nothing is reported when
  /// it has returned. Also done by the destructor. Not from the engine's thread.
  void stop();

  [[nodiscard]] const SpliceCounters& counters() const;

 private:
  struct State;
  explicit SpliceEngine(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace hearth
