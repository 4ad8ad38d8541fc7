#pragma once
// The home agent: finds its way into the service, lets in the devices that it trusts, and those of
// accounts that it is shared with, answers their questions about the library and has their streams
// served.

#include "actors/home/client_sessions.hpp"
#include "actors/home/library_machine.hpp"
#include "actors/home/super_peer_choice.hpp"
#include "actors/home/trust_machine.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/server_time.hpp"
#include "messages/seal/node_list.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::home {

/// Step machine of the actor "home".
class HomeMachine {
 public:
  using External = HomeExternal;
  using Command = HomeCommand;
  static constexpr const char* name = "home";
  static constexpr storage::StreamId trust_stream{2};

  struct Config {
    seal::Identity self;
    std::string home_name;
    std::vector<std::string> media_folders;  ///< Absolute.
    std::string region;                      ///< To be preferred.
    seal::NodeList nodes;
    /// How long the home serves whom it knows without hearing a directory; from the start on.
    Millis offline_grace = std::chrono::hours(24);
    LibraryLimits library = {};
  };

  /// `clock` dates items; it outlives the machine and decides nothing.
  HomeMachine(Config config, const WallClock& clock);

  [[nodiscard]] Result<void> recover(const storage::LogReader& log);
  [[nodiscard]] HomeEffects start(Instant now);

  [[nodiscard]] HomeEffects step(const Delivered& input, Instant now);
  [[nodiscard]] HomeEffects step(const Answered& input, Instant now);
  [[nodiscard]] HomeEffects step(const PeerUp& input, Instant now);
  [[nodiscard]] HomeEffects step(const PeerDown& input, Instant now);
  [[nodiscard]] HomeEffects step(const TimerFired& input, Instant now);
  [[nodiscard]] HomeEffects step(const NodesListed& input, Instant now);
  [[nodiscard]] HomeEffects step(const HomeExternal& input, Instant now);

  /// Whether that super-peer has told the home that it is attached there.
  [[nodiscard]] bool is_attached_to(const NodeId& super_peer) const {
    return attached_.contains(super_peer);
  }

 private:
  /// Of the next look, while something is to be mended.
  static constexpr Millis tick_busy{500};
  enum class Purpose : std::uint8_t { certificate, devices, attachment, handing };
  struct Pending {
    Purpose purpose;
    NodeId to;
  };
  /// An account that the home is shared with.
  struct Followed {
    Instant due{};
    Instant heard{};  ///< When a directory last told of its devices.
    Instant asked{};
    std::vector<directory::Share> shares;  ///< That its devices see.
    std::uint64_t token = 0;               ///< Of the question under way; 0: none.
  };
  /// Who asks, as the link has proven it.
  struct Asker {
    NodeId node;
    Role role = Role::none;
    std::uint64_t session = 0;
  };

  Result<Envelope> answer(const Asker& asker, const Envelope& request, Instant now,
                          HomeEffects& effects);
  Result<Envelope> answer_client(const Asker& asker, const Header& header, const Envelope& request,
                                 Instant now, HomeEffects& effects);
  [[nodiscard]] Result<Envelope> describe(const Header& header, bool is_guest) const;
  Result<Envelope> on_tunnel(const Asker& asker, const Header& header, const Envelope& request,
                             Instant now, HomeEffects& effects);
  Result<Envelope> on_dial(const Asker& asker, const Header& header, const Envelope& request,
                           Instant now, HomeEffects& effects);
  Result<Envelope> on_handed(const Header& header, const Envelope& request, Instant now,
                             HomeEffects& effects);
  void on_page(const directory::ChainPage& page, const NodeId& from, Instant now,
               HomeEffects& effects);
  void raise_alarm(const Error& why, HomeEffects& effects);
  Result<Envelope> new_ticket(const Asker& asker, const Header& header, Instant now);
  void on_client(const PeerInfo& peer, Instant now, HomeEffects& effects);

  [[nodiscard]] Header header_to(const NodeId& node, const char* actor) const;
  void wake_within(Millis wait, Instant now, HomeEffects& effects);
  [[nodiscard]] bool is_settled() const;
  void ask_directory(Instant now, HomeEffects& effects);
  void ask_later(Purpose purpose, Instant now);
  void attach(const NodeId& super_peer, HomeEffects& effects);
  void review_super_peers(Instant now, HomeEffects& effects);
  void trust(const std::vector<TrustEvent>& events, HomeEffects& effects);
  void drop_strangers(Instant now, HomeEffects& effects);
  static void end_streams(const std::vector<directory::Device>& trusted,
                          const std::vector<directory::Device>& still, HomeEffects& effects);
  /// Of a directory, within the grace.
  [[nodiscard]] bool has_heard(Instant now) const;
  [[nodiscard]] bool is_trusted(const PublicKeys& keys, Instant now) const;
  [[nodiscard]] bool may_come_in(const NodeId& client, Instant now) const;
  [[nodiscard]] std::optional<PublicKeys> keys_of(const NodeId& client) const;

  // ---- guests ----

  void review_guests(Instant now, HomeEffects& effects);
  void cut_guests(const AccountId& grantee, Instant now, HomeEffects& effects);
  [[nodiscard]] std::vector<FolderId> folders_for(const NodeId& client, Instant now) const;
  [[nodiscard]] LibraryScope scope_of(const NodeId& client, Instant now) const;
  void ask_grantees(const NodeId& directory, Instant now, HomeEffects& effects);
  bool take_grantee(const Answered& input, Instant now, HomeEffects& effects);
  void hasten_grantees();

  std::uint64_t ask(Purpose purpose, const NodeId& to, Envelope envelope, HomeEffects& effects);
  [[nodiscard]] bool is_pending(Purpose purpose, const NodeId& to) const;

  [[nodiscard]] std::vector<NodeId> nearest(Role role, std::size_t count) const;

  Config config_;
  const WallClock& clock_;
  std::vector<NodeId> directories_;  ///< Nearest first.
  ServerTime time_;
  TrustMachine trust_;
  LibraryMachine library_;
  ClientSessions sessions_;
  SuperPeerChoice choice_;
  std::map<NodeId, PeerInfo> directories_up_;
  std::map<NodeId, PeerInfo> super_peers_up_;
  std::map<NodeId, std::uint64_t> attached_;  ///< By super-peer: the session it holds for.
  std::map<std::uint64_t, Pending> pending_;
  std::map<AccountId, Followed> followed_;
  Instant devices_heard_{};          ///< When a directory last told who may come in.
  bool cut_off_ = false;             ///< The grace is over: nobody is served.
  std::optional<Instant> timer_at_;  ///< The next one that fires.
  Instant devices_due_{};
  Instant certificate_due_{};
  std::string alarm_;     ///< The last that was raised.
  unsigned unheard_ = 0;  ///< Questions to directories that failed, one after the other.
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::home
