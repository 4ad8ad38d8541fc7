#pragma once
// The directory that holds the accounts of a cluster: one replica today, behind the actor name
// "accounts" that a replicated one will answer to. Other directories run a ForwardMachine.

#include "actors/directory/account_machine.hpp"
#include "actors/directory/presence_table.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace hearth::directory {

/// Pure but for reading rows: accounts are read from the projection when they are first asked
/// for, and every event is written with the rows that it changes in one batch. Rows:
///   a<account id>   AccountState        d<device id>   account id        n<folded name>  account
///   id
class DirectoryMachine {
 public:
  using External = std::monostate;
  using Command = std::monostate;
  static constexpr const char* name = "accounts";
  static constexpr storage::StreamId stream{1};

  static constexpr std::size_t accounts_max = 10'000;

  /// `self` signs tickets and certificates. `clock` and the log outlive the machine. So many
  /// accounts stay in memory, beside those with events that are not durable yet.
  DirectoryMachine(seal::Identity self, const WallClock& clock,
                   std::size_t accounts_held = accounts_max)
      : self_(self), clock_(clock), accounts_held_(accounts_held) {}

  [[nodiscard]] Result<void> recover(const storage::EventLog& log);
  [[nodiscard]] Effects<Command> start(Instant now);

  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerUp&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerDown&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

  [[nodiscard]] const PresenceTable& presence() const { return presence_; }
  [[nodiscard]] std::size_t accounts_in_memory() const { return accounts_.size(); }
  [[nodiscard]] std::size_t index_rows_in_memory() const { return pending_index_.size(); }

 private:
  /// Who asks, whether over a link of ours or through another directory.
  struct Asker {
    NodeId node;
    Role role = Role::none;
  };
  using Appends = std::vector<storage::Append>;
  /// The log gives back a row as soon as the record that it was written with is durable. What has a
  /// higher sequence than that is in memory only.
  struct Held {
    AccountMachine account;
    storage::Sequence written = 0;  ///< Of its last event in this life.
    std::uint64_t used = 0;         ///< In `accounts_by_use_`.
  };
  struct IndexRow {
    AccountId account;
    storage::Sequence written = 0;
  };

  Result<Envelope> answer(const Asker& asker, const Envelope& request, Appends& appends,
                          Instant now);
  Result<Envelope> forwarded(const Asker& asker, const Envelope& request, Appends& appends,
                             Instant now);
  Result<AccountCreated> create(const Asker& asker, const CreateAccount& command, Appends& appends);
  template <class Command>
  Result<Accepted> change(const Asker& asker, const Command& command, Appends& appends);
  Result<HomeRegistered> register_home(const Asker& asker);
  Result<DevicesListed> list_devices(const Asker& asker);
  Result<HomesListed> list_homes(const Asker& asker);
  Result<TicketIssued> issue_ticket(const Asker& asker, const RequestTicket& request);
  Result<Accepted> presence(const Asker& asker, const ReportPresence& report, Instant now);

  /// The account that `device` belongs to, unrevoked. Errors: `device_unknown`, `log_corrupt`.
  Result<Held*> account_of(const NodeId& device);
  Result<std::optional<AccountId>> resolve(const NodeId& device);
  Result<Held*> load(const AccountId& account);
  Held& hold(const AccountId& id, AccountMachine account);
  void touch(const AccountId& id, Held& held);
  void forget_durable();
  Result<std::optional<AccountId>> look_up(char kind, BytesView key) const;

  seal::Identity self_;
  const WallClock& clock_;
  const storage::EventLog* log_ = nullptr;
  std::size_t accounts_held_;
  std::size_t forget_at_ = 0;       ///< When there are so many accounts.
  storage::Sequence sequence_ = 0;  ///< Of the last event, durable or not.
  std::map<AccountId, Held> accounts_;
  std::map<std::uint64_t, AccountId> accounts_by_use_;  ///< The one that rested longest first.
  std::uint64_t use_last_ = 0;
  /// Of devices that have asked: whose a device is never changes. Emptied when it is full.
  std::map<NodeId, AccountId> account_by_device_;
  std::map<std::string, IndexRow> pending_index_;  ///< Written, and perhaps not durable.
  PresenceTable presence_;
};

}  // namespace hearth::directory
