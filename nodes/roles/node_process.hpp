#pragma once
// What every role's process is made of: its data folder, keys and event log, the trust root's
// node list, a link on TCP, an admin port, and the actors of the role.

#include "actors/roles/roles.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/wiring.hpp"
#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/roles/actor_input.hpp"
#include "nodes/roles/roles.hpp"
#include "nodes/support/metrics.hpp"
#include "nodes/support/stop_signals.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::cli {

class NodeProcess final {
 public:
  /// Takes the folder, binds the ports, opens the log. Nothing is served yet.
  /// `listen` is empty for roles that only dial.
  [[nodiscard]] static Result<std::unique_ptr<NodeProcess>> open(
      const NodeOptions& options, Role role, std::string_view role_name,
      const std::vector<seal::Endpoint>& listen, StopSignals& stop);
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;
  ~NodeProcess();

  [[nodiscard]] const seal::Identity& identity() const;
  [[nodiscard]] Membership membership() const;
  [[nodiscard]] const WallClock& clock() const;
  /// One key of the cluster's trust root, which tells clusters apart.
  [[nodiscard]] const SigningKey& root_key() const;
  [[nodiscard]] Metrics& metrics();
  [[nodiscard]] const std::filesystem::path& data() const;

  /// Spawns the actors and opens the admin port.
  [[nodiscard]] Result<void> start(std::vector<NodeActor> actors);

  /// Announces readiness with the link's addresses and `more`, and waits for the end. Meanwhile a
  /// newer node list takes the place of the one in force.
  [[nodiscard]] Result<void> serve(const std::vector<seal::Endpoint>& more);

  /// Ends the actors and waits for them; their ports may go afterwards. Done by the destructor
  /// too.
  void stop();

 private:
  struct State;
  explicit NodeProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
