#pragma once
// One node of a simulated world: what outlives its processes (identity, disk, media, clock), and
// the process that runs now, if one does. The process is the actor tree that a real one builds.

#include "actors/link/link_counters.hpp"
#include "actors/link/link_limits.hpp"
#include "actors/roles/roles.hpp"
#include "actors/runtime/log_door.hpp"
#include "sim/disk/node_disk.hpp"
#include "sim/drill/nodes.hpp"
#include "sim/drill/profile.hpp"
#include "sim/world/clock.hpp"
#include "sim/world/engine.hpp"
#include "sim/world/media.hpp"
#include "sim/world/message_filters.hpp"
#include "sim/world/network.hpp"
#include "sim/world/sim_client.hpp"
#include "sim/world/sim_home.hpp"
#include "sim/world/sim_relay_engine.hpp"
#include "sim/world/trace.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

inline constexpr std::uint16_t control_port = 24372;
inline constexpr std::uint16_t data_port = 24373;

/// What nodes put up with. The defaults are those of deployed ones.
struct NodeLimits {
  link::LinkLimits link;
  DirectorySettings directory;
  relay::RelayLimits relay;
  home::LibraryLimits library = {};
};

/// What a node is part of. Outlives it.
struct NodeWorld {
  Engine* engine = nullptr;
  Network* network = nullptr;
  const MessageFilters* filters = nullptr;
  Trace* trace = nullptr;
  Observer* observer = nullptr;
  NodeLimits limits;
  const drill::Profile* profile = nullptr;
  std::vector<SigningKey> roots;  ///< Whose node lists count.
  /// A process could not start, or ended by itself.
  std::function<void(const std::string& node, const Error& why)> failed;
};

struct NodeParts {
  drill::Node spec;
  HostId host{};
  Membership member;
  std::unique_ptr<NodeDisk> disk;
  std::unique_ptr<Media> media;  ///< Of a home.
  bool manages = false;          ///< A client that is its household's manager.
  std::uint64_t link_seed = 0;
};

/// Calls from outside of actors only: between two messages.
class SimNode final {
 public:
  SimNode(NodeWorld& world, NodeParts parts);
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;
  ~SimNode();

  [[nodiscard]] const std::string& name() const { return parts_.spec.name; }
  [[nodiscard]] const drill::Node& spec() const { return parts_.spec; }
  [[nodiscard]] const NodeId& id() const { return parts_.member.self.id; }
  [[nodiscard]] const Membership& member() const { return parts_.member; }
  [[nodiscard]] HostId host() const { return parts_.host; }
  [[nodiscard]] NodeDisk& disk() { return *parts_.disk; }
  [[nodiscard]] Media& media() { return *parts_.media; }
  [[nodiscard]] SimClock& clock() { return clock_; }
  [[nodiscard]] bool up() const { return life_ != nullptr; }

  /// Starts the process. Where its log does not open, it stays down and `failed` is told.
  void boot();
  /// The process dies in this instant, and its ports with it, before any actor is told.
  void crash();
  /// A new machine in its place, with an empty disk and keys of its own. Precondition: `!up()`.
  void renew(const seal::Identity& identity);
  /// Somebody copies a newer node list to its machine.
  void take_list(const seal::NodeList& list, const Bytes& signed_list);
  /// As `crash`, and the machine loses power: nobody is told, unsynced data may be lost.
  void lose_power();

  /// Null while it is down, or of another role.
  [[nodiscard]] SimClient* client();
  [[nodiscard]] SimRelayEngine* relay();
  [[nodiscard]] SimHome* home();
  /// Gives an operator's order to a directory. False: it is down, or none. `answered` is not called
  /// when it dies.
  bool order(const replication::OperatorOrder& order,
             std::function<void(const replication::OperatorAnswer&)> answered);
  /// What the machine of that type knows, between two messages. Null: none runs here now.
  template <class M>
  [[nodiscard]] const M* machine() const;
  /// Null while it is down.
  [[nodiscard]] const storage::EventLog* log() const;
  /// Of a super-peer: over all its lives.
  [[nodiscard]] const MovedBytes& moved() const { return moved_; }
  [[nodiscard]] const link::LinkCounters& link_counters() const { return *counters_; }
  /// Of its log and its replica of the accounts. 0 while it is down.
  [[nodiscard]] std::uint64_t durable_events() const;
  [[nodiscard]] std::uint64_t lives() const { return lives_; }

 private:
  struct Life;
  void start(storage::EventLog* log);
  [[nodiscard]] std::vector<NodeActor> actors(const std::shared_ptr<Life>& life);
  void die(bool power_lost);
  [[nodiscard]] LinkMaker link_maker();
  /// Of the process that runs now, but for its link and log-writer.
  [[nodiscard]] const std::vector<caf::actor>& running() const;

  NodeWorld& world_;
  NodeParts parts_;
  SimClock clock_;
  MovedBytes moved_;
  std::shared_ptr<link::LinkCounters> counters_ = std::make_shared<link::LinkCounters>();
  std::uint64_t lives_ = 0;
  std::shared_ptr<Life> life_;
};

template <class M>
const M* SimNode::machine() const {
  for (const auto& actor : running()) {
    const auto* shell =
        dynamic_cast<const detail::MachineActor<M>*>(caf::actor_cast<caf::abstract_actor*>(actor));
    // An actor that has ended has no state any more.
    if (shell != nullptr && !shell->getf(caf::abstract_actor::is_terminated_flag)) {
      return shell->state.machine.get();
    }
  }
  return nullptr;
}

}  // namespace hearth::sim
