#pragma once
// One directory of a cluster: it decides for all accounts while it leads their group, hands
// commands to who does while it does not, and answers from its own copy what may be a little old:
// tickets, where a home is. Knows where the homes are attached, as super-peers and other
// directories tell.

#include "actors/directory/account_cache.hpp"
#include "actors/directory/forwarder.hpp"
#include "actors/directory/pairing_book.hpp"
#include "actors/directory/presence_table.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace hearth::directory {

/// Pure but for reading rows: accounts are read from the projection when they are first asked
/// for, and every event is decided with the rows that it changes.
class DirectoryMachine {
 public:
  using External = std::monostate;
  using Command = std::monostate;
  static constexpr const char* name = "accounts";
  static constexpr storage::StreamId stream{1};

  static constexpr std::size_t accounts_max = 10'000;
  /// Where a home is, and whose a device is, may be so old.
  static constexpr Millis recent{10'000};

  struct Config {
    seal::Identity self;  ///< Signs tickets and certificates.
    /// The directories but this one, as members come and go. Called by the machine's actor.
    std::function<std::vector<NodeId>()> others;
    /// All that was committed at this time, or before, is in the log that is read here; zero: not
    /// known. Of our clock; called by the machine's actor.
    std::function<Instant()> recent_since;
    std::size_t accounts_held = accounts_max;  ///< In memory, see `AccountCache`.
  };

  /// `clock` and the log outlive the machine.
  DirectoryMachine(Config config, const WallClock& clock);

  [[nodiscard]] Result<void> recover(const storage::LogReader& log);
  [[nodiscard]] Effects<Command> start(Instant now);

  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const LeadershipChanged& input, Instant now);
  [[nodiscard]] Effects<Command> step(const PeerUp& input, Instant now);
  [[nodiscard]] Effects<Command> step(const PeerDown& input, Instant now);
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

  [[nodiscard]] const PresenceTable& presence() const { return presence_; }
  [[nodiscard]] std::size_t accounts_in_memory() const { return cache_.accounts(); }
  [[nodiscard]] std::size_t index_rows_in_memory() const { return cache_.index_rows(); }

 private:
  /// Who asks, whether over a link of ours or through another directory.
  struct Asker {
    NodeId node;
    Role role = Role::none;
    std::string source;  ///< The address that it came from, to whichever directory.
  };
  struct Source {
    std::string address;
    std::uint64_t session = 0;
  };
  using Appends = std::vector<storage::Append>;
  /// What was asked and by whom, without the directory that passed it on.
  struct Request {
    Asker asker;
    Envelope envelope;
    Header header;
    bool passed_on = false;
  };

  [[nodiscard]] Result<Request> unwrap(const Delivered& input, const Header& header) const;
  [[nodiscard]] std::string source_of(const NodeId& peer) const;
  Result<Envelope> answer(const Delivered& input, Instant now, Effects<Command>& effects);
  Result<Envelope> pass_on(const Delivered& input, Effects<Command>& effects);
  Result<Envelope> decide(const Request& request, Instant now, Appends& appends);
  Result<Accepted> on_report(const Delivered& input, Instant now, Effects<Command>& effects);
  Result<Accepted> on_relayed(const Delivered& input, Instant now);

  Result<EventAppended> append(const Asker& asker, const AppendEvent& command, Instant now,
                               Appends& appends);
  Result<EventAppended> open_account(const Asker& asker, const SignedEvent& event,
                                     const ReadEvent& read, Appends& appends);
  [[nodiscard]] Result<void> check_repeated(const chain::AccountChain& account,
                                            const ReadEvent& event) const;
  Result<void> check_next(const chain::AccountChain& account, const ReadEvent& event);
  Result<AccountId> account_signed_for(const SigningKey& signer);
  Result<AccountId> account_fetched(const Asker& asker, const FetchChain& request);
  Result<ChainPage> fetch_chain(const Asker& asker, const FetchChain& request);
  Result<HomeRegistered> register_home(const Asker& asker);
  Result<PairingOffered> offer_pairing(const Asker& asker, const OfferPairing& command,
                                       Appends& appends);
  Result<PairingOffer> find_pairing(const Asker& asker, const std::string& code, Instant now);
  Result<PairingShown> show_pairing(const Asker& asker, const ShowPairing& request, Instant now);
  /// An event that comes with a code.
  struct Approval {
    const Asker& asker;
    const std::string& code;  ///< Empty: none.
    AccountId account;
  };
  Result<void> end_pairing(const Approval& approval, const ReadEvent& event, Instant now,
                           Appends& appends);
  [[nodiscard]] std::int64_t now_ms() const;
  Result<HomesListed> list_homes(const Asker& asker);
  Result<TicketIssued> issue_ticket(const Asker& asker, const RequestTicket& request);

  /// The account that `device` belongs to, unrevoked. Errors: `device_unknown`, `log_corrupt`.
  Result<HeldAccount*> account_of(const NodeId& device);

  Config config_;
  const WallClock& clock_;
  const storage::LogReader* log_ = nullptr;
  bool decides_ = false;
  NodeId leader_;                   ///< Zero: unknown.
  storage::Sequence sequence_ = 0;  ///< Of the last event, committed or not, while we decide.
  AccountCache cache_;
  PairingBook pairings_;  ///< While we decide.
  Forwarder forwarder_;
  std::map<NodeId, Source> sources_;  ///< Of peers that have dialled us.
  PresenceTable presence_;
};

}  // namespace hearth::directory
