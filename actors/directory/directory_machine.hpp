#pragma once
// The front of a directory: it finds out whose a request is, hands it to the group that decides,
// here or at whichever directory leads that group, and gives back the answer. It answers itself
// what may be a little old: tickets, where a home is, who shares what with whom. Knows where the
// homes are attached, as super-peers and other directories tell.

#include "actors/directory/errand.hpp"
#include "actors/directory/guess_limit.hpp"
#include "actors/directory/map_view.hpp"
#include "actors/directory/presence_table.hpp"
#include "actors/directory/recent_accounts.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace hearth::directory {

/// What the front sees of a group that has a replica here. Called by the front's actor.
struct GroupPort {
  const storage::LogReader* rows = nullptr;  ///< What is applied here.
  std::function<NodeId()> leader;            ///< Zero: not known.
  /// All that was committed at this time, or before, is in `rows`; zero: not known. Of our clock.
  std::function<Instant()> recent_since;
};

/// A `Forwarded` for the machine of a group of this node, which answers it.
struct ToGroup {
  GroupId group{};
  Delivered request;
};

/// Pure but for reading rows.
class DirectoryMachine {
 public:
  using External = std::monostate;
  using Command = ToGroup;
  static constexpr const char* name = "accounts";

  /// Where a home is, and whose a device is, may be so old.
  static constexpr Millis recent{10'000};
  static constexpr std::size_t wrong_names_per_device_max = 10;
  static constexpr std::size_t wrong_names_per_account_max = 20;

  struct Config {
    seal::Identity self;  ///< Signs tickets.
    seal::NodeList nodes;
    /// Those that replicate accounts, as they come and go. Called by the machine's actor.
    std::function<std::vector<NodeId>()> members;
    std::shared_ptr<MapView> map;
    std::map<GroupId, GroupPort> groups;
  };

  /// `clock` and the rows of the groups outlive the machine.
  DirectoryMachine(Config config, const WallClock& clock);

  [[nodiscard]] Result<void> recover(const storage::LogReader&) { return {}; }
  [[nodiscard]] Effects<Command> start(Instant now);

  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const PeerUp& input, Instant now);
  [[nodiscard]] Effects<Command> step(const PeerDown& input, Instant now);
  [[nodiscard]] Effects<Command> step(const NodesListed& input, Instant now);
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

  [[nodiscard]] const PresenceTable& presence() const { return presence_; }

 private:
  struct Source {
    std::string address;
    std::uint64_t session = 0;
  };
  struct UnderWay {
    Errand errand;
    ReplyTo asker;
    Errand::Send last;
    NodeId asked = {};  ///< The directory that answers it, or the errand's last order.
    unsigned redirected = 0;
    std::uint64_t place = 0;  ///< In its asker's line; zero: in none, or no longer.
  };
  /// By place; nothing: it has not come so far that it would have to wait.
  using Line = std::map<std::uint64_t, std::optional<UnderWay>>;

  [[nodiscard]] std::string source_of(const NodeId& peer) const;
  [[nodiscard]] bool is_gone(const NodeId& directory) const;
  void refresh_map();
  Result<Envelope> answer(const Delivered& input, Instant now, Effects<Command>& effects);
  Result<Envelope> on_forwarded(const Delivered& input, Instant now, Effects<Command>& effects);
  [[nodiscard]] std::set<NodeId> others() const;
  Result<Accepted> on_report(const Delivered& input, Instant now, Effects<Command>& effects);
  Result<Accepted> on_relayed(const Delivered& input, Instant now);

  // ---- errands ----

  Result<Envelope> begin(const Delivered& input, Question question, Instant now,
                         Effects<Command>& effects);
  /// Here and below, an empty envelope: somebody else answers.
  Result<Envelope> go_on(UnderWay errand, Errand::Next next, Effects<Command>& effects);
  Result<Envelope> send(UnderWay errand, Effects<Command>& effects);
  void on_answer(const Answered& input, Effects<Command>& effects);
  void tell_ended(Errand& errand, Effects<Command>& effects);
  [[nodiscard]] bool must_wait(const UnderWay& errand) const;
  void leave_line(UnderWay& errand);
  void serve_lines(Effects<Command>& effects);
  [[nodiscard]] Result<std::optional<Claim>> claim_on(const ClaimKey& key);
  [[nodiscard]] bool signs(const AccountId& account, const SigningKey& key, Instant now);

  // ---- what may be a little old ----

  /// Nothing: what is known here is too old.
  std::optional<Result<Envelope>> answer_recent(const Question& question, Instant now);
  [[nodiscard]] bool is_recent(GroupId group, Instant now) const;
  Result<Envelope> answer_from(const chain::AccountChain& account, const Question& question,
                               Instant now);
  [[nodiscard]] Result<HomesListed> list_homes(const chain::AccountChain& account) const;
  [[nodiscard]] Result<ChainPage> fetch_chain(const chain::AccountChain& account,
                                              const Asker& asker, const FetchChain& request,
                                              Instant now);
  Result<TicketIssued> issue_ticket(const chain::AccountChain& account, const Asker& asker,
                                    const RequestTicket& request, Instant now);

  // ---- of other accounts ----

  [[nodiscard]] Result<RecentAccounts::Account> account_here(const AccountId& id);
  [[nodiscard]] Result<bool> is_shared_with(const NodeId& home, const AccountId& account,
                                            Instant now);
  [[nodiscard]] Result<void> add_shared_homes(const AccountId& account, HomesListed& listed) const;
  [[nodiscard]] Result<ChainPage> fetch_other(const chain::AccountChain& account,
                                              const Asker& asker, const FetchChain& request,
                                              Instant now);
  Result<AccountFound> find_account(const chain::AccountChain& account, const Asker& asker,
                                    const FindAccount& request, Instant now);
  [[nodiscard]] Result<AccountFound> look_up(const FindAccount& request, Instant now);

  Config config_;
  const WallClock& clock_;
  std::map<std::uint64_t, UnderWay> errands_;  ///< By token.
  std::uint64_t token_last_ = 0;
  std::map<NodeId, Line> lines_;  ///< Of devices that have events of a chain under way.
  std::uint64_t place_last_ = 0;
  std::vector<NodeId> freed_;         ///< Lines that somebody has left.
  std::map<NodeId, Source> sources_;  ///< Of peers that have dialled us.
  /// Of directories that were linked to us; zero: no longer.
  std::map<NodeId, std::uint64_t> sessions_;
  PresenceTable presence_;
  RecentAccounts known_;
  GuessLimit<NodeId> wrong_by_device_{wrong_names_per_device_max};  ///< Of names of accounts.
  GuessLimit<AccountId> wrong_by_account_{wrong_names_per_account_max};
};

}  // namespace hearth::directory
