#pragma once
// What a command says to the directories, over a link of its own.

#include "actors/client/manager_machine.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <memory>

namespace hearth::cli {

/// One device's session. One thread. Precondition of all: the list has a directory.
class DirectorySession final {
 public:
  /// `role` is home or client, as the device is.
  DirectorySession(const seal::Identity& self, Role role, const seal::NodeList& nodes);
  DirectorySession(const DirectorySession&) = delete;
  DirectorySession& operator=(const DirectorySession&) = delete;
  ~DirectorySession();

  /// Asks until a directory has a final answer, at most for `budget`. A command may be asked again
  /// after any error. Errors: what the directory says, without a detail; `unreachable`.
  template <class Answer, class Request>
  [[nodiscard]] Result<Answer> ask(const Request& request, Millis budget) {
    auto answer = send({0, request}, budget);
    return answer ? unpack<Answer>(answer.value()) : Result<Answer>(answer.error());
  }

 private:
  [[nodiscard]] Result<Envelope> send(client::AccountCommand command, Millis budget);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
