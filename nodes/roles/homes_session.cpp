#include "nodes/roles/homes_session.hpp"

#include "actors/roles/roles.hpp"
#include "nodes/roles/actor_input.hpp"
#include "nodes/roles/short_node.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

namespace hearth::cli {

struct HomesSession::State {
  std::mutex mutex;
  std::condition_variable came;
  std::uint64_t asked = 0;
  std::optional<Result<client::Answer>> answer;
  ActorInput<client::ClientMachine> input;
  std::optional<ShortNode> node;  // ends first: its actors use the rest

  void take(client::UiAnswer told) {
    const std::lock_guard lock(mutex);
    if (told.id == asked) {
      answer = std::move(told.answer);
      came.notify_one();
    }
  }
};

HomesSession::HomesSession(const seal::Identity& self, const seal::NodeList& nodes)
    : state_(std::make_unique<State>()) {
  state_->node.emplace(self, Role::client, nodes,
                       std::vector{client_actor({self, nodes, {}, {}},
                                                {[state = state_.get()](client::UiAnswer told) {
                                                   state->take(std::move(told));
                                                 },
                                                 state_->input.spawned()})});
}

HomesSession::~HomesSession() = default;

Result<client::Answer> HomesSession::ask(client::Question question, Millis budget) {
  std::unique_lock lock(state_->mutex);
  state_->answer.reset();
  state_->input.post({++state_->asked, std::move(question)});
  if (!state_->came.wait_for(lock, budget, [this] { return state_->answer.has_value(); })) {
    return Error{ErrorCode::unreachable, "no directory answered in time"};
  }
  return *std::exchange(state_->answer, std::nullopt);
}

Result<client::HomesView> HomesSession::show(Millis budget) {
  auto answer = ask(client::ShowHomes{}, budget);
  return answer ? Result<client::HomesView>(std::get<client::HomesView>(answer.value()))
                : answer.error();
}

Result<home::FolderFound> HomesSession::find_folder(const NodeId& home,
                                                    const home::FindFolder& question,
                                                    Millis budget) {
  auto answer = ask(client::AskHome{home, question}, budget);
  return answer ? Result<home::FolderFound>(std::get<home::FolderFound>(answer.value()))
                : answer.error();
}

}  // namespace hearth::cli
