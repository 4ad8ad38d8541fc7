#pragma once
// A device that has something to say about accounts: sends commands to a directory, and to the next
// one when that does not answer, until the answer is final. Step machine of the actor "manager", in
// the node of a client, or of a home that wants to be paired.

#include "actors/runtime/step.hpp"
#include "messages/directory/pairing_messages.hpp"

#include <cstdint>
#include <map>
#include <variant>
#include <vector>

namespace hearth::client {

struct AccountCommand {
  std::uint64_t id = 0;
  std::variant<directory::CreateAccount, directory::EnrolDevice, directory::RevokeDevice,
               directory::RenameDevice, directory::ListDevices, directory::ListHomes,
               directory::ListAccountEvents, directory::OfferPairing, directory::ShowPairing,
               directory::ApprovePairing>
      request;
};

struct AccountAnswer {
  std::uint64_t id = 0;
  std::uint32_t tries = 1;  ///< In all.
  Result<Envelope> answer;  ///< An error is final: the directory refused.
};

class ManagerMachine {
 public:
  using External = AccountCommand;
  using Command = AccountAnswer;
  using Effects = hearth::Effects<Command>;
  static constexpr const char* name = "manager";

  /// `directories`: the nearest first.
  ManagerMachine(NodeId self, std::vector<NodeId> directories)
      : self_(self), directories_(std::move(directories)) {}

  [[nodiscard]] Result<void> recover(const storage::LogReader&) { return {}; }
  [[nodiscard]] Effects start(Instant now);
  [[nodiscard]] Effects step(const AccountCommand& input, Instant now);
  [[nodiscard]] Effects step(const Answered& input, Instant now);
  [[nodiscard]] Effects step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects step(const Delivered&, Instant) { return {}; }
  [[nodiscard]] Effects step(const PeerUp& input, Instant now);
  [[nodiscard]] Effects step(const PeerDown&, Instant) { return {}; }

 private:
  struct Pending {
    AccountCommand command;
    std::uint32_t tries = 0;
    std::size_t directory = 0;  ///< That it was sent to last.
  };
  void send(std::uint64_t token, Pending& pending, Effects& effects);

  NodeId self_;
  std::vector<NodeId> directories_;
  std::size_t directory_ = 0;                 ///< Whom to ask now, modulo their number.
  std::map<std::uint64_t, Pending> pending_;  ///< By token.
  std::vector<std::uint64_t> due_;            ///< Tokens that are sent again at the next timer.
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::client
