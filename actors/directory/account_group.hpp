#pragma once
// One group of accounts at one directory: it decides for them while it leads their group, and knows
// nothing of other groups but where to ask. Requests come through the directory's front, which has
// found out whose they are; each names the bucket that it is about.
//
// The map's group keeps the map, and the offers of devices that want to be paired, too.

#include "actors/directory/account_cache.hpp"
#include "actors/directory/claim_book.hpp"
#include "actors/directory/map_view.hpp"
#include "actors/directory/pairing_book.hpp"
#include "actors/directory/share_book.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace hearth::directory {

/// Who asks, whether over a link of ours or through another directory.
struct Asker {
  NodeId node;
  Role role = Role::none;
  std::string source;  ///< The address that it came from, to whichever directory.
};

/// Pure but for reading rows: accounts are read from the projection when they are first asked
/// for, and every event is decided with the rows that it changes.
class AccountGroup {
 public:
  using External = std::monostate;
  using Command = std::monostate;
  static constexpr const char* name = "account_group";
  static constexpr storage::StreamId stream{1};
  static constexpr storage::StreamId map_stream{4};
  static constexpr const char* map_key = "map";

  static constexpr std::size_t accounts_max = 10'000;

  struct Config {
    seal::Identity self;  ///< Signs certificates.
    GroupId group{};
    std::shared_ptr<MapView> map;
    /// Who leads another group; zero: not known. Called by the machine's actor.
    std::function<NodeId(GroupId)> leader_of;
    std::size_t accounts_held = accounts_max;  ///< In memory, see `AccountCache`.
  };

  /// `clock` and the log outlive the machine.
  AccountGroup(Config config, const WallClock& clock);

  [[nodiscard]] Result<void> recover(const storage::LogReader& log);
  [[nodiscard]] Effects<Command> start(Instant) { return {}; }

  /// A `Forwarded`, of another directory or of this one.
  [[nodiscard]] Effects<Command> step(const Delivered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Command> step(const Answered& input, Instant now);
  [[nodiscard]] Effects<Command> step(const LeadershipChanged& input, Instant now);
  [[nodiscard]] Effects<Command> step(const PeerUp&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const PeerDown&, Instant) { return {}; }
  [[nodiscard]] Effects<Command> step(const External&, Instant) { return {}; }

  [[nodiscard]] std::size_t accounts_in_memory() const { return cache_.accounts(); }
  [[nodiscard]] std::size_t index_rows_in_memory() const { return cache_.index_rows(); }

 private:
  using Appends = std::vector<storage::Append>;
  struct Request {
    Asker asker;
    Forwarded order;
    Envelope envelope;
    Header header;
  };

  [[nodiscard]] Result<Request> unwrap(const Delivered& input) const;
  Result<Envelope> answer(const Delivered& input, Instant now, Appends& appends);
  Result<Envelope> decide(const Request& request, Instant now, Appends& appends);
  Result<Envelope> decide_claim(const Request& request, Instant now, Appends& appends);
  /// A timer, while there is something to look after.
  void look_after(Effects<Command>& effects);

  // ---- accounts ----

  Result<Envelope> append(const Request& request, const AppendEvent& command, Instant now,
                          Appends& appends);
  Result<EventAppended> open_account(const Request& request, const SignedEvent& event,
                                     const ReadEvent& read, Appends& appends);
  [[nodiscard]] Result<void> check_repeated(const chain::AccountChain& account,
                                            const ReadEvent& event) const;
  Result<void> check_next(const chain::AccountChain& account, const ReadEvent& event);
  /// What comes into an account's chain was checked.
  void take(HeldAccount& held, const SignedEvent& event, const ReadEvent& read, Appends& appends);
  Result<AccountId> account_fetched(const Request& request, const FetchChain& question);
  Result<ChainPage> fetch_chain(const Request& request, const FetchChain& question);
  Result<HomeRegistered> register_home(const Request& request);
  [[nodiscard]] std::int64_t now_ms() const;

  /// The account that the asker belongs to, unrevoked. Errors: `device_unknown`, `log_corrupt`.
  Result<HeldAccount*> account_of(const Request& request);
  /// The account that the request is about; whoever asks. Errors likewise.
  Result<HeldAccount*> account_named(const Request& request);

  // ---- claims ----

  Result<Accepted> on_end(const EndClaim& ended, Appends& appends);
  Result<ClaimSettled> settle(const SettleClaim& question, Appends& appends);
  Result<bool> is_taken(const ClaimKey& key, const AccountId& account);
  Result<void> require_claim(const AccountId& account, const ClaimKey& key, std::uint64_t number);
  void ask_holders(Instant now, Effects<Command>& effects);
  void on_settled(const Claim& claim, const Envelope& answer, Appends& appends);

  // ---- shares ----

  void write_news(const chain::AccountChain& account, const chain::Change& change,
                  Appends& appends);
  void tell_news(Effects<Command>& effects);
  void on_told(const ShareNews& news, const Envelope& answer, Appends& appends);
  Result<Accepted> hear_news(const Request& request, const ShareNews& news, Appends& appends);

  // ---- pairing ----

  Result<PairingOffered> offer_pairing(const Request& request, const OfferPairing& command,
                                       Appends& appends);
  Result<Envelope> offer_of_member(const Request& request);
  Result<Envelope> show_pairing(const Request& request, const ShowPairing& command, Instant now);
  /// Whoever approves is a manager of the account, and has been shown the device.
  [[nodiscard]] Result<void> may_approve(const Request& request,
                                         const chain::AccountChain& account);
  Result<Envelope> check_offer(const Request& request, const std::string& code,
                               const Device& device, Instant now);
  Result<PairingOffer> find_offer(const Request& request, const std::string& code, Instant now);

  Config config_;
  const WallClock& clock_;
  const storage::LogReader* log_ = nullptr;
  bool decides_ = false;
  bool is_timed_ = false;
  storage::Sequence sequence_ = 0;  ///< Of the last event, committed or not, while we decide.
  AccountCache cache_;
  ClaimBook claims_;                         ///< While we decide.
  PairingBook pairings_;                     ///< While we decide, of the map's group.
  ShareBook shares_;                         ///< While we decide.
  std::map<std::uint64_t, Claim> asked_;     ///< By token: those that are being settled.
  std::map<std::uint64_t, ShareNews> told_;  ///< Likewise: news under way.
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::directory
