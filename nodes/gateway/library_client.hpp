#pragma once
// The gateway's questions to its client actor. Questions leave by a port function, answers come
// back from the actor's thread and are handed over on the event loop's.

#include "actors/client/client_ports.hpp"
#include "nodes/http/event_loop.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace hearth::gateway {

class LibraryClient final {
 public:
  /// Hands a question to the client actor. Must not block.
  using Post = std::function<void(client::UiQuestion)>;
  using Done = std::function<void(Result<client::Answer>)>;

  LibraryClient(http::EventLoop& loop, Post post);

  /// `done` is called once: with the answer, or with `timed_out` after `budget`. On the loop's
  /// thread, as is `done`.
  void ask(client::Question question, Done done, Millis budget = Millis{15000});

  /// From any thread. An answer to a question that is no longer waited for is dropped.
  void on_answer(client::UiAnswer answer);

 private:
  struct Pending {
    Done done;
    std::shared_ptr<void> deadline;
  };
  /// Shared with tasks under way in the loop, which may outlive this object.
  struct State {
    std::map<std::uint64_t, Pending> pending_by_id;
  };
  static void settle(State& state, std::uint64_t id, Result<client::Answer> answer);

  http::EventLoop& loop_;
  Post post_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::uint64_t last_id_ = 0;
};

}  // namespace hearth::gateway
