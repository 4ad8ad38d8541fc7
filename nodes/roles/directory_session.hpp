#pragma once
// What a command says to the directories, over a link of its own.

#include "actors/client/manager_machine.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace hearth::cli {

/// How far the account's chain was verified, where that is kept between commands.
struct ChainMemory {
  std::optional<chain::ChainPin> pin;
  std::function<void(const chain::ChainPin&)> keep = {};  ///< Called by `ask`; may be empty.
};

/// One device's session. One thread. Precondition of all: the list has a directory.
class DirectorySession final {
 public:
  /// `role` is home or client, as the device is.
  DirectorySession(const seal::Identity& self, Role role, const seal::NodeList& nodes,
                   ChainMemory memory = {});
  DirectorySession(const DirectorySession&) = delete;
  DirectorySession& operator=(const DirectorySession&) = delete;
  ~DirectorySession();

  /// Asks until there is a final answer, at most for `budget`. `Request` is a wish, or a question
  /// about pairing, and `Answer` what answers it. All may be asked again after any error.
  /// Errors: what a directory says, without a detail; `unreachable`, `chain_forked`.
  template <class Answer, class Request>
  [[nodiscard]] Result<Answer> ask(const Request& request, Millis budget) {
    auto answer = send({0, request}, budget);
    if (!answer) {
      return answer.error();
    }
    auto* expected = std::get_if<Answer>(&answer.value());
    return expected != nullptr
               ? Result<Answer>(std::move(*expected))
               : Error{ErrorCode::message_malformed, "another answer than asked for"};
  }

 private:
  [[nodiscard]] Result<client::AccountReply> send(client::AccountCommand command, Millis budget);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
