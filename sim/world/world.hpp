#pragma once
// A whole Hearth in one thread on virtual time: every node of a topology, the network between them,
// and all chance from one seed.

#include "sim/disk/disk_faults.hpp"
#include "sim/drill/nodes.hpp"
#include "sim/drill/profile.hpp"
#include "sim/random.hpp"
#include "sim/world/engine.hpp"
#include "sim/world/entropy.hpp"
#include "sim/world/light_seal.hpp"
#include "sim/world/member_operator.hpp"
#include "sim/world/message_filters.hpp"
#include "sim/world/network.hpp"
#include "sim/world/node.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/trace.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

struct WorldOptions {
  std::uint64_t seed = 1;
  drill::Topology topology;
  std::size_t files_per_home = 20;
  std::uint64_t bytes_per_file = std::uint64_t{1} << 20U;
  NodeLimits limits;
  std::uint32_t groups = groups_founded;  ///< Of accounts.
  /// Every log in memory, but for the first `rocks_homes` homes and all of the service.
  bool rocks = true;
  /// Channels and streams sealed in earnest. By default one seed in ten is; the others spend a
  /// hundredth of the time on it, and notice faults as well.
  std::optional<bool> real_seal;
  drill::Profile profile;  ///< What messages and syncs cost every machine.
};

/// A family: its clients, the first of which manages its account, and its homes.
struct Household {
  std::string account;
  seal::Identity recovery;  ///< Its signing key is the account's recovery key.
  std::vector<SimNode*> clients;
  std::vector<SimNode*> homes;
};

/// One at a time in a process: libsodium's random source is the process's.
class World final {
 public:
  /// Nothing runs yet. `observer` outlives the world.
  World(const WorldOptions& options, Observer& observer);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] MessageFilters& filters() { return filters_; }
  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] const drill::Topology& topology() const { return options_.topology; }
  [[nodiscard]] std::uint32_t groups() const { return options_.groups; }
  /// Of a machine without faults.
  [[nodiscard]] ServiceTimes service_times() const;
  [[nodiscard]] DiskTimes disk_times() const;
  [[nodiscard]] Random fork(std::string_view label) const { return random_.fork(label); }

  [[nodiscard]] std::vector<std::unique_ptr<SimNode>>& nodes() { return nodes_; }
  /// Null: no such node.
  [[nodiscard]] SimNode* find(std::string_view name);
  [[nodiscard]] SimNode* find(const NodeId& id);
  [[nodiscard]] std::vector<Household>& households() { return households_; }
  [[nodiscard]] const Household& household_of(const SimNode& node) const;

  void boot_all();
  /// The operator puts a new machine with new keys in the place of a directory or super-peer that
  /// is down: it has an empty disk, and a directory replaces the old one in every group. Starts it.
  void replace(SimNode& node);
  /// Runs until every lost directory is replaced, or for `patience`, and what is listed then has
  /// reached everybody: whether all are replaced.
  bool operator_finishes(Millis patience);
  /// The operator strikes a node from the node list; its process goes on.
  void strike(const SimNode& node);
  /// Since when.
  [[nodiscard]] const std::map<const SimNode*, Instant>& struck() const { return struck_; }
  /// As the machine's supervisor does: a node whose process ended by itself starts again after a
  /// while, and after a longer one the next time, unless it is told to stay down.
  void keep_down(SimNode& node) { stay_down_.insert(&node); }
  void let_start(SimNode& node) { stay_down_.erase(&node); }

  /// Runs until `done` or `end`; says whether it was done.
  bool run_until(Instant end, const std::function<bool()>& done);
  void run_for(std::chrono::nanoseconds time);

  /// Processes that ended by themselves or could not start, and why.
  struct Failure {
    Instant at;
    std::string node;
    Error why;
  };
  [[nodiscard]] const std::vector<Failure>& failures() const { return failures_; }

 private:
  void add_nodes();
  void found_households();
  void on_failed(const std::string& node, const Error& why);
  [[nodiscard]] seal::Identity draw_identity();
  void publish_list();
  void strike(const NodeId& id);
  bool order(const replication::OperatorOrder& order, MemberOperator::Answered answered);

  WorldOptions options_;
  Random random_;
  std::optional<LightSeal> light_seal_;
  Entropy entropy_;
  Trace trace_;
  Engine engine_;
  Network network_;
  MessageFilters filters_;
  NodeWorld node_world_;
  Random keys_;
  seal::SecretKey root_;
  seal::NodeList list_;
  Instant listed_at_{};  ///< When the list was signed last.
  std::map<const SimNode*, Instant> struck_;
  MemberOperator operator_;
  std::size_t asked_last_ = 0;  ///< Of the nodes, by the operator.
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::map<std::string, SimNode*, std::less<>> by_name_;
  std::map<NodeId, SimNode*> by_id_;
  std::vector<Household> households_;
  std::map<const SimNode*, std::size_t> household_by_node_;
  std::set<const SimNode*> stay_down_;
  std::map<std::string, unsigned> restarts_;
  std::vector<Failure> failures_;
};

}  // namespace hearth::sim
