#pragma once
// A device that has something to say about accounts. It follows the chain of its account, decides
// what a wish comes to, signs that and has a directory append it; when the account has changed
// meanwhile it fetches, decides and signs anew. Directories that do not answer are left for the
// next. Step machine of the actor "manager", in the node of a client, or of a home that wants to be
// paired.

#include "actors/chain/chain_follower.hpp"
#include "actors/client/account_wishes.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/header.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace hearth::client {

struct AccountCommand {
  std::uint64_t id = 0;
  std::variant<Wish, DirectoryQuestion> request;
};

struct AccountAnswer {
  std::uint64_t id = 0;
  std::uint32_t tries = 1;             ///< In all that may have changed something.
  Result<AccountReply> answer;         ///< An error is final. Also: `chain_forked`, `format_newer`.
  std::optional<chain::ChainPin> pin;  ///< How far the chain is verified now; nothing: not at all.
};

class ManagerMachine {
 public:
  using External = AccountCommand;
  using Command = AccountAnswer;
  using Effects = hearth::Effects<Command>;
  static constexpr const char* name = "manager";

  /// `directories`: the nearest first. `pin`: what an earlier life has verified.
  ManagerMachine(seal::Identity self, std::vector<NodeId> directories,
                 std::optional<chain::ChainPin> pin = std::nullopt)
      : self_(std::move(self)), directories_(std::move(directories)), known_(pin) {}

  [[nodiscard]] Result<void> recover(const storage::LogReader&) { return {}; }
  [[nodiscard]] Effects start(Instant now);
  [[nodiscard]] Effects step(const AccountCommand& input, Instant now);
  [[nodiscard]] Effects step(const Answered& input, Instant now);
  [[nodiscard]] Effects step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects step(const Delivered&, Instant) { return {}; }
  [[nodiscard]] Effects step(const NodesListed& input, Instant now);
  [[nodiscard]] Effects step(const PeerUp& input, Instant now);
  [[nodiscard]] Effects step(const PeerDown&, Instant) { return {}; }

 private:
  /// A question that waits for its answer, or for the timer.
  struct Question {
    std::uint64_t id = 0;
    DirectoryQuestion request;
    std::uint32_t tries = 0;
    std::size_t directory = 0;  ///< That it was sent to last.
  };
  /// Wishes are granted in rounds: the chain is fetched to its end once for all that wait then, and
  /// their events go out together, each following the one before.
  struct Waiting {
    std::uint64_t id = 0;
    Wish wish;
    bool in_round = false;
    std::uint32_t appends = 0;
    std::optional<directory::AppendEvent> event;  ///< Signed; the same in every try.
    std::uint64_t token = 0;                      ///< Of the append under way; 0: none.
    std::size_t directory = 0;                    ///< That it was sent to last.
  };

  void ask(std::uint64_t token, Envelope envelope, Effects& effects);
  [[nodiscard]] Header header() const;
  void send(std::uint64_t token, Question& question, Effects& effects);
  void on_question(std::uint64_t token, const Answered& input, Effects& effects);

  /// Begins a round, if none is under way.
  void advance(Effects& effects);
  void fetch(Effects& effects);
  void on_fetched(const Result<Envelope>& answer, Effects& effects);
  void take(const directory::ChainPage& page, Effects& effects);
  void decide_round(Effects& effects);
  void append(Waiting& waiting, Effects& effects);
  void on_appended(Waiting& waiting, const Result<Envelope>& answer, Effects& effects);
  void finish(std::uint64_t id, Result<AccountReply> answer, Effects& effects);
  void end_round(const Error& error, Effects& effects);
  /// Tries again when the timer fires; elsewhere, if it was `to` that did not answer.
  void rest(std::optional<std::size_t> to, Effects& effects);

  seal::Identity self_;
  std::vector<NodeId> directories_;
  std::size_t directory_ = 0;  ///< Whom to ask now, modulo their number.
  chain::ChainFollower known_;
  std::list<Waiting> wishes_;  ///< In the order in which they came.
  std::uint64_t fetch_token_ = 0;
  std::size_t fetch_directory_ = 0;        ///< That was asked.
  std::optional<std::uint64_t> moved_at_;  ///< Length known when it was told `chain_moved`.
  bool is_resting_ = false;                ///< Nothing of wishes is sent before the timer.
  bool has_timer_ = false;
  std::map<std::uint64_t, Question> questions_;  ///< By token.
  std::vector<std::uint64_t> due_;  ///< Tokens of questions that are sent again at the next timer.
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::client
