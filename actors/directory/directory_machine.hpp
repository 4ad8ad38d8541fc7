#pragma once
// The directory that holds the accounts of a cluster: one replica today, behind the actor name
// "accounts" that a replicated one will answer to. Other directories run a ForwardMachine.

#include "actors/directory/account_machine.hpp"
#include "actors/directory/presence_table.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <map>
#include <optional>
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

  /// `self` signs tickets and certificates. `clock` and the log outlive the machine.
  DirectoryMachine(seal::Identity self, const WallClock& clock) : self_(self), clock_(clock) {}

  [[nodiscard]] Result<void> recover(const storage::EventLog& log);
  [[nodiscard]] Effects<Command> start(Instant now);

  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerUp&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerDown&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

 private:
  /// Who asks, whether over a link of ours or through another directory.
  struct Asker {
    NodeId node;
    Role role = Role::none;
  };
  using Appends = std::vector<storage::Append>;

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
  Result<AccountMachine*> account_of(const NodeId& device);
  Result<AccountMachine*> load(const AccountId& account);
  Result<std::optional<AccountId>> look_up(char kind, BytesView key) const;

  seal::Identity self_;
  const WallClock& clock_;
  const storage::EventLog* log_ = nullptr;
  std::map<AccountId, AccountMachine> accounts_;    ///< Those that are in use.
  std::map<std::string, AccountId> pending_index_;  ///< Index rows written in this life.
  PresenceTable presence_;
};

}  // namespace hearth::directory
