#pragma once
// A client session: the homes of the account and those shared with it, a session with each, and the
// questions of a user interface about them. Questions wait for a session that is about to come,
// within their time. Which homes there are say the chains of their accounts, which are verified;
// directories say where.

#include "actors/chain/chain_follower.hpp"
#include "actors/client/home_session.hpp"
#include "actors/runtime/server_time.hpp"
#include "messages/client/client_messages.hpp"
#include "messages/envelope/header.hpp"
#include "messages/seal/node_list.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace hearth::client {

/// Step machine of the actor "client".
class ClientMachine {
 public:
  using External = UiQuestion;
  using Command = UiAnswer;
  static constexpr const char* name = "client";
  static constexpr storage::StreamId stream{1};
  static constexpr std::size_t questions_max = 1024;

  struct Config {
    NodeId self;
    std::string region;  ///< To be preferred.
    seal::NodeList nodes;
  };

  explicit ClientMachine(Config config);

  [[nodiscard]] Result<void> recover(const storage::LogReader& log);
  [[nodiscard]] ClientEffects start(Instant now);

  [[nodiscard]] ClientEffects step(const Delivered&, Instant) { return {}; }
  [[nodiscard]] ClientEffects step(const Answered& input, Instant now);
  [[nodiscard]] ClientEffects step(const PeerUp& input, Instant now);
  [[nodiscard]] ClientEffects step(const PeerDown& input, Instant now);
  [[nodiscard]] ClientEffects step(const TimerFired& input, Instant now);
  [[nodiscard]] ClientEffects step(const NodesListed& input, Instant now);
  [[nodiscard]] ClientEffects step(const UiQuestion& input, Instant now);

 private:
  static constexpr Millis homes_period{2000};

  struct Remembered {
    std::string name;
    AccountId owner;  ///< Zero: this client's account.
    std::string owner_name;
    std::unique_ptr<HomeSession> session;
  };
  /// A question under way. `asked` holds until its answer comes or it is asked anew.
  struct Waiting {
    UiQuestion question;
    Instant deadline;
    std::uint64_t token = 0;     ///< 0: waits for the session, or for `again_at`.
    Instant again_at{};          ///< A link that is full refuses at once: no sooner than that.
    bool found_no_room = false;  ///< A try was refused by a link, or a home, that was full.
  };
  /// ShowHomes: asks every home that is there, or about to come, how it calls itself.
  struct Survey {
    std::uint64_t id = 0;
    Instant deadline;
    std::set<NodeId> asked;
    std::set<NodeId> failed;
    std::map<NodeId, HomeView> views;
  };

  Result<void> apply(const ClientEvent& event);
  void remember(const ClientEvent& event, ClientEffects& effects);
  void advance(Instant now, ClientEffects& effects);
  void poll_homes(Instant now, ClientEffects& effects);
  void connect_super_peers(ClientEffects& effects);
  void set_timer(Instant now, ClientEffects& effects);
  [[nodiscard]] bool is_idle(Instant now) const;
  void on_homes(directory::HomesListed listed, Instant now, ClientEffects& effects);
  void take_listed(Instant now, ClientEffects& effects);
  [[nodiscard]] std::map<NodeId, HomeRemembered> homes_now(Instant now) const;
  [[nodiscard]] std::vector<directory::Share> shares_of(const AccountId& granter,
                                                        Instant now) const;
  void forget_others(const std::map<NodeId, HomeRemembered>& present, ClientEffects& effects);
  chain::ChainFollower& granter(const AccountId& account);
  void fetch_chain(ClientEffects& effects);
  void fetch_granter(const AccountId& account, ClientEffects& effects);
  void on_chain(const Answered& input, const AccountId& account, Instant now,
                ClientEffects& effects);
  void add_owner(const Remembered& home, HomeView& view) const;
  void hand_events(const NodeId& home, const home::HomeDescribed& described,
                   ClientEffects& effects);
  void on_home_answer(const Answered& input, Instant now, ClientEffects& effects);
  void on_described(const Answered& input, ClientEffects& effects);

  void try_question(Waiting& waiting, Instant now, ClientEffects& effects);
  [[nodiscard]] Error why_unanswered(const Waiting& waiting);
  void expire_questions(Instant now, ClientEffects& effects);
  void advance_survey(Survey& survey, Instant now, ClientEffects& effects);
  [[nodiscard]] bool is_over(const Survey& survey, Instant now) const;
  void answer(std::uint64_t id, Result<Answer> answer, ClientEffects& effects);
  HomeSession* session_of(const NodeId& home);
  [[nodiscard]] std::optional<NodeId> directory() const;

  [[nodiscard]] std::vector<NodeId> nearest_directories() const;
  [[nodiscard]] Header header_to(const NodeId& node, const char* actor) const;

  Config config_;
  std::vector<NodeId> directories_;  ///< Nearest first.
  std::map<NodeId, Remembered> homes_;
  std::map<NodeId, PeerInfo> directories_up_;
  SuperPeersUp super_peers_up_;
  std::set<NodeId> super_peers_wanted_;
  std::map<std::uint64_t, Waiting> waiting_;  ///< By question id.
  std::map<std::uint64_t, std::uint64_t> question_by_token_;
  /// Survey and home that a description was asked for.
  std::map<std::uint64_t, std::pair<std::uint64_t, NodeId>> description_by_token_;
  std::deque<Survey> surveys_;
  chain::ChainFollower known_;
  std::uint64_t chain_token_ = 0;
  std::map<AccountId, chain::ChainFollower> granters_;   ///< Accounts that share with this one.
  std::map<std::uint64_t, AccountId> granter_by_token_;  ///< Whose chains are being fetched.
  directory::HomesListed listed_;  ///< The last; waits for the chains that it tells of.
  ServerTime time_;
  std::uint64_t homes_token_ = 0;
  Instant homes_polled_at_{};
  Instant homes_due_{};
  Instant questioned_at_{};
  std::optional<Instant> timer_at_;  ///< The next one that fires.
  bool homes_listed_ = false;        ///< A directory has listed the homes in this life.
  bool homes_told_ = false;          ///< And told of the chains that say whether they are.
  std::uint64_t number_last_ = 0;    ///< Of tokens and tunnels.
};

}  // namespace hearth::client
