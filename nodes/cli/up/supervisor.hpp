#pragma once
// Starts the processes of a cluster, keeps them running, and ends them. One thread, which must be
// the main one; everything happens inside `run`.
//
// First the service, then (when it serves) the enrolment, then the household, then whatever waits
// for the whole to work together. A process that ends is started again after its back-off, except
// that one which cannot even start ends the cluster: nobody is helped by trying again to use a port
// or a folder that belongs to somebody else.
//
// With `orders` it also breaks what it keeps running, as a drill says. Every order ends by itself.

#include "messages/base/result.hpp"
#include "nodes/cli/up/back_off.hpp"
#include "nodes/cli/up/child.hpp"
#include "nodes/cli/up/cluster_plan.hpp"
#include "nodes/support/order_socket.hpp"
#include "nodes/support/ready_pipe.hpp"
#include "nodes/support/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli::up {

struct Order;

/// A process that serves.
struct Running {
  const ProcessPlan* plan = nullptr;
  pid_t pid = 0;
  Ready ready;
};

struct SupervisorOptions {
  std::string program;  ///< Path of the program that every process runs.
  ClusterPlan plan;
  // Arguments of tasks, processes that are tried again until they end with 0. Empty: none.
  std::vector<std::string> enrol;   ///< Between service and household.
  std::vector<std::string> settle;  ///< Before every `all_ready`.
  /// Called when everything serves, and again whenever it does so after a restart.
  /// An error ends `run`.
  std::function<Result<void>(const std::vector<Running>&)> all_ready;
  Millis stop_patience{4000};
  std::optional<OrderSocket> orders;  ///< Nothing: it takes none.
  /// A child of this process without which nothing works: its end ends the cluster. -1: none.
  pid_t vital = -1;
};

/// Why a cluster ended, when not because it was asked to.
struct Ending {
  int exit_code = 0;
  std::string line;  ///< "hearth: ..." as the process that failed said it; may be empty.
};

class Supervisor final {
 public:
  /// Before the process starts its first thread: one that does not block them would take the
  /// signals that are meant for the supervisor.
  static void block_signals();

  explicit Supervisor(SupervisorOptions options);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor();

  /// Returns after SIGTERM or SIGINT (exit code 0) or a failure. No child is left: those that do
  /// not end within `stop_patience` of being asked are killed.
  [[nodiscard]] Ending run();

 private:
  enum class Kind { service, enrol, settle };

  /// A plan and the life that it is in.
  struct Slot {
    Kind kind = Kind::service;
    ProcessPlan plan;
    std::optional<Child> child;
    std::optional<Ready> ready;
    std::optional<Instant> start_at;  ///< When it is due, while there is no child.
    bool has_served = false;
    bool is_done = false;  ///< Of a task.
    BackOff back_off;
    std::optional<Instant> down_until;  ///< By order: not to be started before.
    std::optional<Instant> paused_until;
    bool loses_disk = false;     ///< When it is dead.
    std::string last_complaint;  ///< Its last line that begins with "hearth: ".
  };

  void add(const ProcessPlan& plan);
  void add_task(Kind kind, const std::string& name, const std::vector<std::string>& arguments);
  void start_due(Instant now);
  [[nodiscard]] int wait_ms(Instant now) const;
  void wait_for_events(Instant now);
  void read_pipes(Slot& slot);
  void handle_signals();
  void reap();
  void ended(Slot& slot, int status, Instant now);
  void advance();
  void announce();
  void fail(int exit_code, std::string line);
  void stop_all();

  // supervisor_orders.cpp
  std::string obey(std::string_view text, Instant now);
  Result<void> obey(const Order& order, Slot& slot, Instant now);
  void keep_down(Slot& slot, Instant until, Instant now);
  static void ended_by_order(Slot& slot);
  static void end_order(Slot& slot, Instant now);
  static void go_on(Slot& slot);
  void go_on_due(Instant now);
  [[nodiscard]] std::string status() const;

  SupervisorOptions options_;
  std::vector<Slot> slots_;
  UniqueFd signals_;
  bool stopping_ = false;
  bool enrolled_;
  bool household_added_ = false;
  bool settled_;                   ///< Since something became ready the last time.
  bool announced_ = false;         ///< Likewise.
  std::uint64_t error_lines_ = 0;  ///< In the logs of its children.
  Ending ending_;
};

}  // namespace hearth::cli::up
