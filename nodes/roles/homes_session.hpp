#pragma once
// What a command asks of the homes of its account, end to end.

#include "actors/client/client_ports.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <memory>

namespace hearth::cli {

/// One client's sessions with its homes. One thread.
class HomesSession final {
 public:
  HomesSession(const seal::Identity& self, const seal::NodeList& nodes);
  HomesSession(const HomesSession&) = delete;
  HomesSession& operator=(const HomesSession&) = delete;
  ~HomesSession();

  /// Who of them is there, and what it says of itself. Errors: `unreachable`.
  [[nodiscard]] Result<client::HomesView> show(Millis budget);

  /// Errors: those of the question, without a detail; `unreachable`, `home_offline`.
  [[nodiscard]] Result<home::FolderFound> find_folder(const NodeId& home,
                                                      const home::FindFolder& question,
                                                      Millis budget);

 private:
  [[nodiscard]] Result<client::Answer> ask(client::Question question, Millis budget);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
