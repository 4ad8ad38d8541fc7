#include "nodes/roles/directory_session.hpp"

#include "actors/runtime/placement.hpp"
#include "nodes/roles/actor_input.hpp"
#include "nodes/roles/short_node.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace hearth::cli {

namespace {

/// In different regions, where there are so many.
constexpr std::size_t directories_wanted = 3;

}  // namespace

struct DirectorySession::State {
  std::mutex mutex;
  std::condition_variable came;
  std::uint64_t asked = 0;
  std::optional<client::AccountAnswer> answer;  ///< To the command `asked`.
  ChainMemory memory;
  ActorInput<client::ManagerMachine> input;
  std::optional<ShortNode> node;  // ends first: its actors use the rest

  void take(const client::AccountAnswer& told) {
    const std::lock_guard lock(mutex);
    if (told.id == asked) {  // an answer may come when its asker has given up
      answer = told;
      came.notify_one();
    }
  }
};

DirectorySession::DirectorySession(const seal::Identity& self, Role role,
                                   const seal::NodeList& nodes, ChainMemory memory)
    : state_(std::make_unique<State>()) {
  state_->memory = std::move(memory);
  auto machine = std::make_shared<client::ManagerMachine>(
      self, choose_nodes(nodes, Role::directory, {}, self.id, directories_wanted),
      state_->memory.pin);
  state_->node.emplace(
      self, role, nodes,
      std::vector{node_actor<client::ManagerMachine>(
          std::move(machine),
          [state = state_.get()](const client::AccountAnswer& told) { state->take(told); },
          state_->input.spawned())});
}

DirectorySession::~DirectorySession() = default;

Result<client::AccountReply> DirectorySession::send(client::AccountCommand command, Millis budget) {
  std::unique_lock lock(state_->mutex);
  command.id = ++state_->asked;
  state_->answer.reset();
  state_->input.post(std::move(command));
  const bool in_time =
      state_->came.wait_for(lock, budget, [this] { return state_->answer.has_value(); });
  if (!in_time) {
    return Error{ErrorCode::unreachable, "no directory answered in time"};
  }
  auto answer = *std::exchange(state_->answer, std::nullopt);
  if (answer.pin && answer.pin != state_->memory.pin && state_->memory.keep) {
    state_->memory.pin = answer.pin;
    state_->memory.keep(*answer.pin);
  }
  return std::move(answer.answer);
}

}  // namespace hearth::cli
