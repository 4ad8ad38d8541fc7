#include "nodes/gateway/library_client.hpp"

#include <utility>

namespace hearth::gateway {

LibraryClient::LibraryClient(http::EventLoop& loop, Post post)
    : loop_(loop), post_(std::move(post)) {}

void LibraryClient::ask(client::Question question, Done done, Millis budget) {
  const auto id = ++last_id_;
  auto deadline = loop_.after(budget, [weak = std::weak_ptr<State>(state_), id] {
    if (const auto state = weak.lock()) {
      settle(*state, id, Error{ErrorCode::timed_out, "the home did not answer in time: try again"});
    }
  });
  state_->pending_by_id.emplace(id, Pending{std::move(done), std::move(deadline)});
  post_(client::UiQuestion{id, std::move(question)});
}

void LibraryClient::on_answer(client::UiAnswer answer) {
  // Shared, because an answer cannot be copied and a task must be.
  auto told = std::make_shared<client::UiAnswer>(std::move(answer));
  loop_.post([weak = std::weak_ptr<State>(state_), told = std::move(told)] {
    if (const auto state = weak.lock()) {
      settle(*state, told->id, std::move(told->answer));
    }
  });
}

void LibraryClient::settle(State& state, std::uint64_t id, Result<client::Answer> answer) {
  auto pending = state.pending_by_id.extract(id);
  if (!pending.empty()) {
    pending.mapped().done(std::move(answer));
  }
}

}  // namespace hearth::gateway
