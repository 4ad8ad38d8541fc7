#pragma once
// What was acknowledged to households about their accounts: P1 and P2.

#include "actors/client/manager_machine.hpp"
#include "sim/drill/outcome.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

/// The history of all account commands. Time is the world's.
class AccountRecord final {
 public:
  void sent(const NodeId& manager, const client::AccountCommand& command, Instant at);
  /// How long it took; nothing for one never sent.
  std::optional<Instant::duration> answered(const client::AccountAnswer& answer, Instant at);

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

  /// The last answer to `ListDevices` of `manager`.
  [[nodiscard]] std::optional<client::DevicesListed> last_list(const NodeId& manager) const;
  /// The code of the last offer that `device` got.
  [[nodiscard]] std::optional<std::string> offered_code(const NodeId& device) const;
  /// Empty: no code was good for anything after it had been used.
  [[nodiscard]] const std::string& reopened() const { return reopened_; }
  /// Acknowledged and not there, as the lists showed.
  [[nodiscard]] const std::vector<drill::LostEvent>& lost() const { return lost_; }

  /// Empty: the commands and lists of every account could have been done one after the other.
  [[nodiscard]] std::string linearizability() const;

 private:
  using DeviceNumber = std::uint32_t;
  /// What a list says of one device.
  struct Look {
    DeviceNumber device = 0;
    bool has_it = false;
    bool is_renamed = false;  ///< Has another name than it was enrolled with.
  };
  struct Sent {
    NodeId manager;
    client::AccountCommand command;
    Instant at;
    std::optional<Instant> answered_at;
    Result<client::AccountReply> answer = Error{};
    std::uint32_t tries = 0;
    std::vector<Look> looks;  ///< Of the devices that were asked for until the answer came.
  };
  struct Device {
    NodeId id;
    std::string name;
    std::optional<Instant> enrolled_at;  ///< Acknowledged.
    std::optional<Instant> renamed_at;   ///< Acknowledged; once is all that is done.
    std::optional<Instant> revoke_sent_at;
    std::optional<Instant> revoked_at;  ///< Acknowledged.
  };

  Device& device_of(const NodeId& id);
  [[nodiscard]] const Device* find(const NodeId& id) const;
  void enrolling(const NodeId& manager, const directory::Device& device);
  void done(Sent& sent, std::uint64_t id, const client::AccountReply& answer, Instant at);
  void look(Sent& sent, const client::DevicesListed& listed);
  void check(const Sent& list, const Look& look);

  std::map<std::uint64_t, Sent> commands_;
  std::map<std::uint64_t, Instant> waiting_;
  std::vector<Device> devices_;  ///< By number, in the order of their first command.
  std::map<NodeId, DeviceNumber> number_by_id_;
  std::map<SigningKey, DeviceNumber> number_by_key_;        ///< Of those that were to be enrolled.
  std::map<NodeId, std::vector<DeviceNumber>> devices_of_;  ///< By manager.
  std::vector<drill::LostEvent> lost_;
  std::map<NodeId, std::string> code_by_device_;
  std::map<std::string, Instant> used_at_by_code_;  ///< Acknowledged.
  std::string reopened_;
  std::string no_list_;  ///< Which answer to a list was none.
};

}  // namespace hearth::sim
