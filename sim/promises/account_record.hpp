#pragma once
// What was acknowledged to households about their accounts: P1 and P2.

#include "sim/drill/outcome.hpp"
#include "sim/world/manager_machine.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

/// The history of all account commands. Time is the world's.
class AccountRecord final {
 public:
  void sent(const NodeId& manager, const AccountCommand& command, Instant at);
  /// How long it took; nothing for one never sent.
  std::optional<Instant::duration> answered(const AccountAnswer& answer, Instant at);

  /// When its revocation was acknowledged; when it was asked for.
  [[nodiscard]] std::optional<Instant> revoked_since(const NodeId& device) const;
  [[nodiscard]] std::optional<Instant> revocation_asked(const NodeId& device) const;
  [[nodiscard]] bool is_waiting(std::uint64_t command) const;
  /// The manager's process died: nobody waits for its answers any more.
  void forget_waiting(const NodeId& manager);
  [[nodiscard]] bool idle() const { return waiting_.empty(); }
  /// Commands without answer for more than 5 s.
  [[nodiscard]] std::size_t overdue(Instant now) const;
  [[nodiscard]] std::optional<double> oldest_wait(Instant now) const;  ///< ms
  [[nodiscard]] std::vector<std::string> waiting() const;
  /// Answers that were no success, by command.
  [[nodiscard]] std::optional<ErrorCode> refusal_of(std::uint64_t command) const;

  /// Compares what is there with what was acknowledged. `listed` answers a command of `manager`.
  void check_list(const NodeId& manager, const directory::DevicesListed& listed,
                  Instant list_asked_at);
  /// The last answer to `ListDevices` of `manager`.
  [[nodiscard]] std::optional<directory::DevicesListed> last_list(const NodeId& manager) const;
  /// Acknowledged and not there, as the lists showed.
  [[nodiscard]] const std::vector<drill::LostEvent>& lost() const { return lost_; }

  /// Empty: the commands and lists of every account could have been done one after the other.
  [[nodiscard]] std::string linearizability() const;

 private:
  struct Sent {
    NodeId manager;
    AccountCommand command;
    Instant at;
    std::optional<Instant> answered_at;
    Result<Envelope> answer = Error{};
    std::uint32_t tries = 0;
  };
  struct Device {
    NodeId manager;
    std::string name;
    std::optional<Instant> enrolled_at;  ///< Acknowledged.
    std::optional<Instant> revoke_sent_at;
    std::optional<Instant> revoked_at;  ///< Acknowledged.
  };

  std::map<std::uint64_t, Sent> commands_;
  std::map<std::uint64_t, Instant> waiting_;
  std::map<NodeId, Device> devices_;
  std::map<NodeId, std::vector<NodeId>> devices_of_;  ///< By manager.
  std::vector<drill::LostEvent> lost_;
};

}  // namespace hearth::sim
